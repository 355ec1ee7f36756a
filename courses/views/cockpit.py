"""What the cohort's page shows besides plain facts: its state, the next thing to do, its columns.

`courses.views.cohorts` puts the page together from these.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import url_for
from markupsafe import Markup

from courses import access
from courses.queries import cancellation, cohorts, history, register
from courses.queries.cohorts import CohortFacts, SessionFacts
from courses.queries.register import Progress
from courses.queries.roster import Person, Roster
from courses.services.register import Times
from lms import clock
from lms.contracts import Actor, BookingColumn
from lms.messages import queries as messages
from lms.permissions import allowed
from lms.registry import current_registry
from lms.web import words

NEAR = timedelta(days=7)
"""So long before the first session an answer that is missing comes before a free place."""
FIRST_COLUMNS = 50
"""Other rooms' columns ordered below this stand before the sessions, the others after the hours."""


@dataclass(frozen=True)
class Next:
    """The one thing that comes next, with its one button ("" where there is none).

    `yields` says that courses ask nothing as urgent, so that another room's next thing stands
    here if there is one; a session that comes (`dated`) is named beside it.
    """

    title: str
    lines: tuple[str, ...] = ()
    verb: str = ""
    url: str = ""
    yields: bool = False
    dated: bool = False


def state_words(cohort: CohortFacts) -> str:
    """The state as people read it: without places it is full, and a closed one has finished."""
    if cohort.state == "closed":
        return "Finished"
    if cohort.state in ("published", "scheduled") and cohort.capacity and not cohort.places_left:
        return "Full"
    return words.capital(cohort.state)


def manages(actor: Actor, cohort: CohortFacts) -> bool:
    """Whether the actor may change this cohort and book people on it."""
    return allowed(actor, access.MANAGE) and cohorts.reaches(actor, cohort.id, access.MANAGE)


def may_schedule(actor: Actor) -> bool:
    """Whether the actor may schedule cohorts at all."""
    return allowed(actor, access.MANAGE)


def next_thing(cohort: CohortFacts, manages: bool) -> Next:
    """Publish, add people, open the register, mark what is missing, certificates: in that order."""
    if cohort.state == "cancelled":
        return _cancelled(cohort)
    if cohort.state == "scheduled":
        return Next(
            "Publish it, so that people can book", (), "Check and publish", _url(cohort, "review")
        )
    if unmarked := _unmarked(cohort):
        return _register(cohort, unmarked, "Mark the register of")
    upcoming = cohort.next_session()
    if upcoming is None:
        return _afterwards(cohort, manages)
    if Times(upcoming.start, upcoming.end).begun:
        return _register(cohort, upcoming, "Next:")
    return _coming(cohort, upcoming, manages)


def _cancelled(cohort: CohortFacts) -> Next:
    how = cancellation.of(cohort)
    if how is None:
        return Next("This cohort was cancelled")
    title = f"{how.by} cancelled this cohort {words.datetime_words(how.at)}"
    return Next(title, (*([f"Reason: {how.why}"] if how.why else []), *how.lines))


def never_began(cohort: CohortFacts) -> bool:
    """Whether it was cancelled before its first session: then no survey and certificate comes."""
    how = cancellation.of(cohort)
    return how is not None and how.before_it_began


def columns(actor: Actor, cohort: CohortFacts) -> list[BookingColumn]:
    """What other rooms add to the table of people."""
    return current_registry().booking_columns(cohort.id, actor)


def counts(added: Sequence[BookingColumn]) -> list[tuple[str, str]]:
    """What other rooms count, for whoever sees no single person's answer: "Before", "14/18"."""
    return [(column.title, column.foot) for column in added if column.foot]


def headings(cohort: CohortFacts, added: Sequence[BookingColumn]) -> list[Any]:
    """The table's head: who, other rooms' first columns, each session, the hours, the rest."""
    return [
        "Name",
        "Job",
        "Organisation",
        *(column.title for column in added if column.order < FIRST_COLUMNS),
        *(words.day_month(session.start).replace(" ", "\u00a0") for session in cohort.held),
        "Hours",
        *(column.title for column in added if column.order >= FIRST_COLUMNS),
    ]


def rows(
    people: Iterable[Person], added: Sequence[BookingColumn], manages: bool
) -> list[list[Any]]:
    """The table's body. What other rooms say is shown of one's own people only."""
    return [
        [
            _name(one, manages),
            one.booking.profession or "–",
            one.booking.organisation or "–",
            *_cells(one, added, first=True),
            *one.marks,
            words.clock_duration(one.minutes) if one.minutes else "–",
            *_cells(one, added, first=False),
        ]
        for one in people
    ]


