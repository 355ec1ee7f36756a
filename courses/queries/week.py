"""The sessions of this week and the next four, as staff and trainers see them on the home page.

`courses.queries.home` offers them with everything else that is dated.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from flask import url_for
from sqlalchemy import func, select

from courses import access
from courses.models import Cohort, Session
from courses.queries import cohorts
from courses.queries.cohorts import CohortFacts
from courses.queries.sessions import SessionFacts
from lms import clock
from lms.contracts import Actor, Agenda
from lms.permissions import allowed
from lms.registry import current_registry
from lms.web import words

COMING_UP = timedelta(days=28)
SATURDAY = 5
MOST = 50
ACTIVE = ("scheduled", "published", "running")


def sessions(actor: Actor, today: date) -> Iterable[Agenda]:
    """What is held in this week and later; whoever only trains sees their own."""
    week_ends = clock.start_of(_week_ends(today))
    until = clock.start_of(today) + COMING_UP
    found = cohorts.matching(
        access.cohorts(actor),
        Cohort.state.in_(ACTIVE),
        Cohort.id.in_(
            select(Session.cohort_id).where(
                Session.holds,
                func.upper(Session.during) > clock.start_of(today),
                func.lower(Session.during) < until,
            )
        ),
    )
    only_trainer = not allowed(actor, access.MANAGE)
    shown = found[:MOST]
    columns = current_registry().cohort_columns([one.id for one in shown], actor)
    for cohort in shown:
        said = [(one.title, one.cells[cohort.id]) for one in columns if cohort.id in one.cells]
        for session in cohort.held:
            if clock.start_of(today) < session.end and session.start < until:
                kind = "this_week" if session.start < week_ends else "coming_up"
                if only_trainer:
                    yield _to_train(cohort, session, kind, today, said)
                else:
                    yield _session(cohort, session, kind)


def _week_ends(today: date) -> date:
    """The day after this week's last; at the weekend the coming week is meant."""
    monday = today + timedelta(days=7 - today.weekday())
    return monday + timedelta(days=7) if today.weekday() >= SATURDAY else monday


def _session(cohort: CohortFacts, session: SessionFacts, kind: str) -> Agenda:
    return Agenda(
        kind,
        f"{cohort.course}, {cohort.called(session)} ({cohort.code})",
        session.start,
        (
            ("", session.where),
            ("Trainer", session.who or "nobody yet"),
            ("Places taken", f"{cohort.seats_taken} of {cohort.capacity}"),
        ),
        "Open cohort",
        url_for("courses.cohort", cohort_id=cohort.id),
        order=10,
    )


def _to_train(
    cohort: CohortFacts,
    session: SessionFacts,
    kind: str,
    today: date,
    said: Sequence[tuple[str, str]],
) -> Agenda:
    """A session for who trains it: the register on its day, before that who will come.

    `said` is what other rooms say of the cohort, such as how many have answered a survey.
    """
    is_here = words.day_of(session.start) <= today
    where = ("", ", ".join(filter(None, (session.where, session.address))))
    booked = ("Places taken", f"{cohort.seats_taken} of {cohort.capacity}")
    number, roster = session.number, url_for("courses.cohort", cohort_id=cohort.id)
    return Agenda(
        kind,
        f"{cohort.course}, {cohort.called(session)} ({cohort.code})",
        session.start,
        (where, booked, *(() if cohort.started else said)),
        "Open register" if is_here else "Open roster",
        url_for("courses.open_register", cohort_id=cohort.id, number=number) if is_here else roster,
        order=10,
    )
