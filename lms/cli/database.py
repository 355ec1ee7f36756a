"""`lms upgrade`, `lms check`, `lms backup`, `lms demo`: what is done to the database as a whole."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path

import click

from lms import backup as copies
from lms import demo as programme
from lms import hosting, migrate
from lms.cli.site import application, settings_of
from lms.contracts import SYSTEM, Tables
from lms.db import unit_of_work
from lms.events import Upgraded, publish
from lms.settings import Settings, read_settings
from lms.web.opening import LmsFlask


@click.command()
@click.option("--demo", is_flag=True, help="An empty database becomes a demonstration for good.")
@click.option("--copy", is_flag=True, help="Copy the database before changing its tables.")
def upgrade(demo: bool, copy: bool) -> None:
    """Bring the tables to this release."""
    with application() as app:
        settings = settings_of(app)
        owner = settings.owner_database_url
        guests = guest_tables(app)
        waiting = [step for guest in (None, *guests) for step in migrate.pending(owner, guest)]
        if waiting and copy and migrate.current(owner) is not None:
            click.echo(f"tables: copied to {copies.dump(settings, 'before-upgrade')}")
        migrate.upgrade(owner, demo=demo, guests=guests)
        with unit_of_work():
            publish(Upgraded(by=SYSTEM))
        click.echo(f"tables: {len(waiting)} steps applied" if waiting else "tables: up to date")


@click.command()
def check() -> None:
    """Whether migrations make the tables that the models describe."""
    with (
        tempfile.TemporaryDirectory(prefix="lms-check-") as folder,
        hosting.database(_scratch(Path(folder))) as settings,
    ):
        owner = settings.owner_database_url
        migrate.upgrade(owner, demo=False)
        wrong = [f"more than one head: {head}" for head in migrate.heads()[1:]]
        wrong += [str(difference) for difference in migrate.drift(owner)]
    if wrong:
        raise click.ClickException("models and migrations differ:\n" + "\n".join(wrong))
    click.echo("tables: the migrations make what the models describe")


def _scratch(folder: Path) -> Settings:
    return Settings(instance=folder, embedded_anywhere=True, database_url="")


@click.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path | None) -> None:
    """Copy the whole database to FILE, which `pg_restore` reads."""
    with hosting.database(read_settings()) as settings:
        click.echo(copies.dump(settings, to=file))


@click.command()
@click.option(
    "--today", type=click.DateTime(["%Y-%m-%d"]), help="The date it is seen from; default: today."
)
@click.option("--seed", default=1, show_default=True, help="Another number, other people.")
def demo(today: datetime | None, seed: int) -> None:
    """Build the demonstration programme in a database made for it."""
    with application(), unit_of_work():
        built = programme.build(today.date() if today else None, seed)
    click.echo(
        "demonstration: ready"
        if built
        else "demonstration: it is there already, nothing was changed"
    )


def guest_tables(app: LmsFlask) -> list[Tables]:
    """The tables of pip-installed guests, which keep their own history."""
    return [tables for tables in app.extensions["lms"].tables.values() if tables.migrations]
