"""How long things are kept, as configured; `flask purge` enforces it (see `api.upkeep.purging`)."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta

from api import durations
from api.durations import DurationError

# What can't be shorter without breaking something else, or the law.
SHORTEST = {
    # Network logs are kept for at least six months (Cybersecurity Law art. 21).
    "access_records": timedelta(days=183),
    # Where staff have logged in before is remembered for ninety days (api.guessing).
    "sessions": timedelta(days=90),
    # An event's id must be known while the event would still be taken (wallet.registry_events).
    "registry_events": timedelta(hours=2),
    # A scan's life and status are judged as of up to a day before (wallet.showing.reconciling), and what is
    # brought in twice must be known as long.
    "offline_scans": timedelta(days=2),
    "status_changes": timedelta(days=2),
    "licence_status_changes": timedelta(days=2),
    # What was pulled without a consent at hand could not be told from what was pulled by one (PIPL art. 14).
    "consents": timedelta(days=183),
    # Not given out again, and counted, for a day (wallet.showing.check_codes).
    "check_codes": timedelta(days=1),
    "check_code_misses": timedelta(days=1),
    # Who froze whose wallet is a log of what staff did.
    "staff_freezes": timedelta(days=183),
    # Locks look back two hours (identity.real_name_locks).
    "real_name_attempts": timedelta(hours=3),
    # Locks count what staff got wrong within a day (identity.proofs.counter_rows).
    "counter_misses": timedelta(days=2),
    # How often somebody asks is counted within a day (identity.family.helpers).
    "helper_requests": timedelta(days=2),
    # Deliveries are tried again for a day.
    "webhook_deliveries": timedelta(days=2),
    "webhook_events": timedelta(days=2),
    # An event's id must be known while the event could still be told again.
    "usage_receipts": timedelta(days=8),
}


@dataclass(frozen=True, slots=True)
class Retention:
    """The span of every rule, by the rule's name; counted from when a thing was over."""

    access_records: timedelta = timedelta(days=1095)
    cases: timedelta = timedelta(days=1095)
    check_code_misses: timedelta = timedelta(days=1)
    check_codes: timedelta = timedelta(days=1)
    client_assertions: timedelta = timedelta(hours=1)
    client_credentials: timedelta = timedelta(days=183)
    clients: timedelta = timedelta(days=1095)
    closed_accounts: timedelta = timedelta(days=1095)
    consent_requests: timedelta = timedelta(days=183)
    consents: timedelta = timedelta(days=1095)
    corrections: timedelta = timedelta(days=365)
    counter_misses: timedelta = timedelta(days=30)
    dependants: timedelta = timedelta(days=1095)
    drafts: timedelta = timedelta(days=90)
    face_checks: timedelta = timedelta(days=30)
    helper_requests: timedelta = timedelta(days=30)
    idempotency_keys: timedelta = timedelta(hours=1)
    licence_status_changes: timedelta = timedelta(days=183)
    memberships: timedelta = timedelta(days=1095)
    notices: timedelta = timedelta(days=365)
    offline_scans: timedelta = timedelta(days=30)
    people_let_go: timedelta = timedelta(days=365)
    real_name_attempts: timedelta = timedelta(days=30)
    registry_events: timedelta = timedelta(days=183)
    reviews: timedelta = timedelta(days=1095)
    sessions: timedelta = timedelta(days=183)
    show_tokens: timedelta = timedelta(days=30)
    staff_freezes: timedelta = timedelta(days=1095)
    status_changes: timedelta = timedelta(days=30)
    usage_receipts: timedelta = timedelta(days=8)
    webhook_deliveries: timedelta = timedelta(days=30)
    webhook_events: timedelta = timedelta(days=30)
    webhooks: timedelta = timedelta(days=183)

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "Retention":
        """Read RETENTION_… of every rule. Raises DurationError."""
        spans = {}
        for field in fields(cls):
            name = f"RETENTION_{field.name.upper()}"
            span = durations.read(env, name, getattr(DEFAULT_RETENTION, field.name))
            shortest = SHORTEST.get(field.name, timedelta(0))
            if span < shortest:
                msg = f"{name} must not be shorter than {shortest.total_seconds() / 3600:g} hours."
                raise DurationError(msg)
            spans[field.name] = span
        return cls(**spans)

    def of(self, rule: str) -> timedelta:
        """Return the span of a rule."""
        span: timedelta = getattr(self, rule)
        return span


DEFAULT_RETENTION = Retention()
