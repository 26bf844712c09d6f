"""What a machine may be given: to ask for consent, to pull what was consented to, to keep webhooks.

Reading and showing the enterprise's own licences, submitting forms and managing members are for people, whom records
name; a program could not answer for them.
"""

from collections.abc import Iterable

from identity.organisations.scopes import Scope

MACHINE_SCOPES = (Scope.CONSENTS_REQUEST, Scope.PULLS_CREATE, Scope.WEBHOOKS_MANAGE)


class ScopeNotHeld(Exception):
    """A scope was asked for that the client does not have, or that there is not."""


def narrowed(held: Iterable[Scope], asked: str) -> frozenset[Scope]:
    """Return the scopes of a request (RFC 6749 §3.3), all that are held when it names none. Raises ScopeNotHeld."""
    words = frozenset(asked.split(" ")) - {""}
    if not words <= frozenset(held):
        raise ScopeNotHeld
    return frozenset(scope for scope in held if not words or scope in words)
