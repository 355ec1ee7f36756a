"""Messages as people will read them, made by the messages' own templates before anything happens.

The review pages of publishing, changing and cancelling show them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from markupsafe import Markup

from courses.queries import deadlines, offers
from courses.queries.cohorts import CohortFacts
from courses.services import edits, posting, telling
from courses.services.describing import about, calendar
from courses.services.edits import Edit
from courses.services.queue import letters
from courses.services.schedule import end_of_day
from courses.services.telling import Change, Notice, Told, TrainerNotice
from lms import clock
from lms.contracts import Actor
from lms.messages import wording
from lms.messages.calendar import Calendar
from lms.web import words
from lms.web.context import settings

FIRST_NAME = "[first name]"
NO_DATES = Calendar("REQUEST", 0, ())
NEW = ("confirmation", "trainer_added")
HELD = "for whom a place is held"


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
    booked = posting.booked(cohort.id)
    groups = [
        _booked(len(booked), telling.people_of_change(cohort, after, changes)),
        _asked_again(replace(after, closes_at=end_of_day(edit.last_day)), changes),
    ]
    trainers = telling.trainers_of_change(cohort, after, changes, booked=bool(booked))
    return _review(cohort, groups, trainers, by)


def of_cancellation(cohort: CohortFacts, reason: str, what: str, by: Actor) -> Review:
    """What cancelling a cohort will send."""
    booked = posting.booked(cohort.id)
    ended = Notice("offer_ended", _no_longer_held(cohort, letters.off(reason)), NO_DATES)
    groups = [
        _booked(len(booked), [telling.people_of_cancellation(cohort, reason, what)]),
        _Group(len(offers.of_cohort(cohort.id)), HELD, [ended]),
    ]
    trainers = telling.trainers_of_cancellation(cohort, reason, booked=bool(booked))
    return _review(cohort, groups, trainers, by)


def of_publishing(
    cohort: CohortFacts, offered: int, until: datetime | None, by: Actor
) -> tuple[Preview, ...]:
    """What publishing a cohort sends at once, and what those who book get later."""
    shown = []
    if offered and until:
        to = f"{words.plural(offered, 'person', 'people')} who {_waits(offered)}, at once"
        values = about(cohort) | letters.of_held(until)
        shown.append((to, FIRST_NAME, Notice("offer", values, NO_DATES)))
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


@dataclass(frozen=True)
class _Group:
    """So many people, who they are, and what each of them gets."""

    number: int
    who: str
    notices: Sequence[Notice]

    @property
    def to(self) -> str:
        """As "6 people for whom a place is held"."""
        return f"{words.plural(self.number, 'person', 'people')} {self.who}"


def _booked(number: int, notices: Sequence[Notice]) -> _Group:
    return _Group(number, f"who {_is(number)} booked", notices)


def _asked_again(after: CohortFacts, changes: Sequence[Change]) -> _Group:
    """For whom a place of a changed date is held: they are asked anew, or it is too near for it."""
    held = offers.of_cohort(after.id) if changes else []
    if until := deadlines.until(after, clock.now()):
        values = about(after) | letters.of_held(until, changes=[one.said for one in changes])
        return _Group(len(held), HELD, [Notice("offer", values, NO_DATES)] if held else [])
    values = _no_longer_held(after, letters.TOO_NEAR)
    heard = letters.heard_of(held)
    return _Group(len(heard), HELD, [Notice("offer_ended", values, NO_DATES)])


def _no_longer_held(cohort: CohortFacts, reason: str) -> dict[str, Any]:
    return about(cohort) | letters.of_ended(reason, "[their place]")


def _review(
    cohort: CohortFacts, groups: Sequence[_Group], trainers: Sequence[TrainerNotice], by: Actor
) -> Review:
    groups = [one for one in groups if one.number and one.notices]
    shown = [
        _preview(group.to, FIRST_NAME, one, cohort, by) for group in groups for one in group.notices
    ]
    shown += [
        _preview(f"{one.name}, who trains", one.name.split()[0], one.notice, cohort, by)
        for one in trainers
    ]
    told = Told(sum(group.number for group in groups), len({one.person_id for one in trainers}))
    return Review(told, tuple(shown))


def _preview(to: str, first_name: str, notice: Notice, cohort: CohortFacts, by: Actor) -> Preview:
    template = f"{posting.TEMPLATES}/{notice.template}.txt"
    subject, body = wording.make(template, notice.values, first_name=first_name, by=by)
    site = settings().base_url
    addresses = {
        "place": None,
        "answer": None,
        "list": None,
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
