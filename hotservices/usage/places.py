"""Places: the small numbers under which services stand in tables and in people's states.

A place is given once and stays, whatever becomes of the catalogue: states outlive releases, and every worker
must mean the same service by it.
"""

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotservices.usage.models import RankedServiceRow
from identity.orm import insert_rows_or_skip

# Bound values of one statement stay far below what SQLite and PostgreSQL take.
ROWS_A_STATEMENT = 1000


def read(session: Session) -> list[str]:
    """Return the codes of all services that ever had a place, by place."""
    return list(session.scalars(select(RankedServiceRow.code).order_by(RankedServiceRow.place)))


def assign(session: Session, codes: Collection[str]) -> None:
    """Give a place to each service that has none.

    Two workers may do this at once: what the other one took is skipped and asked for again.
    """
    while missing := sorted(set(codes) - set(read(session))):
        highest = session.scalar(select(func.max(RankedServiceRow.place)))
        first = 0 if highest is None else highest + 1
        for start in range(0, len(missing), ROWS_A_STATEMENT):
            rows = [
                {"place": first + start + n, "code": code}
                for n, code in enumerate(missing[start : start + ROWS_A_STATEMENT])
            ]
            insert_rows_or_skip(session, RankedServiceRow, rows)
