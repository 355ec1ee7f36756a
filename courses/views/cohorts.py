"""The list of cohorts and each one's page, the cockpit; its history, messages, roster and pack."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import request

from courses import access
from courses.forms.cohorts import DownloadForm
from courses.queries import cohorts, history, listing, offers, planning, roster, waiting
from courses.queries.listing import CohortFilter
from courses.services import downloads
from courses.services.register import ABSENCES
from courses.views import cockpit
from courses.views.blueprint import blueprint
from lms import web
from lms.messages import queries as messages
from lms.permissions import allow
from lms.registry import current_registry

GROUP_NAMES = {
    "coming": "Coming",
    "running": "Running",
    "finished": "Finished",
    "cancelled": "Cancelled",
    "drafts": "Drafts",
}


@blueprint.get("/cohorts", endpoint="cohorts")
@allow(access.VIEW)
def cohorts_page() -> web.Answer:
    """Cohorts in reach, soonest first, narrowed in the address."""
    actor = web.current_actor()
    courses, places = listing.courses_seen(actor), planning.own_localities(actor)
    months = {f"{month:%Y-%m}": month for month in listing.months_seen(actor)}
    filters = web.filters(
        "group",
        "q",
        "course",
        "place",
        "from",
        "to",
        allowed={
            "group": list(GROUP_NAMES),
            "course": [slug for slug, _ in courses],
            "place": [str(place.id) for place in places],
            "from": list(months),
            "to": list(months),
        },
    )
    wanted = _wanted(filters, months)
    page = web.paginate(listing.listed(actor, wanted)).map(listing.as_line)
    added = current_registry().cohort_columns([line.id for line in page], actor)
    return web.render(
        "courses/cohorts.html",
        page=page,
        filters=filters,
        added=[column for column in added if column.cells],
        group=wanted.group,
        groups=GROUP_NAMES,
        courses=courses,
        places=places,
        months=[(key, f"{month:%B %Y}") for key, month in months.items()],
        narrowed=_narrowed(wanted, dict(courses), {place.id: place.name for place in places}),
        may_schedule=cockpit.may_schedule(actor),
    )


def _wanted(filters: web.Filters, months: Mapping[str, date]) -> CohortFilter:
    return CohortFilter(
        group=filters["group"] or "coming",
        words=filters["q"],
        course=filters["course"],
        locality_id=uuid.UUID(filters["place"]) if filters["place"] else None,
        since=months.get(filters["from"]),
        until=months.get(filters["to"]),
    )


def _narrowed(wanted: CohortFilter, courses: dict[str, str], places: dict[uuid.UUID, str]) -> str:
    """What the list is narrowed to, as " of Brief Encounters in Gateshead from April 2027"."""
    said = [f"called ‘{wanted.words}’"] if wanted.words else []
    said += [f"of {courses[wanted.course]}"] if wanted.course else []
    said += [f"in {places[wanted.locality_id]}"] if wanted.locality_id else []
    said += [f"from {wanted.since:%B %Y}"] if wanted.since else []
    said += [f"{'' if wanted.since else 'up '}to {wanted.until:%B %Y}"] if wanted.until else []
    return " ".join(["", *said])


@blueprint.get("/cohorts/<uuid:cohort_id>")
@allow(access.VIEW, reach=cohorts.reached)
def cohort(cohort_id: uuid.UUID) -> web.Answer:
    """The cockpit: what comes next, how many, and the people with their marks."""
    actor = web.current_actor()
    found = cohorts.get(actor, cohort_id)
    if found.state == "draft":
        return web.see("courses.review", cohort_id=cohort_id)
    table = roster.of_cohort(actor, found)
    only = request.args.get("show") == "attention"
    people = web.page_of(table.attention if only else table.people, per_page=100)
    added = cockpit.columns(actor, found)
    manages = cockpit.manages(actor, found)
    shown = added if manages else []
    waits = cockpit.messages_waiting(actor, found)
    return web.render(
        "courses/cohort.html",
        cohort=found,
        state=cockpit.state_words(found),
        next=cockpit.next_thing(found, manages),
        table=table,
        page=people,
        only=only,
        headings=cockpit.headings(found, shown),
        rows=cockpit.rows(people, shown, manages),
        foot=cockpit.foot(table, shown),
        counts=[] if manages else cockpit.counts(added),
        waiting=waiting.number(found.course_id),
        held=len(offers.of_cohort(found.id)),
        offers=len(waiting.next_in_line([found])[found.id][0]) if manages else 0,
        messages=waits,
        next_goes=cockpit.moment(waits.next_at) if waits.next_at else "",
        lines=history.number(actor, found),
        last=cockpit.last_change(actor, found),
        manages=manages,
        never_began=cockpit.never_began(found),
    )


@blueprint.get("/cohorts/<uuid:cohort_id>/sessions")
@allow(access.VIEW)
def sessions(cohort_id: uuid.UUID) -> web.Answer:
    """Every session with its place, trainers and register."""
    actor = web.current_actor()
    found = cohorts.get(actor, cohort_id)
    return web.render(
        "courses/sessions.html",
        cohort=found,
        registers=cockpit.registers(found),
        manages=cockpit.manages(actor, found),
    )


@blueprint.get("/cohorts/<uuid:cohort_id>/history")
@allow(access.VIEW)
def cohort_history(cohort_id: uuid.UUID) -> web.Answer:
    """Who did what to the cohort and its people, newest first; of one person when asked."""
    actor = web.current_actor()
    found = cohorts.get(actor, cohort_id)
    people = roster.of_cohort(actor, found).people
    ids = [str(one.booking.person_id) for one in people]
    filters = web.filters("person", allowed={"person": ids})
    person = uuid.UUID(filters["person"]) if filters["person"] else None
    page = web.paginate(history.listed(actor, found, person), per_page=100).map(history.as_line)
    return web.render(
        "courses/history.html",
        cohort=found,
        page=page,
        people=people,
        filters=filters,
        absences=ABSENCES,
    )


@blueprint.get("/cohorts/<uuid:cohort_id>/messages")
@allow(access.MANAGE)
def cohort_messages(cohort_id: uuid.UUID) -> web.Answer:
    """What was sent about the cohort and what waits."""
    actor = web.current_actor()
    found = cohorts.get(actor, cohort_id, access.MANAGE)
    filters = web.filters("q", "state", allowed={"state": list(messages.WORDS)})
    statement = messages.about(
        actor, "cohort", cohort_id, state=filters["state"], words=filters["q"]
    )
    return web.render(
        "courses/cohort_messages.html",
        cohort=found,
        page=web.paginate(statement).map(messages.as_row),
        filters=filters,
        states=messages.WORDS,
        waiting=cockpit.messages_waiting(actor, found),
    )


@blueprint.route("/cohorts/<uuid:cohort_id>/roster", methods=["GET", "POST"])
@allow(access.MANAGE)
def download_roster(cohort_id: uuid.UUID) -> web.Answer:
    """The people as a file; what it is for is written down."""
    actor = web.current_actor()
    found = cohorts.get(actor, cohort_id, access.MANAGE)
    form = DownloadForm()
    if form.validate_on_submit():
        content, mimetype = downloads.roster_file(
            found, form.form.data, reason=form.reason.data, by=actor
        )
        return web.download(content, f"{found.code} people.{form.form.data}", mimetype)
    answer: Any = web.invalid if form.is_submitted() else web.render
    page: web.Answer = answer("courses/download.html", cohort=found, form=form)
    return page


@blueprint.get("/cohorts/<uuid:cohort_id>/pack")
@allow(access.VIEW)
def print_pack(cohort_id: uuid.UUID) -> web.Answer:
    """What goes in the folder for the day: the facts and a sheet to sign for each session."""
    actor = web.current_actor()
    found = cohorts.get(actor, cohort_id)
    return web.render(
        "courses/pack.html",
        cohort=found,
        table=roster.of_cohort(actor, found),
        manages=cockpit.manages(actor, found),
    )
