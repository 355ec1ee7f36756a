"""What the providers ship becomes the catalogue at upgrade, once, and outlives its provider."""

from __future__ import annotations

from sqlalchemy import func, select

from courses.models import Component, Course, Edition
from lms import events
from lms.contracts import SYSTEM
from lms.db import db, unit_of_work
from lms.people.models import Profession
from lms.testing import MakeApp
from surveys.models import Instrument


def upgraded() -> None:
    """Bring in what the plugins ship, as `lms upgrade` does."""
    with unit_of_work():
        events.publish(events.Upgraded(by=SYSTEM))


def counts() -> dict[str, int]:
    """How many of each noun of the catalogue there are."""
    return {
        table.__tablename__: db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in (Course, Edition, Component, Instrument, Profession)
    }


def test_the_eight_courses_arrive_with_their_editions_and_components(make_app: MakeApp) -> None:
    with make_app().app_context():
        upgraded()
        titles = db.session.scalars(select(Course.title).order_by(Course.title)).all()
        assert titles == [
            "Brief Encounters",
            "Couple Conflict",
            "How to Argue Better",
            "Me, You and Baby Too",
            "Parents as Partners",
            "Parents at War",
            "Think Couple",
            "Train the trainer",
        ]
        brief = select(Edition.key).join(Course).where(Course.title == "Brief Encounters")
        assert set(db.session.scalars(brief)) == {
            "four-sessions",
            "one-day",
            "blended",
            "e-learning",
        }


def test_a_second_upgrade_changes_nothing(make_app: MakeApp) -> None:
    with make_app().app_context():
        upgraded()
        first = counts()
        upgraded()
        assert counts() == first


def test_every_audience_is_a_profession_people_can_have(make_app: MakeApp) -> None:
    with make_app().app_context():
        upgraded()
        codes = set(db.session.scalars(select(Profession.code)))
        for course in db.session.scalars(select(Course)):
            assert set(course.template["audience"]) <= codes, course.key


def test_a_provider_left_out_leaves_its_courses_readable(make_app: MakeApp) -> None:
    with make_app().app_context():
        upgraded()
    with make_app(disabled_plugins=("tavistock",)).app_context():
        upgraded()
        states = {course.key: course.state for course in db.session.scalars(select(Course))}
        assert states["tavistock:think-couple"] == "provider_gone"
        assert states["oneplusone:brief-encounters"] == "offered"
        title = select(Course.title).where(Course.key == "tavistock:think-couple")
        assert db.session.scalar(title) == "Think Couple"
    with make_app().app_context():
        upgraded()
        state = select(Course.state).where(Course.key == "tavistock:think-couple")
        assert db.session.scalar(state) == "offered"
