"""The state's registries of people over HTTP: our own small contract, which an adapter at the other side speaks.

Both are one address each, asked by POST with `Authorization: Bearer <token>`, JSON in UTF-8 both ways.
Name and id number are normalised: NFC, upper case, one kind of middle dot.

| registry   | question                                         | answer (200)                                        |
|------------|--------------------------------------------------|-----------------------------------------------------|
| population | `{"name", "id_type", "id_number"}`               | `{"matched": true, "birth_date": "1990-05-17"}`     |
|            |                                                  | `{"matched": false}`                                |
| phones     | `{"name", "id_number", "phone"}` (11 digits)     | `{"matched": true}` or `{"matched": false}`         |

Any other status, type or shape is a registry that is unavailable. Asking twice must be asking once.
"""

from datetime import date

from identity.errors import DomainError, RegistryUnavailable
from identity.numbers.resident_id import IdType
from identity.platforms.wire import (
    DEFAULT_PATIENCE,
    Answer,
    Line,
    Manners,
    Patience,
    Question,
    Trouble,
    Unusable,
    flag_in,
    text_in,
)


class HttpPopulationRegistry:
    """See PopulationRegistry."""

    def __init__(self, url: str, token: str, patience: Patience = DEFAULT_PATIENCE) -> None:
        self._line = _line("population", url, token, patience)

    def birth_date_of(self, *, name: str, id_type: IdType, id_number: str) -> date | None:
        """See PopulationRegistry."""
        claim = {"name": name, "id_type": id_type.value, "id_number": id_number}
        return self._line.ask(_question("match-person", claim), _birth_date)

    def close(self) -> None:
        """Close the connections."""
        self._line.close()


class HttpPhoneRegistry:
    """See PhoneRegistry."""

    def __init__(self, url: str, token: str, patience: Patience = DEFAULT_PATIENCE) -> None:
        self._line = _line("phones", url, token, patience)

    def matches(self, *, name: str, id_number: str, phone: str) -> bool:
        """See PhoneRegistry."""
        claim = {"name": name, "id_number": id_number, "phone": phone}
        return self._line.ask(_question("match-phone", claim), lambda answer: flag_in(answer.body, "matched"))

    def close(self) -> None:
        """Close the connections."""
        self._line.close()


def _line(system: str, url: str, token: str, patience: Patience) -> Line:
    return Line(url, Manners(system, _refuse, headers={"Authorization": f"Bearer {token}"}), patience)


def _refuse(_trouble: Trouble) -> DomainError:
    return RegistryUnavailable()


def _question(name: str, claim: dict[str, str]) -> Question:
    return Question(name, "POST", "", True, json=claim)


def _birth_date(answer: Answer) -> date | None:
    if not flag_in(answer.body, "matched"):
        return None
    try:
        return date.fromisoformat(text_in(answer.body, "birth_date", len("1990-05-17")))
    except ValueError:
        raise Unusable from None
