"""One's own place on a date: by the personal link in a message, or signed in.

Both show the same page: book, booked (change or give up), full, too late, cancelled.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from flask import url_for

from courses import access
from courses.forms.booking import AnswerForm, BookForm
from courses.queries import approving as approvals
from courses.queries import bookings, catalogue, cohorts, offers, standing, waiting
from courses.queries import own as own_queries
from courses.queries.bookings import BookingRow
from courses.queries.cohorts import CohortFacts
from courses.queries.offers import OfferRow
from courses.queries.standing import Standing
from courses.services import approving as approval
from courses.services import booking, describing, links, snapshots
from courses.services import waiting as waiting_list
from courses.services.links import BOOKING
from courses.views import approving
from courses.views import offers as offered
from courses.views.blueprint import blueprint
from courses.views.offers import Held
from lms import web
from lms.contracts import Actor
from lms.db import Complaint
from lms.errors import Gone
from lms.people import links as people_links
from lms.permissions import allow, by_link

GIVE_UP, KEEP = "give_up", "keep"


@dataclass(frozen=True)
class Own:
    """Somebody's place on a date: who, which date, and what they may do."""

    actor: Actor
    person_id: uuid.UUID
    cohort: CohortFacts
    token: str = ""

    def url(self, name: str) -> str:
        """The address of this page or one of its buttons, by link or signed in."""
        if self.token:
            return url_for(f"courses.link_{name}", token=self.token)
        return url_for(f"courses.own_{name}", cohort_id=self.cohort.id)

    @property
    def held(self) -> BookingRow | None:
        """The booking, if there is one."""
        return bookings.active(self.cohort.id, self.person_id, self.actor)


@blueprint.route("/b/<token>", methods=["GET", "POST"], endpoint="link_place")
@by_link(BOOKING)
def link_place(token: str) -> web.Answer:
    """One's place, by the link of a message."""
    return _place(_by_link(token))


@blueprint.route("/cohorts/<uuid:cohort_id>/place", methods=["GET", "POST"], endpoint="own_place")
@allow(access.OWN)
def own_place(cohort_id: uuid.UUID) -> web.Answer:
    """One's place, signed in."""
    return _place(_signed_in(cohort_id))


@blueprint.post("/b/<token>/wait", endpoint="link_wait")
@by_link(BOOKING)
def link_wait(token: str) -> web.Answer:
    """Join the waiting list for this date."""
    return _wait(_by_link(token))


@blueprint.post("/cohorts/<uuid:cohort_id>/place/wait", endpoint="own_wait")
@allow(access.OWN)
def own_wait(cohort_id: uuid.UUID) -> web.Answer:
    """Join the waiting list for this date, signed in."""
    return _wait(_signed_in(cohort_id))


@blueprint.route("/b/<token>/change", methods=["GET", "POST"], endpoint="link_change")
@by_link(BOOKING)
def link_change(token: str) -> web.Answer:
    """Change to another date or give the place up."""
    return _change(_by_link(token))


@blueprint.route(
    "/cohorts/<uuid:cohort_id>/place/change", methods=["GET", "POST"], endpoint="own_change"
)
@allow(access.OWN)
def own_change(cohort_id: uuid.UUID) -> web.Answer:
    """Change to another date or give the place up, signed in."""
    return _change(_signed_in(cohort_id))


@blueprint.get("/b/<token>/calendar.ics", endpoint="link_calendar")
@by_link(BOOKING)
def link_calendar(token: str) -> web.Answer:
    """The dates for one's calendar."""
    return _calendar(_by_link(token))


@blueprint.get("/cohorts/<uuid:cohort_id>/place/calendar.ics", endpoint="own_calendar")
@allow(access.OWN)
def own_calendar(cohort_id: uuid.UUID) -> web.Answer:
    """The dates for one's calendar, signed in."""
    return _calendar(_signed_in(cohort_id))


@blueprint.post("/b/<token>/offer", endpoint="link_held")
@by_link(BOOKING)
def link_held(token: str) -> web.Answer:
    """Answer an offer of this date."""
    return _answer_offer(_by_link(token))


@blueprint.post("/cohorts/<uuid:cohort_id>/place/offer", endpoint="own_held")
@allow(access.OWN)
def own_held(cohort_id: uuid.UUID) -> web.Answer:
    """Answer an offer of this date, signed in."""
    return _answer_offer(_signed_in(cohort_id))


@blueprint.post("/b/<token>/take-back", endpoint="link_take_back")
@by_link(BOOKING)
def link_take_back(token: str) -> web.Answer:
    """Take a request back that the manager has not answered."""
    return _take_back(_by_link(token))


@blueprint.post("/cohorts/<uuid:cohort_id>/place/take-back", endpoint="own_take_back")
@allow(access.OWN)
def own_take_back(cohort_id: uuid.UUID) -> web.Answer:
    """Take a request back, signed in."""
    return _take_back(_signed_in(cohort_id))


# -- what both ways share ------------------------------------------------------------------------


def _by_link(token: str) -> Own:
    actor = web.current_actor()
    if actor.link is None or actor.person_id is None:
        web.not_found()
    return _known(Own(actor, actor.person_id, cohorts.facts(actor.link.object_id), token))


def _signed_in(cohort_id: uuid.UUID) -> Own:
    actor = web.current_actor()
    if actor.person_id is None:
        web.not_found()
    return _known(Own(actor, actor.person_id, cohorts.facts(cohort_id)))


