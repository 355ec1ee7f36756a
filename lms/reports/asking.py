"""A question put to a report: by whom, for whom, about what, and how it is kept and known again.

Views and the command line make an `Asked`, or a `Wanted` of several; services keep it with a
version or a return.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from lms import clock
from lms.contracts import Actor, Audience, Filter, Option, Report, ReportQuery
from lms.errors import NotFound
from lms.people.queries import places
from lms.registry import current_registry
from lms.reports import access
from lms.web import words

AUDIENCES = {
    Audience.TEAM: "Our team only",
    Audience.PARTNER: "A partner organisation",
    Audience.PUBLICATION: "Publication",
}


@dataclass(frozen=True)
class Asked:
    """What is asked of a report, as an address holds it; months are like "2027-03"."""

    kind: ClassVar = "version"

    slug: str
    audience: Audience = Audience.TEAM
    start: str = ""
    end: str = ""
    place: tuple[str, ...] = ()
    course: tuple[str, ...] = ()
    cohort: tuple[str, ...] = ()
    by: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)

    @property
    def report(self) -> Report:
        """The report, else `NotFound`."""
        return report_called(self.slug)

    @property
    def args(self) -> dict[str, Any]:
        """The address's part after the question mark, without what is not set."""
        held = self.as_json() | dict(self.choices)
        return {k: v for k, v in held.items() if v and k not in ("slug", "choices")}

    def query(self, actor: Actor, as_of: datetime) -> ReportQuery:
        """What the report is asked."""
        return ReportQuery(
            actor=actor,
            audience=self.audience,
            as_of=as_of,
            start=first_day(self.start),
            end=last_day(self.end),
            localities=tuple(uuid.UUID(one) for one in self.place),
            courses=self.course,
            cohorts=tuple(uuid.UUID(one) for one in self.cohort),
            breakdown=self.by,
            choices=dict(self.choices),
        )

    def reach(self, actor: Actor) -> list[str]:
        """The scopes of what is counted for this actor."""
        return access.reach(actor, self.place)

    def key(self, actor: Actor) -> str:
        """The same for the same question about the same people, whoever asks it."""
        return fingerprint([self.as_json(), self.reach(actor)])

    def as_json(self) -> dict[str, Any]:
        """For a column of the database; lists are in order, so that the same is the same."""
        return {
            "slug": self.slug,
            "audience": str(self.audience),
            "start": self.start,
            "end": self.end,
            "place": sorted(self.place),
            "course": sorted(self.course),
            "cohort": sorted(self.cohort),
            "by": self.by,
            "choices": dict(sorted(self.choices.items())),
        }

    @staticmethod
    def from_json(held: Mapping[str, Any]) -> Asked:
        """What was kept."""
        lists = {name: tuple(held[name]) for name in ("place", "course", "cohort")}
        return Asked(**(dict(held) | lists | {"audience": Audience(held["audience"])}))

    def of(self, slug: str) -> Asked:
        """The same filters put to another report, as far as it understands them."""
        known = report_called(slug).filters
        period = Filter.PERIOD in known
        return Asked(
            slug=slug,
            audience=self.audience,
            start=self.start if period else "",
            end=self.end if period else "",
            place=self.place if Filter.LOCALITY in known else (),
            course=self.course if Filter.COURSE in known else (),
            cohort=self.cohort if Filter.COHORT in known else (),
        )


@dataclass(frozen=True)
class Wanted:
    """A return to freeze, or to look at: its words, the reports, and the filters they share."""

    title: str
    about: str
    slugs: tuple[str, ...]
    asked: Asked
    only_look: bool = False

    @property
    def kind(self) -> str:
        """What is made of it."""
        return "preview" if self.only_look else "return"

    def questions(self) -> list[Asked]:
        """The same filters put to each report, in their order."""
        return [self.asked.of(slug) for slug in self.slugs]

    def as_json(self) -> dict[str, Any]:
        """For a column of the database."""
        return {
            "title": self.title,
            "about": self.about,
            "slugs": list(self.slugs),
            "asked": self.asked.as_json(),
            "only_look": self.only_look,
        }

    @staticmethod
    def from_json(held: Mapping[str, Any]) -> Wanted:
        """What was kept."""
        given = {"asked": Asked.from_json(held["asked"]), "slugs": tuple(held["slugs"])}
        return Wanted(**(dict(held) | given))

    def reach(self, actor: Actor) -> list[str]:
        """The scopes of what is counted for this actor."""
        return self.asked.reach(actor)

    def key(self, actor: Actor) -> str:
        """One return of these reports, period, audience and places; and one look at it."""
        key = fingerprint([sorted(self.slugs), self.asked.of(self.slugs[0]).key(actor)])
        return fingerprint([self.kind, key]) if self.only_look else key


