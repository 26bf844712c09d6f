"""The composition root: everything a request needs is built here, once, and handed in.

A sandbox part warns when it is built, and is never built in production.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from api import rings as key_rings
from api.config import Config
from api.connecting import Outside, StandIns, connect
from api.registries import RegistryLine, build_registries
from hotservices import joining
from hotservices.administration.desk import CatalogueDesk
from hotservices.usage.desk import RankingDesk
from identity import dependants
from identity.clock import Clock, SystemClock
from identity.crypto.cipher import BlindIndex, PiiCipher
from identity.crypto.keyring import KeyRing, Purpose
from identity.crypto.signer import Signer
from identity.family.children import ChildDesk
from identity.family.counter import HelperCounter
from identity.ids import PersonId
from identity.organisations.enterprises import EnterpriseDesk
from identity.organisations.registry import EnterpriseRegistry, NoEnterpriseRegistry
from identity.orm import Database
from identity.phones import NoPhoneRegistry
from identity.population import NoPopulationRegistry
from identity.proofs.counter import CounterDesk
from identity.proofs.face_checks import FaceCheckDesk
from identity.proofs.proving import Aftermath, ProofDesk
from identity.providers import LoginProvider
from identity.real_name import RealNameDesk
from identity.sandbox.clock import SandboxClock
from identity.sandbox.enterprises import SandboxEnterpriseRegistry
from identity.sandbox.face_checks import SandboxFaceChecks
from identity.sandbox.personas import SandboxLoginProvider, SandboxPopulationRegistry
from identity.sandbox.phones import SandboxPhoneRegistry
from identity.staffing.desk import StaffDesk
from identity.staffing.passwords import Passwords
from wallet.enterprise import consents
from wallet.enterprise.pulls import PullDesk
from wallet.enterprise.requests import RequestDesk
from wallet.forms.desk import FormDesk
from wallet.kinship import RegisteredKinship
from wallet.registries.asking import RegistryDesk
from wallet.registries.departments import Departments
from wallet.registry_events.receiving import EventDesk
from wallet.showing import show_tokens
from wallet.showing.codecs import Codecs
from wallet.showing.offline.offline_packs import PackDesk
from wallet.showing.offline.offline_tokens import OfflineSealer
from wallet.showing.offline.reconciling import ReconcileDesk
from wallet.showing.show_tokens import ShowDesk
from wallet.showing.verification import VerifyDesk
from wallet.status_lists.publishing import StatusListDesk
from wallet.webhooks.addresses import AddressGuard
from wallet.webhooks.registering import WebhookDesk
from wallet.webhooks.sending import Sender

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Services:
    """What the routes call upon."""

    config: Config
    database: Database
    clock: Clock
    rings: Mapping[Purpose, KeyRing]
    cipher: PiiCipher
    index: BlindIndex
    outside: Outside
    providers: dict[str, LoginProvider]
    registries: RegistryDesk
    registry_events: EventDesk
    departments: Departments | None
    registry_lines: tuple[RegistryLine, ...]
    real_name: RealNameDesk
    enterprises: EnterpriseDesk
    children: ChildDesk
    helper_counter: HelperCounter
    proofs: ProofDesk
    face_checks: FaceCheckDesk
    counter: CounterDesk
    passwords: Passwords
    staff: StaffDesk
    show: ShowDesk
    verify: VerifyDesk
    forms: FormDesk
    status_lists: StatusListDesk
    offline_packs: PackDesk
    reconcile: ReconcileDesk
    receipts: Signer
    consent_requests: RequestDesk
    consents: Signer
    pulls: PullDesk
    catalogue: CatalogueDesk
    ranking: RankingDesk
    webhooks: WebhookDesk

    @property
    def session_keys(self) -> KeyRing:
        """The ring that signs access and refresh tokens."""
        return self.rings[Purpose.SESSIONS]

    def close(self) -> None:
        """Let threads and connections go."""
        self.ranking.close()
        self.catalogue.close()
        self.registries.close()
        self.outside.close()
        for line in self.registry_lines:
            line.close()
        self.database.dispose()


def build(config: Config) -> Services:
    """Build every part that the configuration asks for. Raises KeyRingError."""
    if config.is_sandbox:
        for purpose in Purpose:
            key_rings.create(config, purpose, SystemClock().now())
    rings = key_rings.open_all(config)
    signers = key_rings.signers(config, rings)
    show_keys, offline_keys, pii_keys = rings[Purpose.SHOW], rings[Purpose.OFFLINE], rings[Purpose.PII]
    database = Database(config.database_url)
    passwords = Passwords(config.password_hasher)
    cipher, index = PiiCipher(pii_keys), BlindIndex(pii_keys)
    parts = _sandbox_parts if config.is_sandbox else _production_parts
    clock, stand_ins, enterprises = parts(config, database, cipher, index)
    # What is outside goes by real time, wherever the sandbox's clock stands.
    outside = connect(config.outside, stand_ins, SystemClock().now)
    registries = build_registries(config, database, cipher, index, SystemClock().now)
    lifetime = config.consent_request_lifetime
    consent_requests = RequestDesk(cipher, index, config.show_url_prefix, lifetime)
    real_name = RealNameDesk(
        outside.population,
        cipher,
        index,
        database.write,
        config.is_sandbox,
        dependants.guardian_consent_recorded,
        consent_requests.welcome,
    )
    aftermath = Aftermath(_let_go, joining.merge, consent_requests.welcome)
    proofs = ProofDesk(cipher, index, aftermath)
    status_lists = StatusListDesk(signers[Purpose.OFFLINE])
    catalogue = CatalogueDesk(database, kept=config.data_dir / "search-words.npz")
    return Services(
        config=config,
        database=database,
        clock=clock,
        rings=rings,
        cipher=cipher,
        index=index,
        outside=outside,
        providers={provider.name: provider for provider in outside.logins},
        registries=registries.desk,
        registry_events=registries.events,
        departments=registries.departments,
        registry_lines=registries.lines,
        passwords=passwords,
        staff=StaffDesk(cipher, index, passwords, database.read, database.write),
        enterprises=EnterpriseDesk(enterprises, cipher, index, database.write),
        show=ShowDesk(
            cipher,
            index,
            signers[Purpose.SHOW],
            OfflineSealer(cipher, signers[Purpose.OFFLINE]),
            config.show_url_prefix,
        ),
        verify=VerifyDesk(Codecs(show_keys, offline_keys, config.show_url_prefix), cipher, index),
        receipts=signers[Purpose.RECEIPTS],
        consent_requests=consent_requests,
        consents=signers[Purpose.CONSENTS],
        pulls=PullDesk(cipher, signers[Purpose.CONSENTS]),
        real_name=real_name,
        children=ChildDesk(
            outside.population, RegisteredKinship(registries.desk), cipher, index, database.write
        ),
        helper_counter=HelperCounter(outside.population, cipher, index, database.write),
        proofs=proofs,
        counter=CounterDesk(real_name, proofs),
        face_checks=FaceCheckDesk(real_name, proofs, config.face_check_lifetime),
        forms=FormDesk(
            registries.desk,
            cipher,
            database.read,
            database.write,
            config.retention.drafts,
            config.is_sandbox,
        ),
        status_lists=status_lists,
        reconcile=ReconcileDesk(offline_keys, cipher, config.show_url_prefix),
        offline_packs=PackDesk(offline_keys, signers[Purpose.OFFLINE], status_lists),
        catalogue=catalogue,
        ranking=RankingDesk(database, cipher, lambda: catalogue.current().services, clock.now),
        webhooks=WebhookDesk(
            Sender(AddressGuard(loopback_only=config.is_sandbox)),
            signers[Purpose.WEBHOOKS],
            database.read,
            database.write,
            plain_http=config.is_sandbox,
        ),
    )


def _let_go(session: Session, person_id: PersonId, now: datetime) -> None:
    """End what runs for a person whose account changes hands: codes on a screen, and consents."""
    show_tokens.withdraw_all(session, person_id, now)
    consents.end_all(session, person_id, now)


Parts = tuple[Clock, StandIns, EnterpriseRegistry]


def _sandbox_parts(config: Config, database: Database, cipher: PiiCipher, index: BlindIndex) -> Parts:
    log.warning("sandbox parts built: fictitious people, registries and clock")
    login = SandboxLoginProvider(database, cipher, SandboxFaceChecks(database, cipher))
    logins = [login] if config.outside.sandbox_logins else []
    return (
        SandboxClock(database),
        StandIns(logins, SandboxPopulationRegistry(database, cipher, index), SandboxPhoneRegistry()),
        SandboxEnterpriseRegistry(database, cipher, index),
    )


def _production_parts(
    _config: Config,
    _database: Database,
    _cipher: PiiCipher,
    _index: BlindIndex,
) -> Parts:
    stand_ins = StandIns([], NoPopulationRegistry(), NoPhoneRegistry())
    return SystemClock(), stand_ins, NoEnterpriseRegistry()
