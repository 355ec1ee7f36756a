"""The room's word on other pages: to-dos, dated things, panels, points, and what is held."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date

from flask import url_for
from sqlalchemy import select

from lms import clock
from lms.ambassadors import codes
from lms.ambassadors.access import MANAGE
from lms.ambassadors.models import Ambassador, CaseStudy, Pledge
from lms.ambassadors.queries import board, case_studies, counts, meetings, own, pledges
from lms.ambassadors.queries.board import BoardFilter
from lms.ambassadors.queries.own import Month
from lms.ambassadors.queries.pledges import CheckInView, PledgeView
from lms.ambassadors.services.letters import AMBASSADOR
from lms.ambassadors.services.tallies import month_words
from lms.contracts import (
    Actor,
    Agenda,
    Panel,
    PersonalRecord,
    Place,
    Priority,
    Role,
    Todo,
)
from lms.db import db
from lms.errors import NotFound
from lms.people import links
from lms.people.models import Person
from lms.people.names import full
from lms.permissions import allowed, where
from lms.registry import current_registry
from lms.web import words

URGENCY = 80
FIRST, THEN = 5, 8
"""Before what a trainee has on their home page."""


def todos(actor: Actor, today: date) -> Iterable[Todo]:
    """For the team: overdue check-ins, case studies to review, leavers to hand on."""
    if not allowed(actor, MANAGE):
        return
    overdue = len(board.who_waits(actor, BoardFilter(check="overdue")))
    if overdue:
        is_are = "check-in of an ambassador is" if overdue == 1 else "check-ins of ambassadors are"
        yield Todo(
            f"{overdue} {is_are} overdue",
            "A call does more than a third message",
            "See who",
            url_for("ambassadors.board", check="overdue"),
            None,
            URGENCY,
        )
    if waiting := case_studies.to_review(actor):
        yield Todo(
            words.plural(waiting, "case study", "case studies") + " to review",
            "They may be used once somebody has read them",
            "Review",
            url_for("ambassadors.case_studies", state="submitted"),
            None,
            URGENCY,
        )
    for leaver in counts.leavers(actor):
        if leaver.passes or leaver.leaves_on <= today:
            yield _leaves(leaver)


def _leaves(leaver: counts.Leaver) -> Todo:
    """What needs somebody when they leave; where nothing does, it is noted once they have left."""
    things = ["their pledge"] if leaver.has_pledge else []
    if leaver.looks_after:
        things.append(f"{words.plural(leaver.looks_after, 'ambassador')} they look after")
    over = f"Choose who takes over {words.listing(things)}"
    return Todo(
        f"{leaver.name} leaves on {words.date(leaver.leaves_on)}",
        over if leaver.passes else "They have no pledge at the moment and look after nobody",
        "Hand on" if leaver.passes else "Note that they have left",
        url_for("ambassadors.hand_on", ambassador_id=leaver.id),
        leaver.leaves_on,
        URGENCY,
    )


def agenda(actor: Actor) -> Iterable[Agenda]:
    """An ambassador's own: the check-in that is due, the month's numbers, the next meeting."""
    if not actor.has(Role.AMBASSADOR) or actor.link is not None:
        return
    try:
        who = own.signed_in(actor)
    except NotFound:
        return
    yield from _pledge(own.pledges_of(who.id))
    for month in own.tallies_of(who.id, most=1):
        if month.answered_at is None:
            yield _tally(month)
    if meeting := meetings.next_of(who.id):
        named = "network meeting" in meeting.title.lower()
        yield Agenda(
            "mine",
            meeting.title if named else f"Network meeting: {meeting.title}",
            meeting.starts_at,
            (("Where", meeting.place or "not known yet"),),
            "See it on my page",
            url_for("ambassadors.my_pledge"),
            THEN,
        )
    for study in case_studies.own(actor)[:1]:
        yield Agenda(
            "mine",
            "Your case study",
            None,
            (("State", study.state_words),),
            "See it",
            url_for("ambassadors.case_study", case_study_id=study.id),
            THEN,
        )


def _pledge(held: list[PledgeView]) -> Iterable[Agenda]:
    live = next((one for one in held if one.state == "live"), None)
    if live is None:
        yield Agenda(
            "asked",
            "Make your pledge",
            None,
            (("Takes", "about five minutes"),),
            "Make your pledge",
            url_for("ambassadors.new_pledge"),
            FIRST,
        )
        return
    for one in live.check_ins:
        if one.waits:
            first = live.objectives[0].now.text
            yield Agenda(
                "asked",
                "How is your pledge going?",
                None,
                (("", f"“{first}”"), ("Takes", "two minutes")),
                "Tell us",
                url_for("ambassadors.check_in", check_in_id=one.id),
                FIRST,
                one.in_time_until,
            )


def _tally(month: Month) -> Agenda:
    return Agenda(
        "asked",
        f"{month_words(month.month)}: how many conversations?",
        None,
        (("", "Three numbers; 0 is an answer too"),),
        "Enter three numbers",
        url_for("ambassadors.tally", tally_id=month.id),
        FIRST,
    )


def panels(place: Place, subject_id: uuid.UUID, actor: Actor) -> Iterable[Panel]:
    """On a person's page their time as one; at home what is shared with a manager; after a survey
    the way in.
    """
    if place is Place.PERSON:
        yield from _of_person(actor, subject_id)
    if place is Place.HOME and actor.person_id is not None:
        yield from _shared(actor)
    if place is Place.ANSWERED and actor.link is not None:
        yield from _invited(actor)


def _of_person(actor: Actor, person_id: uuid.UUID) -> Iterable[Panel]:
    rows = db.session.scalars(
        select(Ambassador)
        .where(Ambassador.person_id == person_id, where(actor, MANAGE))
        .order_by(Ambassador.invited_at)
    ).all()
    if rows:
        yield Panel("Ambassador", "ambassadors/person_panel.html", {"rows": rows}, order=30)


def _shared(actor: Actor) -> Iterable[Panel]:
    """What people have pledged and shared with the reader, who is their manager; no answer."""
    rows = db.session.execute(
        select(Ambassador.id, Person.given_name, Person.family_name)
        .join(Person, Person.id == Ambassador.person_id)
        .join(Pledge, Pledge.ambassador_id == Ambassador.id)
        .where(
            Person.manager_id == actor.person_id,
            Pledge.state == "live",
            Pledge.shared_with_manager,
        )
        .order_by(Person.sort_key, Person.id)
        .limit(50)
    ).all()
    if not rows:
        return
    held = pledges.of_ambassadors([row.id for row in rows], answers=False)
    shared = [
        (full(row.given_name, row.family_name), pledge)
        for row in rows
        for pledge in held[row.id]
        if pledge.state == "live"
    ]
    values = {"shared": shared}
    yield Panel("Pledges shared with you", "ambassadors/shared_panel.html", values, order=40)


def _invited(actor: Actor) -> Iterable[Panel]:
    """For whoever has just answered a survey and is invited: the role and the pledge, at once."""
    ambassador_id = db.session.scalar(
        select(Ambassador.id).where(
            Ambassador.person_id == actor.person_id, Ambassador.state.in_(("invited", "active"))
        )
    )
    if ambassador_id is None:
        return
    for url in links.urls_of(links.live_for(AMBASSADOR, [ambassador_id]).values()).values():
        yield Panel("", "ambassadors/invited_panel.html", {"url": url}, order=10)


def priority(person_id: uuid.UUID, course: str) -> Iterable[Priority]:
    """An ambassador goes first where the course's queue says so, with the points it gives."""
    template = current_registry().courses.get(course)
    rules = [rule for rule in template.queue if rule.key == "ambassador"] if template else []
    if not rules:
        return
    active = select(Ambassador.id).where(
        Ambassador.person_id == person_id, Ambassador.state == "active"
    )
    if db.session.scalar(active) is not None:
        yield Priority("ambassador", rules[0].points, "Ambassador")


