"""`lms queue`: the order of a course's queue with its reasons, and every decision proved again.

`lms.cli` names it, as `CORE_PLUGINS` names the rooms.
"""

from __future__ import annotations

import click

from courses.queries import explaining
from lms.cli.site import application
from lms.errors import NotFound


@click.command()
@click.argument("course", metavar="COURSE-SLUG")
@click.option("--explain", is_flag=True, help="Replay every decision from what was stored of it.")
def queue(course: str, explain: bool) -> None:
    """Print who waits for a course, in order and without names, and why."""
    with application():
        try:
            found = explaining.of_course(course)
        except NotFound:
            raise click.ClickException(f"There is no course called {course}") from None
        for line in found.order():
            click.echo(line)
        if not explain:
            return
        wrong = 0
        for decision in found.decisions():
            wrong += not decision.agrees
            for line in decision.lines():
                click.echo(line)
        click.echo("")
        click.echo(found.verdict(wrong))
    if wrong:
        raise SystemExit(1)
