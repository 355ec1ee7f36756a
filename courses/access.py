"""Who may see and change cohorts and bookings: this room's permissions and their rows.

`courses.plugin` offers them to the kernel; every query of this room asks `cohorts` or `bookings`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from courses.models import (
    Booking,
    Cohort,
    CohortLocality,
    Course,
    Edition,
    Session,
    SessionTrainer,
    Trainer,
)
from lms import clock
from lms.contracts import Actor, Permission, Role
from lms.people.models import Organisation
from lms.people.scope import people_in_organisations
from lms.permissions import by_scope, where

VIEW, MANAGE, MARK, MANAGE_BOOKINGS, OWN, TEAM, COUNT, COUNT_PEOPLE = (
    "cohorts.view",
    "cohorts.manage",
    "registers.mark",
    "bookings.manage",
    "bookings.own",
    "team.view",
    "cohorts.count",
    "bookings.count",
)
BEFORE, AFTER = timedelta(days=14), timedelta(days=30)
"""A trainer sees the people of a session so long before and after it."""


def cohorts(actor: Actor, permission: str = VIEW) -> ColumnElement[bool]:
    """The cohorts an actor reaches: the one condition for lists, counts and single rows.

    Whoever reaches them only as a trainer sees those they teach, around their sessions.
    """
    others = _with_grants(actor, trainer=False)
    trainer = _with_grants(actor, trainer=True)
    reached = where(others, permission)
    if not trainer.grants or actor.person_id is None:
        return reached
    return or_(reached, and_(where(trainer, permission), _taught_by(actor)))


def bookings(actor: Actor, permission: str = MANAGE_BOOKINGS) -> ColumnElement[bool]:
    """The bookings an actor may change: of people of their own places."""
    return where(actor, permission)


def counted(actor: Actor) -> ColumnElement[bool]:
    """The bookings an actor may count in reports: of people of their own places or employers."""
    return where(actor, COUNT_PEOPLE)


def _with_grants(actor: Actor, *, trainer: bool) -> Actor:
    kept = tuple(grant for grant in actor.grants if (grant.role is Role.TRAINER) is trainer)
    return replace(actor, grants=kept)


def _taught_by(actor: Actor) -> ColumnElement[bool]:
    now = clock.now()
    taught = (
        select(Session.cohort_id)
        .join(SessionTrainer, SessionTrainer.session_id == Session.id)
        .join(Trainer, Trainer.id == SessionTrainer.trainer_id)
        .where(
            Trainer.person_id == actor.person_id,
            func.lower(Session.during) < now + BEFORE,
            func.upper(Session.during) > now - AFTER,
        )
    )
    return and_(Cohort.state != "draft", Cohort.id.in_(taught))


def _of_localities(ids: Sequence[Any]) -> ColumnElement[bool]:
    shared = select(CohortLocality.cohort_id).where(CohortLocality.locality_id.in_(ids))
    return Cohort.id.in_(shared)


def _of_providers(keys: Sequence[Any]) -> ColumnElement[bool]:
    editions = select(Edition.id).join(Course).where(Course.provider_key.in_(keys))
    return Cohort.edition_id.in_(editions)


def booked_from(ids: Sequence[Any]) -> ColumnElement[bool]:
    """Bookings of a place's own people; who has no place belongs to the cohort's places."""
    shared = select(CohortLocality.cohort_id).where(CohortLocality.locality_id.in_(ids))
    return or_(
        Booking.locality_id.in_(ids),
        and_(Booking.locality_id.is_(None), Booking.cohort_id.in_(shared)),
    )


def _employed_by(ids: Sequence[Any]) -> ColumnElement[bool]:
    """Bookings from an organisation or one that belongs to it, as it was when they booked."""
    belonging = select(Organisation.id).where(Organisation.parent_id.in_(ids))
    return or_(Booking.organisation_id.in_(ids), Booking.organisation_id.in_(belonging))


STAFF = frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})

PERMISSIONS = (
    Permission(
        VIEW,
        "See cohorts and who is on them",
        STAFF | {Role.TRAINER},
        by_scope(
            locality=_of_localities,
            cohort=lambda ids: Cohort.id.in_(ids),
            provider=_of_providers,
        ),
    ),
    Permission(
        MANAGE,
        "Schedule, change and cancel cohorts and book people",
        STAFF,
        by_scope(locality=_of_localities, cohort=lambda ids: Cohort.id.in_(ids)),
    ),
    Permission(
        MARK,
        "Mark and correct registers",
        STAFF | {Role.TRAINER},
        by_scope(
            locality=_of_localities,
            cohort=lambda ids: Cohort.id.in_(ids),
            provider=_of_providers,
        ),
    ),
    Permission(
        MANAGE_BOOKINGS,
        "Change the bookings of people of one's own places",
        STAFF,
        by_scope(locality=booked_from, cohort=lambda ids: Booking.cohort_id.in_(ids)),
    ),
    Permission(
        OWN,
        "Book oneself and give one's place up",
        frozenset({Role.TRAINEE}),
        by_scope(own=lambda ids: Booking.person_id.in_(ids)),
    ),
    Permission(
        TEAM,
        "See which courses the own team has done, is booked on and waits for",
        frozenset({Role.MANAGER}),
        by_scope(organisation=people_in_organisations),
    ),
    Permission(
        COUNT,
        "Count cohorts in reports",
        frozenset({Role.COORDINATOR, Role.ANALYST}),
        by_scope(locality=_of_localities, cohort=lambda ids: Cohort.id.in_(ids)),
    ),
    Permission(
        COUNT_PEOPLE,
        "Count people in reports",
        frozenset({Role.COORDINATOR, Role.ANALYST, Role.MANAGER}),
        by_scope(
            locality=booked_from,
            organisation=_employed_by,
            cohort=lambda ids: Booking.cohort_id.in_(ids),
        ),
    ),
)