# -- what is held about a person -----------------------------------------------------------------


def personal_data(person_id: uuid.UUID) -> Iterable[PersonalRecord]:
    """Everything of a person's time as an ambassador; what they answered is for them alone."""
    rows = db.session.scalars(
        select(Ambassador).where(Ambassador.person_id == person_id).order_by(Ambassador.invited_at)
    ).all()
    for row in rows:
        yield PersonalRecord("Ambassador", tuple(_about(row)))
        for pledge in reversed(own.pledges_of(row.id)):
            yield PersonalRecord(f"Pledge of {words.date(pledge.made_at)}", tuple(_words(pledge)))
            for one in pledge.check_ins:
                if one.answered_at:
                    title = f"Check-in after {words.plural(one.months, 'month')}"
                    yield PersonalRecord(title, tuple(_answers(one)), confidential=True)
        yield PersonalRecord("Conversations and referrals", tuple(_numbers(row.id)))
        yield PersonalRecord("Case studies", tuple(_studies(row.id)))
        met = [(m.title, words.date(m.starts_at)) for m in meetings.attended_by(row.id)]
        yield PersonalRecord("Network meetings attended", tuple(met))


def _about(row: Ambassador) -> Iterable[tuple[str, str]]:
    yield "State", row.state
    yield "Recruited from", row.origin_label or "not known"
    yield "Invited", words.datetime_words(row.invited_at)
    if row.accepted_at:
        yield "Accepted", words.datetime_words(row.accepted_at)
        yield "Role description", f"version {row.role_version}"
    if row.ended_at:
        yield "Ended", words.datetime_words(row.ended_at)


def _words(pledge: PledgeView) -> Iterable[tuple[str, str]]:
    yield "Commitment", pledge.commitment
    yield "Shared with the manager", "yes" if pledge.shared else "no"
    for objective in pledge.objectives:
        for said in objective.wordings:
            when = words.date(said.at)
            yield f"Objective {objective.position}, from {when}", said.text
            if said.known_when:
                yield "Done when", said.known_when


def _answers(one: CheckInView) -> Iterable[tuple[str, str]]:
    assert one.answered_at is not None
    yield "Sent", words.datetime_words(one.answered_at)
    for outcome in one.outcomes:
        goal = "" if outcome.goal is None else f", {codes.GOALS[outcome.goal]}"
        yield f"Objective {outcome.position}", outcome.words + goal
    yield "Got in the way", one.in_the_way or "–"
    yield "Helped", one.what_helped or "–"
    if one.no_manager or one.support:
        said = codes.NO_MANAGER if one.no_manager else codes.SUPPORT[one.support or 1]
        yield "Support from your manager", said
    if one.sentence:
        yield "In a sentence", one.sentence


def _numbers(ambassador_id: uuid.UUID) -> Iterable[tuple[str, str]]:
    for month in own.tallies_of(ambassador_id, most=24):
        if month.answered_at:
            said = (
                f"{month.conversations} conversations, {month.to_counselling} to counselling, "
                f"{month.to_mediation} to mediation"
            )
            yield month_words(month.month), said


def _studies(ambassador_id: uuid.UUID) -> Iterable[tuple[str, str]]:
    rows = db.session.scalars(select(CaseStudy).where(CaseStudy.ambassador_id == ambassador_id))
    for study in rows:
        when = words.date(clock.london(study.created_at))
        yield f"{when}, state", study.state
        for part in ("situation", "action", "change", "lesson"):
            yield f"{when}, {part}", getattr(study, part)
