"""From the course to the invitation through the rooms above, with nothing said but the yes."""

from __future__ import annotations

from datetime import date
from html import unescape

import pytest
from sqlalchemy import select

from courses.services import register
from lms.ambassadors.models import Ambassador, Candidate
from lms.contracts import SYSTEM
from lms.db import db
from lms.testing import Frozen
from lms.testing.client import PageClient
from surveys.models import Instrument
from surveys.services import answering, instruments, opening
from tests.surveys.world import World, asked, five, path, world

pytestmark = pytest.mark.usefixtures("session")
WORKSHOP = {"key": "workshop", "title": "Workshop", "kind": "workshop", "required_minutes": 540}
INTERESTED = {"ambassador": "interested", "keep_or_change": "More breaks."}


@pytest.fixture
def course(session: object, frozen: Frozen) -> World:
    """A cohort of four mornings, the last of them on 23 March."""
    frozen("2027-03-01 09:00")
    made = world(begins=date(2027, 3, 2))
    made.cohort.rule = {"components": [WORKSHOP]}
    frozen("2027-03-23 12:20")
    return made


def attended(of: World) -> None:
    """Everybody was at every session."""
    for session in of.sessions:
        register.mark_rest_present(session.id, by=SYSTEM)


def answer_feedback(of: World, **answers: str) -> None:
    second = asked(of, "post", second=True)
    answering.submit(second.id, INTERESTED | answers, by=SYSTEM)


def test_yes_after_the_course_and_a_full_register_make_an_invitation(course: World) -> None:
    attended(course)
    opening.open_due(course.cohort.id)
    answer_feedback(course)
    [candidate] = db.session.scalars(select(Candidate))
    assert (candidate.person_id, candidate.booking_id) == (
        course.people[0].id,
        course.bookings[0].id,
    )
    assert candidate.label == f"Brief Encounters, {course.cohort.code}"
    assert db.session.scalars(select(Ambassador.state)).all() == ["invited"]


def test_no_and_not_now_ask_nobody(course: World) -> None:
    attended(course)
    opening.open_due(course.cohort.id)
    answer_feedback(course, ambassador="later")
    assert db.session.scalars(select(Candidate.volunteered_at)).all() == [None]
    assert db.session.scalars(select(Ambassador)).all() == []


def test_the_pledge_is_one_press_from_the_thank_you_in_the_room(
    course: World, client: PageClient
) -> None:
    attended(course)
    opening.open_due(course.cohort.id)
    address = path(asked(course, "post"))
    client.post(address, data=five())
    client.press(f"{address}/more", **{"q-ambassador": "interested"})
    page = unescape(client.get(f"{address}/thanks").text)
    assert "Would you be an ambassador?" in page
    invitation = page.split('href="http://localhost/a/')[1].split('"')[0]
    assert "Become an ambassador" in unescape(client.get(f"/a/{invitation}").text)


def test_a_questionnaire_kept_before_is_still_the_same(course: World) -> None:
    kept = db.session.scalars(
        select(Instrument).where(Instrument.key == "core:practitioner-confidence")
    ).one()
    assert all("volunteers" not in item for item in kept.definition["items"])
    feedback = db.session.scalars(
        select(Instrument).where(Instrument.key == "core:course-feedback")
    ).one()
    yes = [item.volunteers for item in instruments.items_of(feedback.definition)]
    assert [word for word in yes if word] == ["interested"]
