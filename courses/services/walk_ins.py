"""Somebody is in the room who is not on the list: add them, book them, mark them present."""

from __future__ import annotations

import uuid

from sqlalchemy import func, select

from courses.models import Place, Session
from courses.services import booking, register
from courses.services.register import JOINED, NewMark
from lms.contracts import Actor
from lms.db import Complaint, db
from lms.errors import NotFound
from lms.people import emails, names
from lms.people.models import Person, PersonEmail
from lms.people.services import people


def add(
    session_id: uuid.UUID, *, given_name: str, family_name: str, email: str, by: Actor
) -> uuid.UUID:
    """Book somebody who is here and mark them present; returns the booking's id.

    An address we hold is that person, whose name stays as it is, when the family name agrees; so
    that nobody learns another's name by trying addresses, a different one is a `Complaint`. So is
    a full cohort, a double booking or a clash, and nothing is kept. At the sessions before this one
    they are marked as not there yet, so that those registers stay complete.
    """
    here = db.session.get(Session, session_id)
    if here is None:
        raise NotFound
    cohort_id = here.cohort_id
    address = emails.cleaned(email) if email else None
    person_id = _known(address, family_name) if address else None
    if person_id is None:
        person_id = people.add_person(
            people.NewPerson(given_name, family_name, email=address), by=by
        )
    try:
        (booking_id,) = booking.book_many(
            cohort_id, [person_id], source="coordinator", by=by, why="Was here without a booking"
        )
    except Complaint as complaint:
        raise Complaint("given_name", complaint.text) from complaint
    places = db.session.execute(
        select(Session.id, Place.id)
        .join(Place, Place.session_id == Session.id)
        .where(
            Place.booking_id == booking_id,
            Session.holds,
            func.lower(Session.during) <= func.lower(here.during),
        )
        .order_by(Session.id)
    ).all()
    if session_id not in {each for each, _ in places}:
        raise NotFound
    register.hold([each for each, _ in places])
    for each, place_id in places:
        came = each == session_id
        mark = NewMark(place_id, "present" if came else "absent", reason="" if came else JOINED)
        register.save(each, [mark], by=by)
    return booking_id


def _known(address: str, family_name: str) -> uuid.UUID | None:
    row = db.session.execute(
        select(PersonEmail.person_id, Person.family_name)
        .join(Person, Person.id == PersonEmail.person_id)
        .where(PersonEmail.address == address)
    ).one_or_none()
    if row is None:
        return None
    if names.sort_key("", row.family_name) != names.sort_key("", family_name):
        raise Complaint(
            "email", "Check the address with them, or leave it empty: somebody else may use it"
        )
    person_id: uuid.UUID = row.person_id
    return person_id
