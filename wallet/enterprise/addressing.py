"""Whom a client names in a request: checked in form alone, so that the answer tells nobody who exists."""

from dataclasses import dataclass
from datetime import date

from identity.errors import InvalidField
from identity.numbers import uscc
from identity.numbers.resident_id import FAULTS, document_of, fault, normalise
from identity.people import normalise_name


@dataclass(frozen=True, slots=True)
class Addressee:
    """A person or an enterprise, by name and number; both are normalised."""

    name: str
    id_number: str


def addressee(name: str, id_number: str, *, today: date, fictitious_allowed: bool) -> Addressee:
    """Return whom a request is for. Raises InvalidField."""
    number, said = normalise(id_number), normalise_name(name)
    wrong = None
    if not uscc.is_valid(number):
        wrong = fault(document_of(number), number, today=today, fictitious_allowed=fictitious_allowed)
    if wrong:
        zh, en = FAULTS[wrong]
        raise InvalidField(field="holder.id_number", message_zh=zh, message_en=en)
    if not said:
        raise InvalidField(
            field="holder.name", message_zh="请填写姓名", message_en="There is nothing of a name in it."
        )
    return Addressee(said, number)
