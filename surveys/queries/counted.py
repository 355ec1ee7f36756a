"""Answers as counts, for reports: how many of a cohort, place and job answered what, and when.

`surveys.reports` calls it. Answers are read here and in `surveys.analysis` and are counted in the
database: what leaves it is how many people answered alike.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Subquery,
    cast,
    column,
    func,
    lateral,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB

from courses.models import Booking, Cohort
from courses.queries import outcomes, tallies
from lms import clock
from lms.contracts import SYSTEM, Actor, Item, ReportQuery
from lms.db import db
from lms.permissions import permission
from surveys.access import COUNT
from surveys.models import Assignment, Instrument, Submission, Wave
from surveys.queries.lines import Roll, Said, Told
from surveys.services.instruments import items_of


@dataclass(frozen=True)
class Questionnaire:
    """A questionnaire as it is asked now, and every one whose answers compare with its own.

    `ids` are the versions with the same questions on the same scales, and those that ask them of
    the time before from memory.
    """

    key: str
    title: str
    primary: str
    items: tuple[Item, ...]
    ids: tuple[uuid.UUID, ...]


def counting(actor: Actor) -> Actor:
    """The actor with those roles that may count answers: what a manager reaches has none."""
    roles = permission(COUNT).roles
    return replace(actor, grants=tuple(grant for grant in actor.grants if grant.role in roles))


def questionnaires() -> dict[str, str]:
    """The questionnaires with a main question that were ever kept: title by key."""
    rows = db.session.execute(
        select(Instrument.key, Instrument.definition["title"].astext)
        .join(Wave, Wave.instrument_id == Instrument.id)
        .where(Instrument.definition["primary"].astext != "", Wave.kind.in_(("pre", "post")))
        .distinct()
        .order_by(Instrument.key)
    )
    return {key: title for key, title in rows}


def questionnaire(key: str) -> Questionnaire | None:
    """The last version of a questionnaire with all that compare with it; None if never kept."""
    rows = db.session.execute(
        select(Instrument.key, Instrument.id, Instrument.definition).order_by(Instrument.version)
    ).all()
    versions = [row for row in rows if row.key == key]
    if not versions:
        return None
    definition = versions[-1].definition
    items = tuple(item for item in items_of(definition) if item.type == "scale")
    return Questionnaire(
        key=key,
        title=definition["title"],
        primary=definition["primary"],
        items=items,
        ids=tuple(row.id for row in rows if _scales(row.definition) == _scales(definition)),
    )


def _scales(definition: Any) -> dict[str, list[str]]:
    return {
        item["key"]: [value for value, _ in item["options"]]
        for item in definition.get("items", ())
        if item["type"] == "scale"
    }


def follow_ups(query: ReportQuery, asked: Questionnaire) -> list[int]:
    """After how many months people of these cohorts have answered again."""
    people = tallies.facts(query).subquery()
    rows = db.session.scalars(
        select(func.coalesce(Wave.months, 0))
        .join(Assignment, Assignment.wave_id == Wave.id)
        .join(people, people.c.booking_id == Assignment.booking_id)
        .where(
            Wave.kind == "follow_up",
            Wave.instrument_id.in_(asked.ids),
            Assignment.state == "submitted",
        )
        .distinct()
    )
    return sorted(rows)


def roll(query: ReportQuery, asked: Questionnaire, months: int = 0) -> list[Roll]:
    """How many were enrolled, came, were asked and answered; never what."""
    put = Assignment.state != "void"
    given = Submission.submitted_at < _until(query)
    opened = Assignment.state.in_(("open", "submitted", "closed"))
    later = func.coalesce(Wave.months, 0) == months

    def wave(kind: str, *also: ColumnElement[bool]) -> ColumnElement[bool]:
        return _has(asked, Wave.kind == kind, *also)

    return _counted(
        Roll,
        query,
        _bookings(query).add_columns(
            or_(outcomes.starts(), wave("post", given)).label("attended"),
            outcomes.completed().label("completed"),
            wave("pre", put).label("asked_before"),
            wave("pre", given).label("before"),
            wave("post", given).label("after"),
            wave("follow_up", opened, later).label("asked_later"),
            wave("follow_up", given, later).label("later"),
        ),
    )


def said(query: ReportQuery, asked: Questionnaire, months: int = 0) -> list[Said]:
    """How many answered each question how, before, after and so many months later."""
    return _counted(Said, query, _said(query, asked, months))


def everywhere(query: ReportQuery, asked: Questionnaire) -> list[Said]:
    """How many answered each question when, on all dates that are over, whoever asks.

    Only for `batches`: an answer stands in it as 1.
    """
    return _counted(Said, query, _said(unfiltered(query), asked, 0, told=func.sign))


def unfiltered(query: ReportQuery) -> ReportQuery:
    """The same question about everybody, whoever asks."""
    return ReportQuery(SYSTEM, query.audience, query.as_of)


def _said(
    query: ReportQuery,
    asked: Questionnaire,
    months: int,
    told: Callable[[Any], Any] = lambda value: value,
) -> Select[Any]:
    answers = _answers(query, asked)
    later = (answers.c.kind == "follow_up") & (answers.c.months == months)
    waves = {
        "before": answers.c.kind == "pre",
        "after": answers.c.kind == "post",
        "recalled": answers.c.kind == "then_test",
        "later": later,
    }
    values = [
        told(func.max(answers.c.value).filter(condition)).label(name)
        for name, condition in waves.items()
    ]
    each = (
        select(answers.c.booking_id, answers.c.item, *values)
        .group_by(answers.c.booking_id, answers.c.item)
        .subquery()
    )
    attended = or_(
        outcomes.starts(), _has(asked, Wave.kind == "post", Submission.submitted_at < _until(query))
    )
    people = _bookings(query).add_columns(attended.label("attended")).subquery()
    return select(people, each.c.item, *(each.c[name] for name in waves)).join(
        each, each.c.booking_id == people.c.booking_id
    )


def reported(query: ReportQuery, item: str) -> list[Told]:
    """How many told which number when asked later (conversations, say)."""
    given = Submission.answers[item]
    return _counted(
        Told,
        query,
        _bookings(query)
        .add_columns(outcomes.starts().label("attended"), cast(given, Integer).label("number"))
        .join(Assignment, Assignment.booking_id == Booking.id)
        .join(Wave, Wave.id == Assignment.wave_id)
        .join(Submission, Submission.assignment_id == Assignment.id)
        .where(
            Wave.kind == "follow_up",
            func.jsonb_typeof(given) == "number",
            Submission.submitted_at < _until(query),
        ),
    )


def _bookings(query: ReportQuery) -> Select[Any]:
    """Everybody who was ever booked on a cohort that is over."""
    return (
        tallies.facts(query)
        .add_columns(func.coalesce(Cohort.design == "after_only", False).label("after_only"))
        .where(outcomes.enrolled(), outcomes.ended_at() <= query.as_of)
    )


def _until(query: ReportQuery) -> datetime:
    """Last midnight: answers count in daily steps, so that nobody can watch one form come in."""
    return clock.start_of(clock.london(query.as_of).date())


def _has(asked: Questionnaire, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a booking has an assignment (or with `Submission` an answer) of such a wave."""
    return (
        select(Assignment.id)
        .join(Wave, Wave.id == Assignment.wave_id)
        .outerjoin(Submission, Submission.assignment_id == Assignment.id)
        .where(
            Assignment.booking_id == Booking.id,
            Wave.is_second.is_(False),
            Wave.instrument_id.in_(asked.ids),
            *conditions,
        )
        .correlate(Booking)
        .exists()
    )