def foot(table: Roster, added: Sequence[BookingColumn]) -> list[Any]:
    """The table's foot: "16/18" under what can be counted."""
    before = [column.foot for column in added if column.order < FIRST_COLUMNS]
    after = [column.foot for column in added if column.order >= FIRST_COLUMNS]
    return ["All", "", "", *before, *table.present, "", *after]


def registers(cohort: CohortFacts) -> dict[uuid.UUID, Progress]:
    """How far the register of each session is."""
    return register.progress([cohort.id])


def messages_waiting(actor: Actor, cohort: CohortFacts) -> messages.Waiting:
    """What waits to be sent about a cohort, as far as the actor reads it."""
    return messages.waiting_about(actor, "cohort", cohort.id)


def last_change(actor: Actor, cohort: CohortFacts) -> str:
    """As "Sam Ellery marked session 2 on 25 February 2027 at 12:41pm"; "" before anything."""
    line = history.last(actor, cohort)
    if line is None:
        return ""
    numbers = {one.start: one.number for one in cohort.sessions}
    return f"{line.sentence(numbers)} {words.datetime_words(line.at)}"


def moment(at: datetime) -> str:
    """As "Tue 9 Mar, 8am"."""
    return f"{clock.london(at):%a} {words.day_month(at)}, {words.time(at)}"


def _name(person: Person, manages: bool) -> Any:
    name = person.booking.name
    if not manages:
        return name
    address = url_for("courses.booking", booking_id=person.booking.id)
    return Markup('<a class="govuk-link" href="{}">{}</a>').format(address, name)


def _cells(person: Person, added: Sequence[BookingColumn], *, first: bool) -> list[str]:
    chosen = [column for column in added if (column.order < FIRST_COLUMNS) is first]
    if not person.booking.manageable:
        return ["–" for _ in chosen]
    return [column.cells.get(person.booking.id, "–") for column in chosen]


def _unmarked(cohort: CohortFacts) -> SessionFacts | None:
    """The first session that is over and whose register is not complete."""
    progress = registers(cohort)
    over = [one for one in cohort.held if one.end <= clock.now()]
    return next((one for one in over if one.id in progress and progress[one.id].to_mark), None)


def _coming(cohort: CohortFacts, session: SessionFacts, manages: bool) -> Next:
    """Before the day: people while there is room; near it, what other rooms want done first."""
    title, place = f"Next: {cohort.called(session)}, {_when(session)}", _place(session)
    if manages and _room(cohort):
        free = f"{words.plural(cohort.places_left, 'place')} free"
        enough = cohort.seats_taken >= (cohort.minimum or 0)
        near = session.start - clock.now() <= NEAR
        url = _url(cohort, "book")
        return Next(title, (place, free), "Add people", url, yields=near and enough, dated=True)
    opens = f"Its register can be marked from {words.weekday_date(session.start)}"
    return Next(title, (place, opens), yields=manages, dated=True)


def _room(cohort: CohortFacts) -> bool:
    """Whether people can still be added before the course begins."""
    closed = cohort.closes_at is not None and cohort.closes_at <= clock.now()
    return cohort.places_left > 0 and not cohort.started and not closed


def _afterwards(cohort: CohortFacts, manages: bool) -> Next:
    if not cohort.held:
        title = "People do this course online, in their own time"
        if manages and _room(cohort):
            free = f"{words.plural(cohort.places_left, 'place')} free"
            return Next(title, (free,), "Add people", _url(cohort, "book"))
        return Next(title, yields=True)
    count = len(cohort.held)
    title = "The register is saved" if count == 1 else f"All {count} registers are saved"
    return Next(title, ("Certificates are made as people complete.",), yields=True)


def _register(cohort: CohortFacts, session: SessionFacts, what: str) -> Next:
    title = f"{what} {cohort.called(session)}, {_when(session)}"
    url = url_for("courses.open_register", cohort_id=cohort.id, number=session.number)
    return Next(title, (_place(session),), "Open register", url)


def _when(session: SessionFacts) -> str:
    return f"{words.weekday_date(session.start)}, {words.time(session.start)}"


def _place(session: SessionFacts) -> str:
    return " · ".join(filter(None, (session.where, session.who)))


def _url(cohort: CohortFacts, page: str) -> str:
    return url_for(f"courses.{page}", cohort_id=cohort.id)
