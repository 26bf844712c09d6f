"""Somebody to ask the platforms about."""

from identity.ids import PersonId
from identity.numbers.resident_id import IdType
from identity.people import Person

ZHANG_WEI = Person(PersonId(""), "张伟", IdType.RESIDENT_ID, "100000199005170119")
ANNA = Person(PersonId(""), "ANNA MEYER", IdType.PASSPORT, "TX1234567")
PHONE = "13800000001"
REFERENCE = "0197a1b2-6c1e-7a40-9b7e-2f5d0c3e8a11"


class Operators:
    """Knows whose numbers are whose, and remembers having been asked."""

    def __init__(self, *known: tuple[str, str, str]) -> None:
        self.known, self.asked = known, 0

    def matches(self, *, name: str, id_number: str, phone: str) -> bool:
        self.asked += 1
        return (name, id_number, phone) in self.known


OPERATORS = (ZHANG_WEI.name, ZHANG_WEI.id_number, PHONE)
