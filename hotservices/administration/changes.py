"""Changes of the catalogue: the whole at once, or some services of the departments that an agency answers for."""

from collections.abc import Collection, Iterable, Sequence

from hotservices.administration import grants
from hotservices.administration.versions import Change, difference
from hotservices.catalogue import Catalogue, Service
from identity.errors import InvalidField


def whole(services: Iterable[Service]) -> Change:
    """Return the change that leaves these services and no others."""
    wanted = tuple(services)
    return lambda _before: wanted


def some(granted: Collection[str], put: Sequence[Service], retire: Sequence[str]) -> Change:
    """Return the change that adds or replaces services and retires others, all of departments granted.

    Applied, it raises DepartmentNotGranted, and InvalidField for a code to retire that the catalogue has not.
    """

    def change(before: Catalogue) -> Iterable[Service]:
        wanted = dict(before.services)
        for place, code in enumerate(retire):
            if wanted.pop(code, None) is None:
                raise _not_there(place)
        wanted |= {service.code: service for service in put}
        grants.require(granted, before, difference(before, wanted.values()))
        return wanted.values()

    return change


def _not_there(place: int) -> InvalidField:
    return InvalidField(f"retire.{place}", "没有这个事项", "There is no such service.")
