"""`lms serve`, `lms setup`: everything of one machine. Loads little, as it only starts others."""

from __future__ import annotations

import click

from lms.settings import read_settings
from lms.supervisor import Stop, Supervisor


@click.command()
def serve() -> None:
    """Set up what is missing and run the site until Ctrl-C."""
    Supervisor(read_settings(), click.echo).serve()


@click.command()
def setup() -> None:
    """Secrets, database, tables and demonstration, without serving."""
    try:
        Supervisor(read_settings(), click.echo).setup()
    except Stop:
        raise SystemExit(130) from None
