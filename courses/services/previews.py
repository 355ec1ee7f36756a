"""Messages as people will read them, made by the messages' own templates before anything happens.

The review pages of publishing, changing and cancelling show them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from courses.queries.cohorts import CohortFacts
from courses.services import edits, posting, telling
from courses.services.describing import about, calendar
from courses.services.edits import Edit
from courses.services.telling import Notice, Told, TrainerNotice
from lms.contracts import Actor
from lms.messages import wording
from lms.messages.calendar import Calendar
from lms.web import words
from lms.web.context import settings

FIRST_NAME = "[first name]"
NO_DATES = Calendar("REQUEST", 0, ())
NEW = ("confirmation", "trainer_added")


@dataclass(frozen=True)
class Preview:
    """A message before it is sent: to whom, its subject and words, what it does to calendars."""

    to: str
    subject: str
    shown: Markup
    calendar: str


@dataclass(frozen=True)
class Review:
    """Everything that will be sent, and to how many."""

    told: Told
    messages: tuple[Preview, ...]


NOTHING = Review(Told(), ())


def of_change(cohort: CohortFacts, edit: Edit, by: Actor) -> Review:
    """What an edit will send when it is applied."""
    after, changes = edits.outcome(cohort, edit), edits.differences(cohort, edit)
    people = telling.people_of_change(cohort, after, changes)
    trainers = telling.trainers_of_change(cohort, after, changes)
    return _review(cohort, people, trainers, by)


def of_cancellation(cohort: CohortFacts, reason: str, what: str, by: Actor) -> Review:
    """What cancelling a cohort will send."""
    people = [telling.people_of_cancellation(cohort, reason, what)]
    return _review(cohort, people, telling.trainers_of_cancellation(cohort, reason), by)


def of_publishing(
    cohort: CohortFacts, offered: int, until: datetime | None, by: Actor
) -> tuple[Preview, ...]:
    """What publishing a cohort sends at once, and what those who book get later."""
    shown = []
    if offered and until:
        to = f"{words.plural(offered, 'person', 'people')} who {_waits(offered)}, at once"
        values = {
            "until": words.weekday_datetime(until),
            "until_time": words.time(until),
            "until_date": words.short_date(until),
            "pair": False,
        }
        shown.append((to, FIRST_NAME, Notice("offer", about(cohort) | values, NO_DATES)))
    for one in telling.trainers_of_publishing(cohort):
        shown.append((f"{one.name}, who trains, at once", one.name.split()[0], one.notice))
    values = about(cohort) | {"notes": ""}
    dates = calendar(cohort, "REQUEST")
    shown.append(
        ("everybody who books, at once", FIRST_NAME, Notice("confirmation", values, dates))
    )
    if cohort.first is not None:
        joining = Notice("joining", values, NO_DATES)
        shown.append(("everybody booked, five working days before", FIRST_NAME, joining))
    return tuple(_preview(to, name, notice, cohort, by) for to, name, notice in shown)


def _review(
    cohort: CohortFacts, people: Sequence[Notice], trainers: Sequence[TrainerNotice], by: Actor
) -> Review:
    booked = len(posting.booked(cohort.id)) if people else 0
    everybody = f"{words.plural(booked, 'person', 'people')} who {_is(booked)} booked"
    shown = [_preview(everybody, FIRST_NAME, one, cohort, by) for one in people if booked]
    shown += [
        _preview(f"{one.name}, who trains", one.name.split()[0], one.notice, cohort, by)
        for one in trainers
    ]
    told = Told(booked, len({one.person_id for one in trainers}))
    return Review(told, tuple(shown))


def _preview(to: str, first_name: str, notice: Notice, cohort: CohortFacts, by: Actor) -> Preview:
    template = f"{posting.TEMPLATES}/{notice.template}.txt"
    subject, body = wording.make(template, notice.values, first_name=first_name, by=by)
    site = settings().base_url
    addresses = {
        "place": None,
        "answer": None,
        "dates": f"{site}/home",
        "cohort": f"{site}/cohorts/{cohort.id}",
    }
    return Preview(to, subject, wording.html(body, addresses), _calendar(notice))


def _calendar(notice: Notice) -> str:
    if not notice.ical.entries:
        return ""
    if notice.ical.method == "CANCEL":
        dates = words.plural(len(notice.ical.entries), "date")
        return f"{dates} {'leaves' if len(notice.ical.entries) == 1 else 'leave'} their calendar."
    if notice.template in NEW:
        return "A calendar file goes with it."
    return "A calendar file goes with it and updates what they have."


def _is(number: int) -> str:
    return "is" if number == 1 else "are"


def _waits(number: int) -> str:
    return "waits" if number == 1 else "wait"
