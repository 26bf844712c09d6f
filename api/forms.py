"""Forms and drafts as people read them, in the caller's language."""

from typing import Any

from api.call import Call
from api.language import Text
from api.texts import STATUS_TEXTS
from wallet.forms import filling, submitting
from wallet.forms.drafts import Draft
from wallet.forms.errors import Fault
from wallet.forms.filling import Gap
from wallet.forms.models import Content, Entry, Origin
from wallet.forms.parties import Party
from wallet.forms.templates import (
    Choice,
    Condition,
    Form,
    FormField,
    LicenceSource,
    Material,
    Source,
    Words,
)
from wallet.kinds import all_kinds
from wallet.licences import Freshness
from wallet.registries.asking import AnswerStatus
from wallet.status import LicenceStatus

ADD_IT = Text("在“我的证照”中添加，或到发证部门办理", "Add it under “My licences”, or apply to its issuer.")
NOT_SERVING = Text("该证照{status}，请先办理", "It is {status}: see to it first.")
NOT_ASKED = Text(
    "部分部门暂时无法查询，请稍后重新获取", "Some registries did not answer: fill it again later."
)
REAL_NAME = Text("实名信息", "Real name")


def form_summary(form: Form, language: str) -> dict[str, Any]:
    """Return a form in a list."""
    return {
        "code": form.code,
        "title": said(form.title, language),
        "about": form.about and said(form.about, language),
        "service_code": form.service_code,
        "audience": form.audience,
        "min_level": form.min_level,
        "instant": form.instant,
        "material_count": len(form.materials),
    }


def form_answer(form: Form, language: str) -> dict[str, Any]:
    """Return a form with its materials and fields."""
    return form_summary(form, language) | {
        "materials": [_material(one, language) for one in form.materials],
        "sections": [
            {
                "key": section.key,
                "title": said(section.title, language),
                "fields_": [_field(form, one, language) for one in section.fields],
            }
            for section in form.sections
        ],
    }


def draft_summary(call: Call, draft: Draft) -> dict[str, Any]:
    """Return a draft in a list."""
    return {
        "id": draft.id,
        "form_code": draft.form.code,
        "form_title": said(draft.form.title, call.language),
        "service_code": draft.form.service_code,
        "status": draft.status,
        "version": draft.version,
        "case_id": draft.case_id,
        "created_at": draft.created_at,
        "updated_at": draft.updated_at,
        "expires_at": call.services.forms.expires_at(draft),
    }


def draft_answer(call: Call, draft: Draft) -> dict[str, Any]:
    """Return a draft with its values."""
    form, content, language = draft.form, draft.filled, call.language
    faults = submitting.faults(form, content, call.services.forms.terms(call.now))
    return draft_summary(call, draft) | {
        "sections": [{"key": one.key, "title": said(one.title, language)} for one in form.sections],
        "values_": [
            _value(section.key, field, content, language)
            for section in form.sections
            for field in section.fields
        ],
        "licences": [
            {
                "licence_id": one.licence_id,
                "kind": one.kind,
                "title": all_kinds()[one.kind].title,
                "party": Party(one.party),
                "status": LicenceStatus(one.status),
                "as_of": one.as_of,
                "freshness": Freshness(one.freshness),
            }
            for one in content.linked
        ],
        "missing": [_missing(gap, content, call) for gap in filling.missing(form, content)],
        "unreached": [
            {"code": one.code, "name": one.name, "status": AnswerStatus(one.status)}
            for one in content.unreached
        ],
        "to_do": [_to_do(form, key, fault, language) for key, fault in faults.items()],
    }


def said(words: Words, language: str) -> str:
    """Return words in a language."""
    return Text(words.zh, words.en).in_language(language)


def _material(material: Material, language: str) -> dict[str, Any]:
    return {
        "kind": material.kind,
        "title": material.title,
        "party": material.party,
        "required": material.required,
        "essential": material.essential,
        "service_code": material.service_code,
        "hint": said(material.hint, language) if material.hint else ADD_IT.in_language(language),
        "when": _condition(material.when),
    }


def _field(form: Form, field: FormField, language: str) -> dict[str, Any]:
    bounds = field.bounds
    return {
        "key": field.key,
        "label": said(field.label, language),
        "type": field.type,
        "required": field.required,
        "lock": field.lock,
        "hint": field.hint and said(field.hint, language),
        "choices": _choices(field.choices, language),
        "max_length": bounds.max_length,
        "pattern": bounds.pattern,
        "minimum": bounds.minimum,
        "maximum": bounds.maximum,
        "earliest": bounds.earliest,
        "latest": bounds.latest,
        "min_age": bounds.min_age,
        "sources": [_source(form, one) for one in field.sources],
        "when": _condition(field.when),
    }


def _source(form: Form, source: Source) -> dict[str, Any]:
    if isinstance(source, LicenceSource):
        return {"kind": source.kind, "party": form.material(source.kind).party, "field": source.field}
    return {"kind": None, "party": source.party, "field": source.field}


def _condition(condition: Condition | None) -> dict[str, Any] | None:
    if condition is None:
        return None
    return {"field": condition.field, "among": condition.among, "contains": condition.contains}


def _choices(choices: tuple[Choice, ...], language: str) -> list[dict[str, str]]:
    return [{"code": one.code, "text": said(one.text, language)} for one in choices]


def _value(section: str, field: FormField, content: Content, language: str) -> dict[str, Any]:
    entry = content.entries.get(field.key) or Entry(None)
    return {
        "key": field.key,
        "label": said(field.label, language),
        "section": section,
        "type": field.type,
        "value": entry.value,
        "required": field.required,
        "applies": field.applies(content.values),
        "locked": entry.locked,
        "source": _origin(entry.origin, language),
        "hint": field.hint and said(field.hint, language),
        "choices": _choices(field.choices, language),
        "max_length": field.bounds.max_length,
    }


def _origin(origin: Origin | None, language: str) -> dict[str, Any] | None:
    if origin is None:
        return None
    return {
        "licence_id": origin.licence_id,
        "kind": origin.kind,
        "title": all_kinds()[origin.kind].title if origin.kind else REAL_NAME.in_language(language),
        "party": Party(origin.party),
        "field": origin.field,
        "as_of": origin.as_of,
        "digest": origin.digest,
    }


def _missing(gap: Gap, content: Content, call: Call) -> dict[str, Any]:
    material, language = gap.material, call.language
    return {
        "kind": material.kind,
        "title": material.title,
        "hint": _hint(gap, content, language),
        # A service that the catalogue has dropped leads nowhere.
        "service_code": material.service_code if material.service_code in call.catalogue.services else None,
        "party": material.party,
        "essential": material.essential,
        "status": gap.status,
    }


def _hint(gap: Gap, content: Content, language: str) -> str:
    if gap.status is not None:
        return NOT_SERVING.in_language(language).format(status=STATUS_TEXTS[gap.status].in_language(language))
    own = gap.material.hint
    hint = said(own, language) if own else ADD_IT.in_language(language)
    if not content.unreached:
        return hint
    apart = " " if language == "en" else "；"
    return f"{NOT_ASKED.in_language(language)}{apart}{hint}"


def _to_do(form: Form, key: str, fault: Fault, language: str) -> dict[str, Any]:
    field = form.field(key)
    return {
        "key": key,
        "label": said(field.label, language) if field else all_kinds()[key].title,
        "text": Text(fault.zh, fault.en).in_language(language),
    }
