"""How an error is answered, as the tables of problems say it."""

from dataclasses import dataclass

from api.language import Text


@dataclass(frozen=True, slots=True)
class Problem:
    """How an error is answered."""

    status: int
    code: str
    title: Text
    detail: Text | None = None

    @property
    def type(self) -> str:
        """The URN of the problem's kind."""
        return f"urn:liangzheng:problem:{self.code}"