def _known(own: Own) -> Own:
    """A draft is nobody's business; a cancelled date says so and shows the others."""
    if own.cohort.state in ("draft", "scheduled"):
        web.not_found()
    if own.cohort.state == "cancelled":
        raise Gone(
            "This date has been cancelled",
            f"{own.cohort.course} {own.cohort.dates} will not take place.",
            next_text="See other dates",
            next_url=url_for("courses.course", slug=own.cohort.course_slug),
        )
    return own


def _answer_offer(own: Own) -> web.Answer:
    """Also one that has ended meanwhile, or was answered: the page of the place says how it is."""
    offer = offers.open_of(own.cohort.id, own.person_id)
    return _offered(own, offer) if offer else web.see(own.url("place"))


def _offered(own: Own, offer: OfferRow) -> web.Answer:
    held = Held(own.actor, offer, own.cohort, own.url("held"), own.url("place"))
    return offered.page(held)


def _take_back(own: Own) -> web.Answer:
    approval.give_up_asking(own.cohort.id, own.person_id, by=own.actor)
    return web.see(own.url("place"))


def _place(own: Own) -> web.Answer:
    if asked := approvals.pending_of(own.cohort.id, own.person_id):
        return approving.waiting_page(asked, token=bool(own.token), take_back=own.url("take_back"))
    if offer := offers.open_of(own.cohort.id, own.person_id):
        return _offered(own, offer)
    held, found = own.held, standing.of_person(own.actor, own.person_id, own.cohort)
    form = BookForm()
    if held is None and form.validate_on_submit():
        try:
            booking.book_oneself(
                own.cohort.id,
                own.person_id,
                by=own.actor,
                needs=form.needs.data or "",
                approver=approving.approver_if_needed(form, own.cohort, own.person_id),
            )
        except Complaint as complaint:
            form.add_complaint(complaint)
        else:
            return web.see(own.url("place"))
    if held is not None and form.is_submitted():
        return web.see(own.url("place"))
    answer = web.invalid if form.is_submitted() else web.render
    return answer("courses/own_place.html", **_shown(own, held, found), form=form)


def _shown(own: Own, held: BookingRow | None, found: Standing) -> dict[str, object]:
    cohort, first = own.cohort, found.prerequisite
    return {
        "own": own,
        "cohort": cohort,
        "held": held,
        "standing": found,
        "full": held is None and found.others_wait >= cohort.places_left,
        "position": waiting.position(cohort.course_id, own.person_id),
        "can_change": waiting.what_can_change(cohort.course_id),
        "facts": own_queries.facts(cohort),
        "first": first if first and found.refusal == first.words else None,
        "given_up": own_queries.given_up(cohort.id, own.person_id),
        "said_no": own_queries.said_no(cohort.id, own.person_id),
        "where": own_queries.where_they_wait(cohort.course_id, own.person_id),
        "me": snapshots.snapshots([own.person_id])[own.person_id],
        "others": _others(own),
        "declined": approvals.declined_of(cohort.id, own.person_id),
        **approving.asked_of(cohort, own.person_id),
    }


def _wait(own: Own) -> web.Answer:
    """Wait, though the page names other dates with a place: those are not offered."""
    free = [one.id for one in _others(own)]
    waiting_list.join(
        own.cohort.course_id, own.person_id, by=own.actor, cohort_id=own.cohort.id, passed=free
    )
    return web.see(own.url("place"))


def _change(own: Own) -> web.Answer:
    held = own.held
    if held is None or held.state != "booked" or own.cohort.started:
        return web.see(own.url("place"))
    others = _others(own)
    form = AnswerForm()
    form.answer.choices = [
        *(
            (str(one.id), f"Change to {one.when()}", one.place if one.first else "")
            for one in others
        ),
        (GIVE_UP, "Give up my place", "Somebody else can have it then."),
        (KEEP, "Keep my place as it is"),
    ]
    if form.validate_on_submit():
        try:
            return _changed(own, held, form.answer.data)
        except Complaint as complaint:
            form.add_complaint(complaint)
    answer = web.invalid if form.is_submitted() else web.render
    return answer("courses/own_change.html", own=own, cohort=own.cohort, form=form)


def _changed(own: Own, held: BookingRow, answer: str) -> web.Answer:
    if answer == GIVE_UP:
        booking.give_up(own.cohort.id, own.person_id, by=own.actor)
        web.say("You have given up your place")
    elif answer != KEEP:
        target = uuid.UUID(answer)
        booking.move_oneself(held.id, target, by=own.actor)
        return _see_other_date(own, target)
    return web.see(own.url("place"))


def _see_other_date(own: Own, cohort_id: uuid.UUID) -> web.Answer:
    """The page of the new date, by a link to it where one came by a link."""
    if not own.token:
        return web.see("courses.own_place", cohort_id=cohort_id)
    made = links.to_cohort(cohorts.facts(cohort_id), [own.person_id])[own.person_id]
    return web.see("courses.link_place", token=people_links.token(made))


def _others(own: Own) -> list[CohortFacts]:
    """Other dates of the course with a place for anybody."""
    dates = catalogue.dates_of(own.cohort.course_id)
    left = waiting.free_for_all(dates)
    return [one for one in dates if one.id != own.cohort.id and left[one.id]]


def _calendar(own: Own) -> web.Answer:
    if own.held is None or own.held.state != "booked":
        web.not_found()
    made = describing.calendar_file(own.cohort)
    return web.download(made, f"{own.cohort.course}.ics", "text/calendar; charset=utf-8")
