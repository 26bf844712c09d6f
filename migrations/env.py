"""Alembic's environment: online only, one transaction, with time-outs where the database knows them."""

from alembic import context
from sqlalchemy import Engine, create_engine, text

import hotservices.administration.models
import hotservices.models
import hotservices.usage.models  # noqa: F401  every model has to be known before metadata is compared
import identity.organisations.models
import identity.sandbox.enterprises
import identity.staffing.acts
import identity.staffing.lockout
import identity.turns  # noqa: F401  the same
import wallet.enterprise.models
import wallet.licences
import wallet.registries.sandbox
import wallet.showing.models
import wallet.webhooks.models  # noqa: F401  the same
from identity.orm import Base

LOCK_TIMEOUT_MS, STATEMENT_TIMEOUT_MS = 5_000, 60_000


def run() -> None:
    """Run migrations on the engine that was handed in, or on the URL that was configured."""
    engine: Engine | None = context.config.attributes.get("engine")
    if engine is None:
        engine = create_engine(context.config.get_main_option("sqlalchemy.url") or "")
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
        )
        with context.begin_transaction():
            if connection.dialect.name == "postgresql":
                # A migration that can't get its lock gives way to the running service.
                connection.execute(text(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}"))
                connection.execute(text(f"SET LOCAL statement_timeout = {STATEMENT_TIMEOUT_MS}"))
            context.run_migrations()


run()
