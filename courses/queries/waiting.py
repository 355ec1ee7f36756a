"""Who waits for a course, in the order that counts, with why; a person's own place, without names.

Pages show it, booking asks it who comes first; `courses.queries.queue` has the order itself.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from courses.models import Cohort, Waiting
from courses.queries import choosing, deadlines, fitting, offers, queue
from courses.queries.cohorts import CohortFacts
from courses.queries.fitting import Times
from courses.queries.offers import OfferRow
from courses.queries.queue import BY_HAND, Points, Waiter
from lms import clock
from lms.contracts import Actor, QueueRule
from lms.db import db
from lms.people.models import Organisation, Person
from lms.people.queries import people
from lms.web import words

BEFORE_YOU = "they joined before you"
MOVED = "the team moved them, with a reason in the history"
FIRST_COME = "Places go in the order in which people joined the list"


@dataclass(frozen=True)
class WaitingRow:
    """Somebody in a queue: their place (0 with an offer), since when, why, and for which date."""

    id: uuid.UUID
    nth: int
    person_id: uuid.UUID
    name: str
    organisation: str
    joined_at: datetime
    cohort_id: uuid.UUID | None
    cohort_code: str
    known: bool
    points: int
    pair_id: uuid.UUID | None
    waiver: str
    reasons: tuple[Points, ...]
    offer: OfferRow | None

    @property
    def shown(self) -> str:
        """The name, where the actor may know it."""
        return self.name if self.known else "Somebody from another place"


@dataclass(frozen=True)
class Position:
    """A person's own place in a queue, "4th of 11", why, and why how many go before them."""

    id: uuid.UUID
    nth: int
    of: int
    joined_at: datetime
    reasons: tuple[Points, ...]
    before: tuple[tuple[str, int], ...]

    @property
    def words(self) -> str:
        """As "4th of 11"."""
        return f"{ordinal(self.nth)} of {self.of}"

    @property
    def why(self) -> str:
        """As "Ambassador (+100); you joined on 3 February 2027"."""
        said = [f"{one.words} ({one.points:+})" for one in self.reasons]
        return "; ".join([*said, f"you joined on {words.date(self.joined_at)}"])


def ordinal(number: int) -> str:
    """'1st', '2nd', '11th'."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if 10 < number % 100 < 14 else ending}"


def of_course(course_id: uuid.UUID, actor: Actor) -> list[WaitingRow]:
    """Everybody in a course's queue: those with an offer, then those who wait, in their order."""
    rows = db.session.execute(
        select(
            Waiting.id,
            Person.id.label("person_id"),
            func.btrim(Person.given_name + " " + Person.family_name).label("name"),
            func.coalesce(Organisation.name, "").label("organisation"),
            Waiting.joined_at,
            Waiting.cohort_id,
            func.coalesce(Cohort.code, "").label("cohort_code"),
            people.in_sight(actor).label("known"),
            Waiting.points,
            Waiting.pair_id,
            func.coalesce(Waiting.waiver, "").label("waiver"),
        )
        .join(Person, Person.id == Waiting.person_id)
        .outerjoin(Organisation, Organisation.id == Person.organisation_id)
        .outerjoin(Cohort, Cohort.id == Waiting.cohort_id)
        .where(Waiting.course_id == course_id, Waiting.state.in_(("waiting", "offered")))
        .order_by(Waiting.points.desc(), Waiting.joined_at, Waiting.id)
    ).all()
    ids = [row.id for row in rows]
    reasons, held = queue.reasons(ids), offers.of_waiting(ids)
    waits = {one: nth for nth, one in enumerate((i for i in ids if i not in held), 1)}
    made = [
        WaitingRow(
            **row._mapping,
            nth=waits.get(row.id, 0),
            reasons=tuple(reasons[row.id]),
            offer=held.get(row.id),
        )
        for row in rows
    ]
    return sorted(made, key=lambda row: row.nth)


def with_fit(
    cohort: CohortFacts, actor: Actor, *, times: Times | None = None
) -> list[tuple[WaitingRow, str]]:
    """Those who wait for a date's course, each with why the date does not fit them ("" if it does).

    `times` are those of the sessions while they are only planned.
    """
    waiters = queue.line(cohort.course_id)
    known = fitting.facts(cohort.course_id, waiters)
    lines = fitting.lines(waiters, cohort, known, times=times)
    unfit = {uuid.UUID(line.waiting): line.unfit for line in lines}
    rows = of_course(cohort.course_id, actor)
    return [(row, unfit[row.id]) for row in rows if row.id in unfit]


def unfit(waiting_id: uuid.UUID, dates: Sequence[CohortFacts]) -> dict[uuid.UUID, str]:
    """Why dates of a course do not fit somebody in its queue, "" for each that does."""
    one = queue.get(waiting_id)
    if one is None:
        return {}
    known = fitting.facts(one.course_id, [one])
    return {date.id: fitting.lines([one], date, known)[0].unfit for date in dates}


def number(course_id: uuid.UUID) -> int:
    """How many wait for a course and have no offer."""
    return numbers([course_id]).get(course_id, 0)


