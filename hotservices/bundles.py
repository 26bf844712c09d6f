"""Bundles (一件事): the services that one event in life asks for, in the order in which to do them.

A bundle is of a catalogue: a step whose service has been retired is left out, and so is a bundle without any.
What the person holds and has done is handed in. None stands for not known, which is not the same as no.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from hotservices.catalogue import Catalogue, Service
from hotservices.errors import BundleNotFound


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle as the catalogue has it. `lead` is the department that answers for the whole."""

    code: str
    name: str
    audience: str
    lead: str
    services: tuple[Service, ...]


@dataclass(frozen=True, slots=True)
class Requirement:
    """A kind of licence that a service asks for; `held` is None when nobody knows."""

    kind: str
    held: bool | None


@dataclass(frozen=True, slots=True)
class Step:
    """A service of a bundle: where in the order (from 1), what it needs, whether it is done."""

    order: int
    service: Service
    requires: tuple[Requirement, ...]
    done: bool | None


@dataclass(frozen=True, slots=True)
class Progress:
    """A bundle with its steps as they stand for one person."""

    bundle: Bundle
    steps: tuple[Step, ...]


@cache
def _entries() -> list[dict[str, Any]]:
    source = resources.files("hotservices") / "data" / "bundles.json"
    entries: list[dict[str, Any]] = json.loads(source.read_bytes())
    return entries


def bundles(catalogue: Catalogue) -> Mapping[str, Bundle]:
    """Return every bundle of a catalogue by its code, in order."""
    found = (
        Bundle(
            code=entry["code"],
            name=entry["name"],
            audience=entry["audience"],
            lead=entry["lead"],
            services=catalogue.known(entry["steps"]),
        )
        for entry in _entries()
    )
    return {bundle.code: bundle for bundle in found if bundle.services}


def get(catalogue: Catalogue, code: str) -> Bundle:
    """Return a bundle. Raises BundleNotFound."""
    bundle = bundles(catalogue).get(code)
    if bundle is None:
        raise BundleNotFound
    return bundle


def requirements(service: Service, held: Collection[str] | None) -> tuple[Requirement, ...]:
    """Return what a service asks for; `held` are the kinds that the person can show."""
    return tuple(Requirement(kind, None if held is None else kind in held) for kind in service.requires)


def progress(bundle: Bundle, held: Collection[str] | None, done: frozenset[str] | None) -> Progress:
    """Return a bundle's steps for a person who holds kinds of licences and has finished services."""
    steps = (
        Step(order, service, requirements(service, held), None if done is None else service.code in done)
        for order, service in enumerate(bundle.services, start=1)
    )
    return Progress(bundle, tuple(steps))
