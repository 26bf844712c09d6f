"""The chain of access records (DESIGN.md section 6): what was recorded can't be changed unnoticed.

Records are chained per shard of holders, so that scans of different people seldom wait for one another:

    digest = SHA-256 of the record's covered columns, as JSON with sorted keys, without blanks, UTC instants
             with an offset, and without what is empty
    link   = SHA-256(link of the record before ‖ digest); before the first stands SHA-256("lz access chain <n>")

Covered is every column but those that UNCOVERED names. A personal value is covered by its commitment,
SHA-256(salt ‖ value); salt and value lie sealed beside it, so that both can be destroyed, or sealed anew
under another key, while the chain stays provable. A column that is added later may be covered at once, if
older records leave it empty: what is empty is not part of a digest.
"""

import hashlib
import os
from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import LargeBinary, bindparam, inspect, update
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement

from identity.crypto.cipher import PiiCipher
from identity.orm import insert_or_skip
from identity.prepared import Prepared, prepared_insert
from wallet.showing.models import AccessChainRow, AccessRecordRow

# How many chains there are. A power of two up to 256: one is told by the last byte of a holder's id.
CHAINS = 64
SALT_BYTES = 32
# What the chain does not cover: its own columns, and what `purpose_commitment` stands for.
UNCOVERED = frozenset({"chain", "position", "link", "purpose_sealed"})
COVERED = tuple(c.key for c in inspect(AccessRecordRow).column_attrs if c.key not in UNCOVERED)


class _Linked(FunctionElement[bytes]):
    """`SHA-256(head ‖ digest)`, computed where the head's row is locked: one statement, one round trip."""

    type = LargeBinary()
    inherit_cache = True


@compiles(_Linked)
def _linked_on_postgresql(element: Any, compiler: Any, **options: Any) -> str:
    head, digest = element.clauses
    return f"sha256({compiler.process(head, **options)} || {compiler.process(digest, **options)})"


@compiles(_Linked, "sqlite")
def _linked_on_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    # A function that identity.orm gives to every connection: SQLite has no SHA-256, and joins no bytes.
    return f"sha256_joined({compiler.process(element.clauses, **options)})"


_ADVANCE = Prepared(
    update(AccessChainRow)
    .where(AccessChainRow.chain == bindparam("shard"))
    .values(
        length=AccessChainRow.length + 1,
        head=_Linked(AccessChainRow.head, bindparam("digest", type_=LargeBinary())),
    )
    .returning(AccessChainRow.length, AccessChainRow.head),
)
_INSERT = prepared_insert(AccessRecordRow)


def append(session: Session, cipher: PiiCipher, *, purpose: str | None, **columns: Any) -> None:
    """Write an access record at the end of its chain: the one way in which access records come to be.

    `columns` are the covered columns but `purpose_commitment`, which is made here of `purpose`. The chain's
    row stays locked until the transaction ends, so this comes last in it; who appends records of several
    holders in one transaction does so in the order of `shard_of`, or two of them may wait for each other.
    """
    sealed, commitment = _committed(cipher, purpose, columns["id"])
    columns = columns | {"purpose_commitment": commitment}
    shard = shard_of(columns["person_id"] or columns["staff_id"])
    head = _advance(session, shard, digest_of(columns))
    _INSERT.run(
        session,
        **columns,
        purpose_sealed=sealed,
        chain=shard,
        position=head.length,
        link=head.head,
    )


def shard_of(owner_id: str) -> int:
    """Return the number of the chain that a holder's records are in (a verifier's, where there is no holder)."""
    return int(owner_id[-2:], 16) % CHAINS


def genesis(chain: int) -> bytes:
    """Return what stands before a chain's first record."""
    return hashlib.sha256(f"lz access chain {chain}".encode()).digest()


def digest_of(columns: Mapping[str, Any]) -> bytes:
    """Return the digest of a record's covered columns."""
    return hashlib.sha256(orjson.dumps(content_of(columns), option=orjson.OPT_SORT_KEYS)).digest()


def content_of(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the chain covers of a record, as its digest has it."""
    content = {name: columns[name] for name in COVERED if columns[name] is not None}
    commitment = content.get("purpose_commitment")
    return content | {"purpose_commitment": commitment.hex()} if commitment else content


def columns_of(row: AccessRecordRow) -> dict[str, Any]:
    """Return a record's covered columns."""
    return {name: getattr(row, name) for name in COVERED}


def linked(before: bytes, digest: bytes) -> bytes:
    """Return the link of a record whose predecessor's link is given."""
    return hashlib.sha256(before + digest).digest()


def open_purpose(cipher: PiiCipher, row: AccessRecordRow) -> str | None:
    """Return what the verifier gave as purpose; None where there is none, or none any more."""
    if row.purpose_sealed is None:
        return None
    if row.purpose_commitment is None:
        # From before there was a chain.
        return cipher.open_text(row.purpose_sealed, purpose_place(row.id))
    return cipher.open(row.purpose_sealed, purpose_place(row.id))[SALT_BYTES:].decode()


def keeps_its_word(cipher: PiiCipher, row: AccessRecordRow) -> bool:
    """Tell whether a record's purpose is the one it is committed to. Raises CipherError."""
    if row.purpose_sealed is None or row.purpose_commitment is None:
        return True
    opened = cipher.open(row.purpose_sealed, purpose_place(row.id))
    return hashlib.sha256(opened).digest() == row.purpose_commitment


def purpose_place(record_id: str) -> str:
    """Return where a record's purpose is sealed."""
    return f"access_records.purpose:{record_id}"


def _committed(cipher: PiiCipher, purpose: str | None, record_id: str) -> tuple[bytes | None, bytes | None]:
    if not purpose:
        return None, None
    salted = os.urandom(SALT_BYTES) + purpose.encode()
    return cipher.seal(salted, purpose_place(record_id)), hashlib.sha256(salted).digest()


def _advance(session: Session, shard: int, digest: bytes) -> Any:
    head = _ADVANCE.first(session, shard=shard, digest=digest)
    if head is None:
        insert_or_skip(session, AccessChainRow, {"chain": shard, "length": 0, "head": genesis(shard)})
        head = _ADVANCE.first(session, shard=shard, digest=digest)
    return head
