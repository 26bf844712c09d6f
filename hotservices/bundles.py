"""Bundles (一件事): the services that one event in life asks for, in the order in which to do them.

What the person holds and has done is handed in. None stands for not known, which is not the same as no.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

from hotservices import catalogue
from hotservices.catalogue import Service
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
def bundles() -> MappingProxyType[str, Bundle]:
    """Return every bundle by its code, in catalogue order."""
    source = resources.files("hotservices") / "data" / "bundles.json"
    return MappingProxyType(
        {
            entry["code"]: Bundle(
                code=entry["code"],
                name=entry["name"],
                audience=entry["audience"],
                lead=entry["lead"],
                services=tuple(catalogue.get(code) for code in entry["steps"]),
            )
            for entry in json.loads(source.read_bytes())
        },
    )


def get(code: str) -> Bundle:
    """Return a bundle. Raises BundleNotFound."""
    bundle = bundles().get(code)
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
