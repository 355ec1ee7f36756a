"""`lms worker`: one process that does jobs; any number may run, on any number of machines."""

from __future__ import annotations

import click

from lms import jobs, logs
from lms.cli.site import application
from lms.db import unit_of_work
from lms.settings import read_settings


@click.command()
@click.option("--sole", is_flag=True, help="No other worker runs: take up what a dead one left.")
def worker(sole: bool) -> None:
    """Do the jobs that requests leave: messages, certificates, reminders."""
    logs.configure()
    settings = read_settings()
    with application(settings) as app:
        if sole:
            with unit_of_work():
                jobs.put_back_doing()
        jobs.run_worker(app, concurrency=settings.worker_jobs)
