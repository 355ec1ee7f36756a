"""`lms doctor`: what is wrong here and how to mend it."""

from __future__ import annotations

import click

from lms import hosting
from lms.doctor import Finding, examine
from lms.settings import read_settings


@click.command()
def doctor() -> None:
    """Say what is wrong here and how to mend it; answers 1 if anything is."""
    settings, server = hosting.start(read_settings())
    started_for_this = server is not None and server.process is not None
    wrong = 0
    try:
        for finding in examine(settings, served=not started_for_this):
            show(finding)
            wrong += finding.wrong
    finally:
        if server is not None:
            server.stop()
    if wrong:
        raise SystemExit(1)


def show(finding: Finding) -> None:
    """One line for what is fine, two for what is not."""
    mark = click.style("WRONG", fg="red", bold=True) if finding.wrong else "ok   "
    click.echo(f"{mark} {finding.area}: {finding.text}")
    if finding.wrong:
        click.echo(f"      mend: {finding.mend}")
