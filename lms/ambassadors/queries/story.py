"""An ambassador's story on one page, in the order of time: what was said, done and handed on."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from lms import clock
from lms.ambassadors import codes
from lms.ambassadors.access import MANAGE
from lms.ambassadors.models import Ambassador, Candidate, CaseStudy, Handover
from lms.ambassadors.queries import meetings, own, pledges
from lms.ambassadors.queries.own import Month
from lms.ambassadors.queries.pledges import CheckInView, PledgeView
from lms.contracts import Actor
from lms.db import db
from lms.errors import NotFound
from lms.people.models import Locality, Organisation, Person, Profession
from lms.people.names import full
from lms.permissions import where
from lms.registry import current_registry
from lms.web import words


@dataclass(frozen=True)
class Entry:
    """Something that happened: when, what, in which words, and lines about it."""

    at: datetime
    title: str
    lines: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Story:
    """An ambassador with everything the team may know of them."""

    id: uuid.UUID
    person_id: uuid.UUID
    name: str
    profession: str
    organisation: str
    locality: str
    state: str
    role_version: int | None
    mentor: str
    mentor_id: uuid.UUID | None
    looks_after: tuple[tuple[uuid.UUID, str], ...]
    leaves_on: date | None
    pledge: PledgeView | None
    months: tuple[Month, ...]
    entries: tuple[Entry, ...]

    @property
    def passes(self) -> bool:
        """Whether there is anything for somebody to take over when they leave."""
        return self.pledge is not None or bool(self.looks_after)


def reached(actor: Actor) -> Select[Any]:
    """The ids of the ambassadors whose story the actor can open."""
    return select(Ambassador.id).where(where(actor, MANAGE))


def find(actor: Actor, ambassador_id: uuid.UUID) -> Story:
    """The story of an ambassador in reach; else `NotFound`."""
    mentor, mentor_person = aliased(Ambassador), aliased(Person)
    row = db.session.execute(
        select(
            Ambassador,
            Person,
            Profession.name.label("profession"),
            Organisation.name.label("organisation"),
            Locality.name.label("locality"),
            mentor_person.given_name.label("mentor_given"),
            mentor_person.family_name.label("mentor_family"),
        )
        .join(Person, Person.id == Ambassador.person_id)
        .outerjoin(Profession, Profession.id == Person.profession_id)
        .outerjoin(Organisation, Organisation.id == Person.organisation_id)
        .outerjoin(Locality, Locality.id == Ambassador.locality_id)
        .outerjoin(mentor, mentor.id == Ambassador.mentor_id)
        .outerjoin(mentor_person, mentor_person.id == mentor.person_id)
        .where(Ambassador.id == ambassador_id, where(actor, MANAGE))
    ).one_or_none()
    if row is None:
        raise NotFound
    ambassador: Ambassador = row.Ambassador
    held = pledges.seen_by(actor, [ambassador_id])[ambassador_id]
    return Story(
        id=ambassador.id,
        person_id=ambassador.person_id,
        name=full(row.Person.given_name, row.Person.family_name),
        profession=row.profession or "",
        organisation=row.organisation or "",
        locality=row.locality or "",
        state=ambassador.state,
        role_version=ambassador.role_version,
        mentor=full(row.mentor_given or "", row.mentor_family or ""),
        mentor_id=ambassador.mentor_id,
        looks_after=tuple(_mentees(ambassador_id)),
        leaves_on=ambassador.leaves_on,
        pledge=next((one for one in held if one.state == "live"), None),
        months=tuple(reversed(own.tallies_of(ambassador_id, most=12))),
        entries=_in_order(_entries(ambassador, held)),
    )


def successors(actor: Actor, ambassador_id: uuid.UUID) -> list[tuple[uuid.UUID, str]]:
    """Active ambassadors in reach who stay, to hand on to."""
    rows = db.session.execute(
        select(Ambassador.id, Person.given_name, Person.family_name)
        .join(Person, Person.id == Ambassador.person_id)
        .where(
            where(actor, MANAGE),
            Ambassador.state == "active",
            Ambassador.leaves_on.is_(None),
            Ambassador.id != ambassador_id,
        )
        .order_by(Person.sort_key, Person.id)
    )
    return [(row.id, full(row.given_name, row.family_name)) for row in rows]


def _mentees(ambassador_id: uuid.UUID) -> Iterable[tuple[uuid.UUID, str]]:
    rows = db.session.execute(
        select(Ambassador.id, Person.given_name, Person.family_name)
        .join(Person, Person.id == Ambassador.person_id)
        .where(Ambassador.mentor_id == ambassador_id, Ambassador.state == "active")
        .order_by(Person.sort_key)
    )
    return [(row.id, full(row.given_name, row.family_name)) for row in rows]


def _in_order(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(entries, key=lambda entry: entry.at))


def _entries(ambassador: Ambassador, held: Sequence[PledgeView]) -> Iterable[Entry]:
    yield from _recruited(ambassador)
    for pledge in held:
        yield from _pledged(pledge)
    yield from _case_studies(ambassador.id)
    for meeting in meetings.attended_by(ambassador.id):
        yield Entry(meeting.starts_at, "Was at a meeting", (meeting.title,))
    yield from _trained(ambassador.person_id)
    yield from _handed_on(ambassador.id)


def _recruited(ambassador: Ambassador) -> Iterable[Entry]:
    candidate = db.session.scalar(
        select(Candidate).where(Candidate.booking_id == ambassador.origin_booking_id)
    )
    if candidate and candidate.completed_at:
        yield Entry(candidate.completed_at, "Finished the course", (ambassador.origin_label,))
    if candidate and candidate.volunteered_at:
        yield Entry(candidate.volunteered_at, "Said yes to hearing more")
    yield Entry(ambassador.invited_at, "Was invited")
    if ambassador.accepted_at:
        version = f"Role description, version {ambassador.role_version}"
        yield Entry(ambassador.accepted_at, "Became an ambassador", (version,))
    if ambassador.state == "declined" and ambassador.ended_at:
        asked = ambassador.ask_again_on
        line = f"To be asked again on {words.date(asked)}" if asked else "Not to be asked again"
        yield Entry(ambassador.ended_at, "Said not now", (line,))
    if ambassador.state == "lapsed" and ambassador.ended_at:
        yield Entry(ambassador.ended_at, "Did not answer the invitation")


def _pledged(pledge: PledgeView) -> Iterable[Entry]:
    first = tuple(one.wordings[0].text for one in pledge.objectives)
    shared = "Shared with their manager" if pledge.shared else "Not shared with their manager"
    yield Entry(pledge.made_at, "Made a pledge", (f"Commitment {pledge.commitment}", shared), first)
    for objective in pledge.objectives:
        for wording in objective.wordings[1:]:
            title = f"Reworded objective {objective.position}"
            yield Entry(wording.at, title, (), (wording.text,))
    for one in pledge.check_ins:
        yield from _checked_in(one)
    ended = {"withdrawn": "Took the pledge back", "handed_on": "The pledge was handed on"}
    if pledge.state in ended and pledge.ended_at:
        yield Entry(pledge.ended_at, ended[pledge.state])


def _checked_in(one: CheckInView) -> Iterable[Entry]:
    months = words.plural(one.months, "month")
    if one.answered_at:
        late = ", late" if one.is_late else ""
        yield Entry(
            one.answered_at,
            f"Answered at {months}{late}",
            tuple(_answer_lines(one)),
            (one.sentence,) if one.sentence else (),
        )
    elif one.state == "closed":
        closed = clock.at(one.closes_on, time.min)
        yield Entry(closed, f"Did not answer at {months}")
    elif one.invited_at:
        asked = f"Asked at {months}"
        line = "No answer yet"
        if one.reminders_sent:
            line = f"{words.plural(one.reminders_sent, 'reminder')} sent, no answer yet"
        yield Entry(one.invited_at, asked, (line,))


def _answer_lines(one: CheckInView) -> Iterable[str]:
    """What was said, but how they are supported by their manager: that is only added up."""
    for outcome in one.outcomes:
        goal = "" if outcome.goal is None else f" ({codes.GOALS[outcome.goal].lower()})"
        yield f"{outcome.position}. {outcome.words}{goal}"
    if one.obstacles:
        yield f"Got in the way: {one.in_the_way}"
    if one.helped:
        yield f"Helped: {one.what_helped}"
    if one.t_score is not None:
        yield f"Compared with what was hoped: T = {one.t_score:.1f} (50 means as hoped)"


def _case_studies(ambassador_id: uuid.UUID) -> Iterable[Entry]:
    rows = db.session.scalars(select(CaseStudy).where(CaseStudy.ambassador_id == ambassador_id))
    for study in rows:
        if study.submitted_at:
            yield Entry(study.submitted_at, "Sent a case study")
        if study.reviewed_at and study.state in ("approved", "expired"):
            until = f"May be used until {words.date(study.expires_on)}"
            yield Entry(study.reviewed_at, "The case study was approved", (until,))


def _trained(person_id: uuid.UUID) -> Iterable[Entry]:
    cohorts: dict[tuple[str, date], int] = {}
    for training in current_registry().trainings([person_id]):
        key = (training.label, training.on)
        cohorts[key] = cohorts.get(key, 0) + 1
    for (label, on), people in cohorts.items():
        reached = words.plural(people, "person", "people")
        yield Entry(clock.at(on, time(12)), "Trained colleagues", (f"{label}: {reached}",))


def _handed_on(ambassador_id: uuid.UUID) -> Iterable[Entry]:
    leaver, heir = aliased(Ambassador), aliased(Ambassador)
    leaving, taking = aliased(Person), aliased(Person)
    rows: Iterable[Any] = db.session.execute(
        select(
            Handover,
            leaving.given_name.label("from_given"),
            leaving.family_name.label("from_family"),
            taking.given_name.label("to_given"),
            taking.family_name.label("to_family"),
        )
        .join(leaver, leaver.id == Handover.from_id)
        .join(leaving, leaving.id == leaver.person_id)
        .outerjoin(heir, heir.id == Handover.to_id)
        .outerjoin(taking, taking.id == heir.person_id)
        .where((Handover.from_id == ambassador_id) | (Handover.to_id == ambassador_id))
    )
    for row in rows:
        handover: Handover = row.Handover
        moved = words.plural(len(handover.moved), "ambassador")
        lines = [f"{moved} to look after"] if handover.moved else []
        lines += [handover.why] if handover.why else []
        if handover.from_id == ambassador_id:
            to = full(row.to_given or "", row.to_family or "")
            title = f"Left and handed on to {to}" if to else "Left"
        else:
            title = f"Took over from {full(row.from_given, row.from_family)}"
        yield Entry(handover.at, title, (*lines, f"Noted by {handover.by_label}"))
