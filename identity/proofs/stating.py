"""Who is to be proved: the account's own person, or the one that a login without a real name says it is."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from identity import consent_texts, people
from identity.consent_texts import ConsentText
from identity.errors import FieldsMissing, RealNameAlreadyBound
from identity.numbers.resident_id import IdType, normalise
from identity.people import Person, PersonRow, normalise_name
from identity.real_name import Claim, RealNameDesk


@dataclass(frozen=True, slots=True)
class Stated:
    """What a caller said of themselves: everything, or nothing where the account knows."""

    name: str | None = None
    id_type: IdType | None = None
    id_number: str | None = None
    consent_version: str | None = None

    def consent(self, purpose: str) -> ConsentText | None:
        """Return the text that was consented to, if one was. Raises InvalidField."""
        version = self.consent_version
        return consent_texts.require_current(purpose, version) if version is not None else None

    def claim(self) -> Claim:
        """Return the whole claim, with the consent to it. Raises FieldsMissing."""
        name, id_type, id_number, version = self.name, self.id_type, self.id_number, self.consent_version
        if name is None or id_type is None or id_number is None or version is None:
            said = {"name": name, "id_type": id_type, "id_number": id_number, "consent_version": version}
            raise FieldsMissing(tuple(field for field, value in said.items() if value is None))
        return Claim(name, id_type, id_number, version)

    def contradicts(self, person: Person) -> bool:
        """Tell whether this can't be said by that person."""
        return (
            (self.name is not None and normalise_name(self.name) != person.name)
            or (self.id_type is not None and self.id_type != person.id_type)
            or (self.id_number is not None and normalise(self.id_number) != person.id_number)
        )


def person_to_check(
    session: Session,
    desk: RealNameDesk,
    bound_id: str | None,
    stated: Stated,
    now: datetime,
) -> Person:
    """Return whom to check: the bound person, or whom an unbound login says it is.

    Raises FieldsMissing, InvalidField, RealNameAlreadyBound (the account is somebody else's).
    """
    if bound_id is None:
        return desk.plausible(stated.claim(), now)
    person = people.open_person(session.get_one(PersonRow, bound_id), desk.cipher)
    if stated.contradicts(person):
        raise RealNameAlreadyBound
    return person