@dataclass(frozen=True)
class Again:
    """A return to compare with now; with a reason, what differs is restated.

    `shown` is the mark of the differences that the reason was given for.
    """

    return_id: uuid.UUID
    reason: str = ""
    shown: str = ""

    @property
    def kind(self) -> str:
        """What is made of it."""
        return "restatement" if self.reason else "comparison"

    def as_json(self) -> dict[str, Any]:
        """For a column of the database."""
        return {"return_id": str(self.return_id), "reason": self.reason, "shown": self.shown}

    @staticmethod
    def from_json(held: Mapping[str, Any]) -> Again:
        """What was kept."""
        return Again(uuid.UUID(held["return_id"]), held["reason"], held.get("shown", ""))

    def key(self, actor: Actor) -> str:
        """The same for the same return: who may ask sees the places that it counts."""
        return fingerprint([self.kind, str(self.return_id)])


def report_called(slug: str) -> Report:
    """The report of an address, else `NotFound`."""
    found = current_registry().reports.get(slug)
    if found is None:
        raise NotFound
    return found


def fingerprint(held: object) -> str:
    """A short word for anything that JSON can hold."""
    text = json.dumps(held, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


# -- months --------------------------------------------------------------------------------------


def first_day(month: str) -> date | None:
    """1 March 2027 of "2027-03"."""
    return date.fromisoformat(f"{month}-01") if month else None


def last_day(month: str) -> date | None:
    """31 March 2027 of "2027-03"."""
    first = first_day(month)
    return None if first is None else _next(first) - timedelta(days=1)


def _next(first: date) -> date:
    return (first + timedelta(days=32)).replace(day=1)


def month_words(month: str) -> str:
    """'March 2027'."""
    first = first_day(month)
    return "" if first is None else f"{words.MONTHS[first.month - 1]} {first.year}"


YEARS_BACK = 8


def months() -> list[tuple[str, str, str]]:
    """Months to choose from, the newest first: value, words, year."""
    today = clock.today()
    found = []
    for year in range(today.year, today.year - YEARS_BACK, -1):
        last = today.month if year == today.year else 12
        for month in range(last, 0, -1):
            value = f"{year}-{month:02}"
            found.append((value, month_words(value), str(year)))
    return found


# -- filters in words ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Offered:
    """What an actor may choose for a report's filters: values with their words."""

    places: Sequence[tuple[uuid.UUID, str]]
    options: Sequence[Option]

    def of(self, kind: Filter) -> list[Option]:
        """The courses or the cohorts."""
        return [one for one in self.options if one.filter is kind]


def offered(actor: Actor) -> Offered:
    """The places, courses and cohorts that an actor may narrow reports by."""
    return Offered(places.localities(actor, access.VIEW), current_registry().report_options(actor))


def filter_words(asked: Asked, actor: Actor, choices: Offered) -> tuple[tuple[str, str], ...]:
    """The filters as labels and words, those that are set."""
    report = asked.report
    said = [
        ("From", month_words(asked.start)),
        ("To", month_words(asked.end)),
        ("Place", words.listing(named(asked.place, choices))),
        ("Course", words.listing(named(asked.course, choices))),
        ("Cohort", words.listing(named(asked.cohort, choices))),
        ("Broken down by", short(dict(report.breakdowns).get(asked.by, "")).lower()),
    ]
    for choice in report.choices:
        options = dict(choice.options(actor))
        said.append((choice.label, options.get(asked.choices.get(choice.name, ""), "")))
    return tuple((label, text) for label, text in said if text)


def short(breakdown: str) -> str:
    """'Course' of 'By course', behind words that end in "by"."""
    return words.capital(breakdown.removeprefix("By "))


def named(values: Sequence[str], choices: Offered) -> tuple[str, ...]:
    """What was chosen of places, courses or cohorts, by name; several cohorts by their codes."""
    names = {str(value): text for value, text in choices.places}
    for one in choices.options:
        short = one.filter is Filter.COHORT and len(values) > 1
        names[one.value] = (one.code if short else "") or one.words
    return tuple(names.get(value, value) for value in values)
