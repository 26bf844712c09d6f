"""What filling a form needs beside a transaction: registries, keys, and how long a draft is kept."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from identity import people, standing
from identity.acting import ORGANISATION
from identity.clock import civil_date
from identity.crypto.cipher import PiiCipher
from identity.errors import AssuranceLevelRequired
from identity.ids import PersonId
from identity.principals import Citizen
from wallet import freezing
from wallet.errors import WalletFrozen
from wallet.forms import drafts, filling, linking, parties, submitting, templates
from wallet.forms.drafts import Draft, DraftPage
from wallet.forms.errors import DraftSubmitted, FormNotForCaller, SourceChanged
from wallet.forms.filling import Sources
from wallet.forms.models import Content, DraftStatus, Unreached, open_draft
from wallet.forms.parties import Owner, owner_of
from wallet.forms.templates import Audience, Form
from wallet.forms.validating import Terms
from wallet.registries.asking import RegistryAnswer, RegistryDesk

Answers = Mapping[PersonId, Sequence[RegistryAnswer]]


@dataclass(frozen=True, slots=True)
class FormDesk:
    """Begins and keeps drafts. `kept_for` is how long one is kept from its last change."""

    registries: RegistryDesk
    cipher: PiiCipher
    read: Callable[[], AbstractContextManager[Session]]
    write: Callable[[], AbstractContextManager[Session]]
    kept_for: timedelta
    fictitious_allowed: bool

    def terms(self, now: datetime) -> Terms:
        """Return what values are judged by."""
        return Terms(civil_date(now), self.fictitious_allowed)

    def expires_at(self, draft: Draft) -> datetime:
        """Return when a draft is thrown away unless it is changed; of a submitted one the case keeps the values."""
        return draft.updated_at + self.kept_for

    def ask(self, citizen: Citizen, form: Form, now: datetime) -> Answers:
        """Ask registries for what a form needs and is not here, outside any transaction.

        Raises AssuranceLevelRequired, FormNotForCaller, WalletFrozen.
        """
        _require_audience(citizen, form)
        with self.read() as session:
            self._require_unfrozen(session, owner_of(citizen))
            roles = parties.parties_of(session, self.cipher, citizen, now)
        return linking.ask(self.registries, self.read, self.cipher, form, roles, now=now)

    def begin(
        self,
        session: Session,
        citizen: Citizen,
        form: Form,
        *,
        answers: Answers,
        chosen: tuple[str, ...],
        now: datetime,
    ) -> Draft:
        """Write what registries answered, and keep the form filled from it. Raises SessionEnded."""
        self._hold(session, citizen, answers, now)
        unreached = linking.store(session, self.cipher, answers, now)
        sources = self.sources(session, citizen, form, chosen, now)
        content = filling.fill(form, Content(unreached=unreached, chosen=chosen), sources, anew=True)
        return drafts.begin(session, self.cipher, owner_of(citizen), form, content, now=now)

    def get(self, session: Session, citizen: Citizen, draft_id: str, now: datetime) -> Draft:
        """Return one of a citizen's drafts. Raises DraftNotFound."""
        return drafts.get(session, self.cipher, owner_of(citizen), draft_id, now - self.kept_for)

    def page(
        self, session: Session, citizen: Citizen, *, limit: int, cursor: str | None, now: datetime
    ) -> DraftPage:
        """Return a page of a citizen's drafts, the newest first."""
        return drafts.of_owner(session, owner_of(citizen), now - self.kept_for, limit=limit, cursor=cursor)

    def edit(
        self,
        session: Session,
        citizen: Citizen,
        draft_id: str,
        *,
        typed: Mapping[str, Any],
        version: int | None,
        now: datetime,
    ) -> Draft:
        """Write what somebody typed.

        Raises SessionEnded, DraftNotFound, DraftSubmitted, DraftChanged, DraftFieldsWrong.
        """
        self._hold(session, citizen, (), now)
        row = drafts.locked(session, owner_of(citizen), draft_id, now - self.kept_for, version)
        chosen = open_draft(self.cipher, row.id, row.content_sealed).chosen
        sources = self.sources(session, citizen, templates.get(row.form_code), chosen, now)
        return drafts.edit(session, self.cipher, row, typed, sources=sources, terms=self.terms(now), now=now)

    def refill(
        self, session: Session, citizen: Citizen, draft_id: str, answers: Answers, now: datetime
    ) -> Draft:
        """Write what registries answered, and fill a draft anew.

        Raises SessionEnded, DraftNotFound, DraftSubmitted.
        """
        self._hold(session, citizen, answers, now)
        row = drafts.locked(session, owner_of(citizen), draft_id, now - self.kept_for, None)
        unreached: tuple[Unreached, ...] = linking.store(session, self.cipher, answers, now)
        chosen = open_draft(self.cipher, row.id, row.content_sealed).chosen
        sources = self.sources(session, citizen, templates.get(row.form_code), chosen, now)
        return drafts.refill(session, self.cipher, row, sources, unreached=unreached, now=now)

    def check_again(self, citizen: Citizen, draft_id: str, now: datetime) -> Draft:
        """Ask for every locked value again, and return the draft as it may be handed in.

        Works in short transactions of its own: what registries said, and the draft that shows it, stay whatever
        comes of it. Raises DraftNotFound, DraftSubmitted, WalletFrozen, DraftFieldsWrong, RegistryUnavailable,
        SessionEnded, SourceChanged, DraftChanged.
        """
        owner, alive_since = owner_of(citizen), now - self.kept_for
        with self.read() as session:
            draft = drafts.get(session, self.cipher, owner, draft_id, alive_since)
            if draft.status is not DraftStatus.DRAFT:
                raise DraftSubmitted
            self._require_unfrozen(session, owner)
            submitting.require_ready(draft, self.terms(now))
            roles = parties.parties_of(session, self.cipher, citizen, now)
            asked = submitting.questions(session, self.cipher, draft, roles)
        records = submitting.ask(self.registries, asked)
        answers = linking.ask_about(self.registries, submitting.replaced(asked, records))
        with self.write() as session:
            self._hold(session, citizen, {question.person_id for question in asked}, now)
            row = drafts.locked(session, owner, draft_id, alive_since, draft.version)
            submitting.store(session, self.cipher, asked, records, now)
            linking.store(session, self.cipher, answers, now)
            sources = self.sources(session, citizen, draft.form, draft.filled.chosen, now)
            checked, changed = submitting.compare(session, self.cipher, row, draft.form, sources, now=now)
        if changed:
            raise SourceChanged(changed)
        return checked

    def discard(self, session: Session, citizen: Citizen, draft_id: str, now: datetime) -> None:
        """Throw a draft away. Raises SessionEnded, DraftNotFound, DraftSubmitted."""
        self._hold(session, citizen, (), now)
        row = drafts.locked(session, owner_of(citizen), draft_id, now - self.kept_for, None)
        drafts.discard(session, row)

    def sources(
        self, session: Session, citizen: Citizen, form: Form, chosen: tuple[str, ...], now: datetime
    ) -> Sources:
        """Return what a form can be filled from as a citizen acts now, of what lies here."""
        roles = parties.parties_of(session, self.cipher, citizen, now)
        return Sources(
            linking.links(session, self.cipher, form, roles, chosen, now=now),
            parties.identities(session, self.cipher, roles),
        )

    def _hold(self, session: Session, citizen: Citizen, asked: Collection[PersonId], now: datetime) -> None:
        """Hold the caller, and whom registries were asked about, before anything of theirs is locked."""
        standing.hold(session, self.cipher, citizen, now)
        if asked:
            people.hold_living(session, asked)

    def _require_unfrozen(self, session: Session, owner: Owner) -> None:
        # Whoever has a stolen phone in hand must not fill forms with what is on it.
        if any(freezing.is_frozen(session, one) for one in {owner.person_id, owner.actor_id}):
            raise WalletFrozen


def _require_audience(citizen: Citizen, form: Form) -> None:
    if citizen.assurance_level < form.min_level:
        raise AssuranceLevelRequired(form.min_level)
    acting = citizen.acting_for
    if acting is None:
        # An enterprise's form that nobody acts in fills what it can, and says what is missing.
        return
    for_company = acting.type == ORGANISATION
    if for_company != (form.audience is Audience.ENTERPRISE):
        raise FormNotForCaller
