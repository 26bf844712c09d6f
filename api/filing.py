"""A form that is handed in becomes a case: what the wallet checked is put into the words that cases keep."""

from typing import Any

from api import casework
from api.call import Call
from hotservices.cases.briefs import Worked
from hotservices.cases.facts import Fact
from hotservices.usage.events import Recorder
from wallet.forms import filling, submitting
from wallet.forms.drafts import Draft
from wallet.forms.models import Origin
from wallet.forms.parties import owner_of
from wallet.forms.submitting import Submitted
from wallet.forms.templates import FieldType

MISSING_MATERIALS = "missing_materials"


def submit(call: Call, recorder: Recorder, draft: Draft) -> Worked:
    """Turn a draft that was checked into a case, once, in the request's transaction.

    Raises DraftChanged, and what opening a case raises.
    """
    submitting.claim(call.session, owner_of(call.citizen), draft, call.now)
    opened = casework.submit_form(
        call,
        recorder,
        service_code=draft.form.service_code,
        form_code=draft.form.code,
        draft_id=draft.id,
        facts=facts_of(draft),
    )
    submitting.note_case(call.session, draft, opened.brief.id)
    return opened


def facts_of(draft: Draft) -> list[Fact]:
    """Return what the department gets: the values that the form asks for, and which licences are still missing."""
    facts = [_fact(draft, one) for one in submitting.handed_in(draft)]
    gaps = filling.missing(draft.form, draft.filled)
    if gaps:
        titles = [gap.material.title for gap in gaps]
        facts.append(Fact(MISSING_MATERIALS, "待补材料", titles, locked=False, verified=False))
    return facts


def _fact(draft: Draft, one: Submitted) -> Fact:
    return Fact(
        key=one.key,
        label=one.label_zh,
        value=_readable(draft, one),
        locked=one.locked,
        # Every locked value has just been asked for again.
        verified=one.locked,
        source=_source(one.origin),
    )


def _readable(draft: Draft, one: Submitted) -> Any:
    """Return a value as a clerk reads it: a choice by its words."""
    field = draft.form.field(one.key)
    if field is None or field.type is not FieldType.CHOICE:
        return one.value
    return next((choice.text.zh for choice in field.choices if choice.code == one.value), one.value)


def _source(origin: Origin | None) -> dict[str, str | None] | None:
    if origin is None:
        return None
    told: dict[str, str | None] = {"as_of": origin.as_of, "digest": origin.digest}
    if origin.kind is None:
        return told | {"identity": f"{origin.party}.{origin.field}"}
    return told | {"licence_id": origin.licence_id, "kind": origin.kind, "field": origin.field}
