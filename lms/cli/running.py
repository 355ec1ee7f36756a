"""`lms serve`, `lms setup`, `lms worker`: run the site on one machine, or one part of it."""

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


@click.command()
@click.option("--sole", is_flag=True, help="No other worker runs: take up what a dead one left.")
def worker(sole: bool) -> None:
    """Do the jobs that requests leave: messages, certificates, reminders."""
    from lms import jobs, logs  # with all the application loads, which `serve` need not
    from lms.cli.site import application
    from lms.db import unit_of_work

    logs.configure()
    settings = read_settings()
    with application(settings) as app:
        if sole:
            with unit_of_work():
                jobs.put_back_doing()
        jobs.run_worker(app, concurrency=settings.worker_jobs)