def _answers(query: ReportQuery, asked: Questionnaire) -> Subquery:
    """Booking, wave, question and number chosen. The only place where reports open an answer."""
    keys = [item.key for item in asked.items]
    pair = lateral(
        func.jsonb_each(Submission.answers).table_valued(
            column("key"), column("value", JSONB), name="answer"
        )
    )
    return (
        select(
            Assignment.booking_id,
            Wave.kind,
            func.coalesce(Wave.months, 0).label("months"),
            pair.c.key.label("item"),
            cast(pair.c.value, Integer).label("value"),
        )
        .select_from(Submission)
        .join(Assignment, Assignment.id == Submission.assignment_id)
        .join(Wave, Wave.id == Assignment.wave_id)
        .join(pair, pair.c.key.in_(keys))
        .where(
            Wave.is_second.is_(False),
            Submission.instrument_id.in_(asked.ids),
            Submission.submitted_at < _until(query),
        )
        .subquery()
    )


def _counted(kind: type[Any], query: ReportQuery, each: Select[Any]) -> list[Any]:
    rows = each.subquery()
    kept = [rows.c[name] for name in FIRST] + [
        column for column in rows.c if column.name not in LEFT_OUT
    ]
    found = db.session.execute(select(*kept, func.count().label("people")).group_by(*kept))
    return [
        kind(
            cohort=str(row.cohort_id),
            place=str(row.locality_id or ""),
            job=str(row.profession_id or ""),
            **{name: value for name, value in row._mapping.items() if name not in IDS},
        )
        for row in found
    ]


IDS = ("cohort_id", "locality_id", "profession_id")
FIRST = (*IDS, "code", "ended_at", "course", "locality", "profession", "after_only")
LEFT_OUT = (*FIRST, "booking_id")
