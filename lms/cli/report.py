"""`lms report`: what a report's page says, as a file."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import BinaryIO

import click

from lms import clock
from lms.cli.site import application
from lms.contracts import SYSTEM, Audience, Filter, Report
from lms.db import Complaint, one_moment, unit_of_work
from lms.errors import NotFound
from lms.registry import current_registry
from lms.reports.asking import Asked, Offered, first_day, offered, report_called
from lms.reports.documents import Document
from lms.reports.documents.files import as_file
from lms.reports.drafts import document_for_team
from lms.reports.queries import releases
from lms.reports.services.releases import release
from lms.spreadsheets import CSV, TYPES

MONTH = "Like 2027-03."


@click.command()
@click.argument("slug")
@click.option("--locality", multiple=True, metavar="NAME", help="A place; may be given again.")
@click.option("--course", multiple=True, metavar="SLUG", help="A course; may be given again.")
@click.option("--cohort", multiple=True, metavar="CODE", help="A cohort; may be given again.")
@click.option("--from", "start", metavar="MONTH", default="", help=f"The first month. {MONTH}")
@click.option("--to", "end", metavar="MONTH", default="", help=f"The last month. {MONTH}")
@click.option(
    "--audience",
    type=click.Choice([one.value for one in Audience]),
    default=Audience.TEAM.value,
    show_default=True,
    help="Who it is for; for a partner or publication a version is recorded.",
)
@click.option("--breakdown", "by", metavar="KEY", default="", help="Show groups apart.")
@click.option("--choice", multiple=True, metavar="NAME=VALUE", help="The report's own selects.")
@click.option("--format", "form", type=click.Choice(list(TYPES)), default=CSV, show_default=True)
@click.option(
    "--output", type=click.File("wb"), help="Where to write it; default: standard output."
)
def report(
    slug: str,
    locality: Sequence[str],
    course: Sequence[str],
    cohort: Sequence[str],
    start: str,
    end: str,
    audience: str,
    by: str,
    choice: Sequence[str],
    form: str,
    output: BinaryIO | None,
) -> None:
    """Print the report SLUG as a table, the same as its page and its downloads."""
    if output is None and form != CSV and sys.stdout.isatty():
        raise click.UsageError(f"--format {form} is no text: give --output FILE")
    with application(), unit_of_work():
        one_moment()
        found, choices = _report(slug), offered(SYSTEM)
        asked = Asked(
            slug=slug,
            audience=Audience(audience),
            start=_month("--from", start),
            end=_month("--to", end),
            place=_places(locality, choices),
            course=_options("--course", course, choices, Filter.COURSE),
            cohort=_options("--cohort", cohort, choices, Filter.COHORT),
            by=_known("--breakdown", by, [key for key, _ in found.breakdowns]),
            choices=_choices(choice, found),
        )
        if asked.start and asked.end and asked.end < asked.start:
            raise click.BadParameter(f"{end} is before {start}", param_hint="--to")
        content = as_file([_document(asked)], form)
    (output or sys.stdout.buffer).write(content)


def _report(slug: str) -> Report:
    try:
        return report_called(slug)
    except NotFound:
        known = ", ".join(sorted(current_registry().reports))
        raise click.BadParameter(f"there is no report {slug!r}; there are {known}") from None


def _document(asked: Asked) -> Document:
    if asked.audience is Audience.TEAM:
        return document_for_team(asked, SYSTEM, clock.now())
    try:
        return releases.find(SYSTEM, release(asked, by=SYSTEM)).document
    except Complaint as complaint:
        raise click.ClickException(complaint.text) from None


def _month(option: str, value: str) -> str:
    try:
        first_day(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is no month. {MONTH}", param_hint=option) from None
    return value


def _places(names: Iterable[str], choices: Offered) -> tuple[str, ...]:
    known = {text.casefold(): str(value) for value, text in choices.places}
    return tuple(_one("--locality", name, known) for name in names)


def _options(option: str, names: Iterable[str], choices: Offered, kind: Filter) -> tuple[str, ...]:
    known = {
        word.casefold(): one.value
        for one in choices.of(kind)
        for word in (one.words, one.code, one.value)
        if word
    }
    return tuple(_one(option, name, known) for name in names)


def _one(option: str, name: str, known: dict[str, str]) -> str:
    found = known.get(name.casefold())
    if found is None:
        raise click.BadParameter(f"there is no {name!r}", param_hint=option)
    return found


def _known(option: str, value: str, known: Sequence[str]) -> str:
    if value and value not in known:
        listed = ", ".join(known) or "none"
        raise click.BadParameter(f"{value!r} is none of: {listed}", param_hint=option)
    return value


def _choices(given: Iterable[str], found: Report) -> dict[str, str]:
    own = {choice.name: dict(choice.options(SYSTEM)) for choice in found.choices}
    chosen = {}
    for pair in given:
        name, _, value = pair.partition("=")
        if name not in own or value not in own[name]:
            listed = "; ".join(f"{key}: {', '.join(values)}" for key, values in own.items())
            raise click.BadParameter(
                f"{pair!r} is none of: {listed or 'none'}", param_hint="--choice"
            )
        if value != next(iter(own[name])):  # the first is what nothing chosen means
            chosen[name] = value
    return chosen
