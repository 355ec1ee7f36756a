"""The catalogue: every course, and each with its outcomes, formats, rules and dates.

Anybody may look; whoever is known sees their own standing, staff the way to schedule.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask import request, url_for

from courses import access
from courses.queries import bookings, catalogue, offers, prerequisites, standing, waiting
from courses.queries.catalogue import CourseFacts
from courses.queries.cohorts import CohortFacts
from courses.services import waiting as waiting_list
from courses.views.blueprint import blueprint
from lms import web
from lms.contracts import Actor
from lms.permissions import allow, allowed, public

TRIED = 3


@blueprint.get("/courses")
@public
def courses() -> web.Answer:
    """Every course that is offered, narrowed by words, job and depth in the address."""
    jobs, tiers = catalogue.professions_offered(), catalogue.tiers_offered()
    filters = web.filters(
        "q", lists=["job", "tier"], allowed={"job": [code for code, _ in jobs], "tier": tiers}
    )
    found = catalogue.search(
        filters["q"], professions=filters.all("job"), tiers=filters.all("tier")
    )
    return web.render(
        "courses/courses.html",
        page=web.page_of(found),
        filters=filters,
        jobs=jobs,
        tiers=tiers,
        total=catalogue.number(),
        scheduling=request.args.get("for") == "schedule"
        and allowed(web.current_actor(), access.MANAGE),
    )


@blueprint.get("/courses/<slug>")
@public
def course(slug: str) -> web.Answer:
    """One course, with the visitor's own standing where they are known."""
    actor = web.current_actor()
    found = catalogue.get(slug)
    dates = catalogue.dates_of(found.id)
    left = waiting.free_for_all(dates)
    return web.render(
        "courses/course.html",
        course=found,
        dates=[(cohort, left[cohort.id]) for cohort in dates],
        waiting=waiting.number(found.id),
        position=waiting.position(found.id, actor.person_id) if actor.person_id else None,
        prerequisite=prerequisites.of_person(found.id, actor.person_id),
        booked=_booked(actor, found),
        held=_held(actor, found),
        may_schedule=allowed(actor, access.MANAGE) and found.state == "offered",
        may_book=allowed(actor, access.OWN),
        next_date=_next_date(actor, found, [one for one in dates if left[one.id]]),
    )


@blueprint.post("/courses/<slug>/waiting")
@allow(access.OWN)
def join_list(slug: str) -> web.Answer:
    """Wait for any date of a course but those that could be booked now."""
    actor, found = web.current_actor(), catalogue.get(slug)
    waiting_list.join(found.id, _own(actor), by=actor, passed=_free_to(actor, found))
    place = waiting.position(found.id, _own(actor))
    web.say(
        f"You are on the waiting list for {found.title}" + (f", {place.words}" if place else "")
    )
    return web.see("courses.course", slug=slug)


@blueprint.post("/courses/<slug>/waiting/leave")
@allow(access.OWN)
def leave_list(slug: str) -> web.Answer:
    """Wait no longer."""
    actor, found = web.current_actor(), catalogue.get(slug)
    waiting_list.leave(found.id, _own(actor), by=actor)
    web.say(
        f"You have left the waiting list for {found.title}",
        undo_url=url_for("courses.join_list", slug=slug),
    )
    return web.see("courses.course", slug=slug)


def _free_to(actor: Actor, course: CourseFacts) -> list[uuid.UUID]:
    """The dates that the visitor could book instead of waiting."""
    dates = catalogue.dates_of(course.id)
    free = waiting.free_for_all(dates)
    return [
        one.id
        for one in dates
        if free[one.id] and not standing.of_person(actor, _own(actor), one).refusal
    ]


def _next_date(
    actor: Actor, course: CourseFacts, free: Sequence[CohortFacts]
) -> CohortFacts | None:
    """The soonest date with a place that the visitor could book, if they are on none.

    Nobody is asked about more than a few dates.
    """
    if actor.person_id is None:
        return free[0] if free else None
    if _booked(actor, course) or _held(actor, course):
        return None
    return next(
        (one for one in free[:TRIED] if not standing.of_person(actor, _own(actor), one).refusal),
        None,
    )


def _booked(actor: Actor, course: CourseFacts) -> set[uuid.UUID]:
    """The dates of this course the visitor is booked on."""
    if actor.person_id is None:
        return set()
    rows = bookings.of_person(actor, actor.person_id, states=("booked",))
    return {row.cohort_id for row in rows if row.course_id == course.id}


def _held(actor: Actor, course: CourseFacts) -> set[uuid.UUID]:
    """The dates of this course of which a place is held for the visitor."""
    mine = offers.of_person(actor.person_id) if actor.person_id else []
    return {one.cohort_id for one in mine if one.course_id == course.id}


def _own(actor: Actor) -> uuid.UUID:
    if actor.person_id is None:
        web.not_found()
    return actor.person_id