def numbers(course_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many wait for each of these courses."""
    rows = db.session.execute(
        select(Waiting.course_id, func.count())
        .where(Waiting.course_id.in_(course_ids), Waiting.state == "waiting")
        .group_by(Waiting.course_id)
    )
    return {course_id: count for course_id, count in rows}


def ahead(cohort: CohortFacts, person_id: uuid.UUID) -> int:
    """How many free places of a date go to others who wait before a person (all, if they do not).

    Nought where places are not offered any more: then whoever books first has them.
    """
    chosen, waiters = next_in_line([cohort])[cohort.id]
    mine = next((one for one in waiters if one.person_id == person_id), None)
    if mine is None or mine.id not in chosen:
        return len(chosen)
    return chosen.index(mine.id)


def passed_over(cohort: CohortFacts, chosen: Sequence[uuid.UUID]) -> list[Waiter]:
    """Those who wait and would lose a free place of a date if these people had it."""
    next_ids, waiters = next_in_line([cohort])[cohort.id]
    others = [one for one in waiters if one.id in next_ids and one.person_id not in chosen]
    return others[max(cohort.places_left - len(chosen), 0) :]


def free_for_all(dates: Sequence[CohortFacts]) -> dict[uuid.UUID, int]:
    """Places anybody may take on dates of one course: those that the queue leaves over."""
    taken = next_in_line(dates)
    return {one.id: max(one.places_left - len(taken[one.id][0]), 0) for one in dates}


def next_in_line(
    dates: Sequence[CohortFacts],
) -> dict[uuid.UUID, tuple[list[uuid.UUID], list[Waiter]]]:
    """Whom the free places of each date would be offered to now, and everybody who waits.

    Whose import can still be undone is offered nothing yet, but nobody else books past them.
    The dates are of one course.
    """
    now = clock.now()
    course_id = dates[0].course_id if dates else None
    waiters = queue.line(course_id) if course_id and queue.anybody(course_id) else []
    waiters = [replace(one, undo_until=None) for one in waiters]
    known = fitting.facts(course_id, waiters) if course_id and waiters else None
    found: dict[uuid.UUID, tuple[list[uuid.UUID], list[Waiter]]] = {}
    for cohort in dates:
        chosen: tuple[str, ...] = ()
        if known and cohort.places_left and deadlines.until(cohort, now):
            lines = fitting.lines(waiters, cohort, known)
            chosen = choosing.choose(lines, cohort.places_left).chosen
        found[cohort.id] = ([uuid.UUID(one) for one in chosen], waiters)
    return found


def position(course_id: uuid.UUID, person_id: uuid.UUID) -> Position | None:
    """Where a person stands in a course's queue; None when they do not wait or have an offer."""
    waiters = queue.line(course_id)
    nth = next((n for n, one in enumerate(waiters, 1) if one.person_id == person_id), 0)
    if not nth:
        return None
    mine, first = waiters[nth - 1], waiters[: nth - 1]
    reasons = queue.reasons([one.id for one in (*first, mine)])
    return Position(
        id=mine.id,
        nth=nth,
        of=len(waiters),
        joined_at=mine.joined_at,
        reasons=tuple(reasons[mine.id]),
        before=_before(
            [reasons[one.id] for one in first], reasons[mine.id], queue.rules(course_id)
        ),
    )


def places(course_id: uuid.UUID) -> dict[uuid.UUID, str]:
    """The place of everybody who waits for a course: person to "4th of 11"."""
    waiters = queue.line(course_id)
    return {
        one.person_id: f"{ordinal(nth)} of {len(waiters)}" for nth, one in enumerate(waiters, 1)
    }


def courses_of(person_id: uuid.UUID) -> list[uuid.UUID]:
    """The courses a person waits for, or has an offer of."""
    return list(
        db.session.scalars(
            select(Waiting.course_id)
            .where(*_live(person_id))
            .order_by(Waiting.joined_at, Waiting.id)
        )
    )


def what_can_change(course_id: uuid.UUID) -> str:
    """Who may come before others later: "Your place can change: people go first when they are
    ambassadors. After that, places go in the order of joining."
    """
    stated = [rule.words for rule in queue.rules(course_id)]
    if not stated:
        return f"{FIRST_COME}."
    when = "; or ".join(filter(None, ("; ".join(stated[:-1]), stated[-1])))
    after = "After that, places go in the order of joining."
    return f"Your place can change: people go first when {when}. {after}"


def _before(
    first: Sequence[Sequence[Points]], mine: Sequence[Points], rules: Sequence[QueueRule]
) -> tuple[tuple[str, int], ...]:
    """Why those before somebody are: each counted once, under the rule that does most for them."""
    own = _by_key(mine)
    said = {rule.key: rule.words for rule in rules} | {BY_HAND: MOVED}
    counts: dict[str, int] = {}
    for reasons in first:
        more = {
            key: points
            for key, points in _by_key(reasons).items()
            if points > own.get(key, 0) and key in said
        }
        why = said[max(more, key=lambda key: more[key])] if more else BEFORE_YOU
        counts[why] = counts.get(why, 0) + 1
    order = [*said.values(), BEFORE_YOU]
    return tuple((why, counts[why]) for why in order if why in counts)


def _by_key(reasons: Sequence[Points]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for one in reasons:
        found[one.key] = found.get(one.key, 0) + one.points
    return found


def _live(person_id: uuid.UUID) -> list[ColumnElement[bool]]:
    return [Waiting.person_id == person_id, Waiting.state.in_(("waiting", "offered"))]
