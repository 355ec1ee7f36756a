"""Alembic's environment, for the core's history and for each guest's own.

`lms.migrate` runs it with a connection; `alembic` by hand finds the address in the environment.
"""

import os

from alembic import context
from sqlalchemy import Connection

from lms import migrate

guest = context.config.attributes.get("guest")
connection = context.config.attributes.get("connection")
migrate.load_models(guest)


def run(on: Connection) -> None:
    """Run the asked-for revisions in the caller's transaction, or in one of ours."""
    context.configure(connection=on, **migrate.context_options(guest))
    with context.begin_transaction():
        context.run_migrations()


if connection is not None:
    run(connection)
else:
    address = os.environ.get("LMS_OWNER_DATABASE_URL") or os.environ["DATABASE_URL"]
    with migrate.owner_engine(address).begin() as own:
        run(own)
