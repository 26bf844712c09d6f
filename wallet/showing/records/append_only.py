"""Access records are append-only in the database itself: triggers refuse what the program never does.

- a record outside the chain is refused, and so is a change of any column but `purpose_sealed`, which may be
  sealed anew or destroyed;
- a record may be deleted only where a checkpoint stands for it (`wallet.showing.forgetting`);
- checkpoints and anchors are never changed or deleted.

Whoever owns the database can lift the triggers, as `lift` does for a sandbox that begins again. That is what
the chain, its signed checkpoints and the published anchors are for.
"""

from sqlalchemy import Connection, inspect, text

RECORDS, CHECKPOINTS, ANCHORS = "access_records", "access_checkpoints", "access_anchors"
CHANGEABLE = "purpose_sealed"
REFUSAL = "access records are append-only"

_CHECKPOINTED = "SELECT 1 FROM access_checkpoints c WHERE c.chain = OLD.chain AND c.position >= OLD.position"
_FUNCTIONS = {
    "access_append_only": f"RAISE EXCEPTION '{REFUSAL}';",
    "access_chained_only": f"IF NEW.link IS NULL THEN RAISE EXCEPTION '{REFUSAL}'; END IF; RETURN NEW;",
    "access_purged_only": (
        f"IF NOT EXISTS ({_CHECKPOINTED}) THEN RAISE EXCEPTION '{REFUSAL}'; END IF; RETURN OLD;"
    ),
    "access_unchanged_only": (
        f"IF to_jsonb(NEW) - '{CHANGEABLE}' <> to_jsonb(OLD) - '{CHANGEABLE}' "
        f"THEN RAISE EXCEPTION '{REFUSAL}'; END IF; RETURN NEW;"
    ),
}
# Trigger, when it fires on what, and what PostgreSQL's runs for each row (or, with TRUNCATE, statement).
_POSTGRESQL = (
    ("access_records_chained", f"BEFORE INSERT ON {RECORDS}", "access_chained_only"),
    ("access_records_unchanged", f"BEFORE UPDATE ON {RECORDS}", "access_unchanged_only"),
    ("access_records_purged", f"BEFORE DELETE ON {RECORDS}", "access_purged_only"),
    ("access_records_truncated", f"BEFORE TRUNCATE ON {RECORDS}", "access_append_only"),
    ("access_checkpoints_kept", f"BEFORE UPDATE OR DELETE ON {CHECKPOINTS}", "access_append_only"),
    ("access_anchors_kept", f"BEFORE UPDATE OR DELETE ON {ANCHORS}", "access_append_only"),
)


def install(connection: Connection) -> None:
    """Guard the tables as they are now. A migration that adds a column lifts and installs again."""
    sqlite = connection.dialect.name == "sqlite"
    for statement in _for_sqlite(connection) if sqlite else _for_postgresql():
        connection.execute(text(statement))


def lift(connection: Connection) -> None:
    """Take the guards away."""
    if connection.dialect.name == "sqlite":
        for name, _, _ in _sqlite_triggers(connection):
            connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
        return
    for name in _FUNCTIONS:
        connection.execute(text(f"DROP FUNCTION IF EXISTS {name} CASCADE"))


def _for_postgresql() -> list[str]:
    functions = [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"
        for name, body in _FUNCTIONS.items()
    ]
    triggers = [
        f"CREATE TRIGGER {name} {when} FOR EACH {'STATEMENT' if 'TRUNCATE' in when else 'ROW'} "
        f"EXECUTE FUNCTION {function}()"
        for name, when, function in _POSTGRESQL
    ]
    return functions + triggers


def _for_sqlite(connection: Connection) -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    return [
        f"CREATE TRIGGER {name} {when} {condition} {refuse}"
        for name, when, condition in _sqlite_triggers(connection)
    ]


def _sqlite_triggers(connection: Connection) -> list[tuple[str, str, str]]:
    columns = [str(c["name"]) for c in inspect(connection).get_columns(RECORDS)]
    kept = ", ".join(name for name in columns if name != CHANGEABLE)
    return [
        ("access_records_chained", f"BEFORE INSERT ON {RECORDS}", "WHEN NEW.link IS NULL"),
        ("access_records_unchanged", f"BEFORE UPDATE OF {kept} ON {RECORDS}", ""),
        ("access_records_purged", f"BEFORE DELETE ON {RECORDS}", f"WHEN NOT EXISTS ({_CHECKPOINTED})"),
        ("access_checkpoints_unchanged", f"BEFORE UPDATE ON {CHECKPOINTS}", ""),
        ("access_checkpoints_kept", f"BEFORE DELETE ON {CHECKPOINTS}", ""),
        ("access_anchors_unchanged", f"BEFORE UPDATE ON {ANCHORS}", ""),
        ("access_anchors_kept", f"BEFORE DELETE ON {ANCHORS}", ""),
    ]
