"""The sandbox's enterprise registry: three fictitious enterprises, sealed like everything personal."""

import json
from functools import cache
from importlib import resources
from typing import Any

from sqlalchemy import LargeBinary, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.crypto.cipher import BlindIndex, PiiCipher
from identity.organisations.registry import EnterpriseStatus, RegisteredEnterprise
from identity.orm import Base, Database
from identity.people import NUMBER_LABEL
from identity.sandbox import outages
from identity.sandbox.personas import behave
from identity.sandbox.personas import source as personas
from identity.staff import OrganisationKind

ENTERPRISES = "enterprises"
ENTERPRISES_NAME = "市场主体登记信息库（沙盒）"
PATIENCE_SECONDS = 3.0
KINDS = {"企业": OrganisationKind.ENTERPRISE, "个体工商户": OrganisationKind.SOLE_TRADER}


class SandboxEnterpriseRow(Base):
    """An enterprise in the sandbox's registry."""

    __tablename__ = "sandbox_enterprises"

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    uscc_index: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    enterprise_sealed: Mapped[bytes]


@cache
def source() -> list[dict[str, Any]]:
    """Return the enterprises that a fresh sandbox is filled with."""
    path = resources.files("identity") / "data" / "sandbox_enterprises.json"
    enterprises: list[dict[str, Any]] = json.loads(path.read_bytes())
    return enterprises


def fill(session: Session, cipher: PiiCipher, index: BlindIndex) -> None:
    """Put the enterprises into the empty registry."""
    outages.add(session, ENTERPRISES, ENTERPRISES_NAME)
    for enterprise in source():
        put(session, cipher, index, enterprise)
    session.flush()


def put(session: Session, cipher: PiiCipher, index: BlindIndex, enterprise: dict[str, Any]) -> None:
    """Write an enterprise, or what has become of it, into the registry."""
    key = enterprise["key"]
    session.merge(
        SandboxEnterpriseRow(
            key=key,
            uscc_index=index.of(NUMBER_LABEL, enterprise["uscc"]),
            enterprise_sealed=cipher.seal(json.dumps(enterprise, ensure_ascii=False), _place(key)),
        ),
    )


class SandboxEnterpriseRegistry:
    """Knows the sandbox's enterprises."""

    def __init__(self, database: Database, cipher: PiiCipher, index: BlindIndex) -> None:
        self._database, self._cipher, self._index = database, cipher, index

    def by_uscc(self, uscc: str) -> RegisteredEnterprise | None:
        """See EnterpriseRegistry."""
        with self._database.read() as session:
            status = outages.status_of(session, ENTERPRISES)
        # Outside the session: a slow registry must not sit on a database connection.
        behave(status, PATIENCE_SECONDS)
        with self._database.read() as session:
            row = session.scalar(
                select(SandboxEnterpriseRow).where(
                    SandboxEnterpriseRow.uscc_index == self._index.of(NUMBER_LABEL, uscc)
                ),
            )
        return _open(self._cipher, row) if row else None


def _open(cipher: PiiCipher, row: SandboxEnterpriseRow) -> RegisteredEnterprise:
    enterprise = json.loads(cipher.open(row.enterprise_sealed, _place(row.key)))
    representative = enterprise["legal_representative"]
    return RegisteredEnterprise(
        uscc=enterprise["uscc"],
        name=enterprise["name"],
        kind=KINDS[enterprise["kind"]],
        status=EnterpriseStatus(enterprise.get("status", EnterpriseStatus.ACTIVE)),
        legal_representative_name=next(p["name"] for p in personas() if p["key"] == representative),
        legal_representative_number=enterprise["legal_representative_id_number"],
    )


def _place(key: str) -> str:
    return f"sandbox_enterprises.enterprise:{key}"
