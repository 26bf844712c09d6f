"""Filling a form (自动填报): each field from the first of its sources that says anything.

Only what the form asks for in the case at hand is taken: a field whose condition does not hold stays empty. The
values of another person, which a holder sees masked, fill nothing.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from wallet.forms import validating
from wallet.forms.linking import Links
from wallet.forms.models import Content, Entry, Origin, written
from wallet.forms.parties import Identity, Party
from wallet.forms.templates import Form, FormField, IdentitySource, LicenceSource, Material, Source
from wallet.status import LicenceStatus


@dataclass(frozen=True, slots=True)
class Sources:
    """What a form can be filled from at this moment."""

    links: Links
    identities: Mapping[Party, Identity]


@dataclass(frozen=True, slots=True)
class Gap:
    """A licence that is asked for and not there; `status` where there is one that does not serve."""

    material: Material
    status: LicenceStatus | None


def fill(form: Form, before: Content, sources: Sources, *, anew: bool) -> Content:
    """Return a draft's content with its fields filled.

    What was typed stays, unless a source has a locked value for it. What came from a source before stays as well,
    unless all is filled `anew`.
    """
    entries: dict[str, Entry] = {}
    for field in form.fields:
        values = {key: entry.value for key, entry in entries.items()}
        was = before.entries.get(field.key)
        if was is not None and was.origin is not None and not anew and field.applies(values):
            entries[field.key] = was
            continue
        entry = _entry(form, field, was, values, sources)
        if entry is not None:
            entries[field.key] = entry
    filled = replace(before, entries=entries)
    kept = () if anew else before.linked
    known = {one.kind for one in kept}
    linked = (*kept, *(one for one in sources.links.linked(form) if one.kind not in known))
    return replace(
        filled,
        linked=tuple(one for one in linked if form.material(one.kind).applies(filled.values)),
        unfit={kind: status.value for kind, status in sources.links.unfit.items()},
    )


def missing(form: Form, content: Content) -> list[Gap]:
    """Return the licences that a form asks for, as its values are, and that are not linked."""
    linked, values = {one.kind for one in content.linked}, content.values
    return [
        Gap(material, LicenceStatus(content.unfit[material.kind]) if material.kind in content.unfit else None)
        for material in form.materials
        if material.required and material.kind not in linked and material.applies(values)
    ]


def _entry(
    form: Form, field: FormField, before: Entry | None, values: Mapping[str, Any], sources: Sources
) -> Entry | None:
    typed = before if before is not None and before.origin is None else None
    if not field.applies(values):
        return typed
    found = _first(form, field, values, sources)
    if found is None or (typed is not None and not field.lock):
        return typed
    return found


def _first(form: Form, field: FormField, values: Mapping[str, Any], sources: Sources) -> Entry | None:
    for source in field.sources:
        said = _said(form, source, values, sources)
        if said is None:
            continue
        raw, origin = said
        value = validating.read_source(field, raw)
        if value is not None:
            return Entry(value, origin, locked=field.lock)
    return None


def _said(
    form: Form, source: Source, values: Mapping[str, Any], sources: Sources
) -> tuple[Any, Origin] | None:
    match source:
        case LicenceSource(kind, key):
            licence, material = sources.links.held.get(kind), form.material(kind)
            if licence is None or not material.applies(values) or licence.fields[key].masked:
                return None
            value = licence.fields[key].value
            digest = _digest(licence.identifier, licence.version, key, value)
            return value, Origin(licence.id, kind, material.party, key, written(licence.as_of), digest)
        case IdentitySource(party, key):
            identity = sources.identities.get(party)
            if identity is None:
                return None
            value = identity.values[key]
            digest = _digest(identity.person_id, 0, key, value)
            return value, Origin(None, None, party, key, written(identity.as_of), digest)


def _digest(of: str, version: int, field: str, value: Any) -> str:
    said = json.dumps([of, version, field, value], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()
