"""Reading the log of uses as it grows, each row once."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hotservices.usage.models import UsageLogRow

# A transaction that took an id and is still open after this many seconds has been given up by everybody.
GAP_LIFETIME_SECONDS = 60.0
MAX_GAPS = 1000


@dataclass
class Tail:
    """How far a worker has read the log.

    Ids are given before transactions commit, so a smaller id may appear after a larger one: the ids left out
    are asked for again until they appear or their time is up.
    """

    read_up_to: int = 0
    _gaps: dict[int, float] = field(default_factory=dict)

    def read(self, session: Session, limit: int, monotonic: float) -> list[bytes] | None:
        """Return the next sealed uses, oldest first; None when the log is no longer the one that was read."""
        self._gaps = {gap: until for gap, until in self._gaps.items() if until > monotonic}
        rows = session.execute(
            select(UsageLogRow.id, UsageLogRow.use_sealed)
            .where(or_(UsageLogRow.id >= self.read_up_to, UsageLogRow.id.in_(list(self._gaps))))
            .order_by(UsageLogRow.id)
            .limit(limit + 1 + len(self._gaps)),
        ).all()
        ids = [row.id for row in rows]
        # The row read last is asked for each time: where it is gone, the log has been emptied.
        if self.read_up_to and self.read_up_to not in ids:
            return None
        self._advance(ids, monotonic)
        return [row.use_sealed for row in rows if row.id != self._sentinel]

    _sentinel: int = 0

    def _advance(self, ids: Sequence[int], monotonic: float) -> None:
        self._sentinel = self.read_up_to
        for number in ids:
            self._gaps.pop(number, None)
            if number <= self.read_up_to:
                continue
            skipped = range(max(self.read_up_to + 1, number - MAX_GAPS), number) if self.read_up_to else ()
            self._gaps |= dict.fromkeys(skipped, monotonic + GAP_LIFETIME_SECONDS)
            self.read_up_to = number
