"""A process that dies while a register is kept leaves all of it or nothing; saving again works."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from courses.models import Session
from courses.queries import completion
from courses.queries import register as queries
from lms import clock
from lms.db import db
from lms.people.models import Person
from lms.settings import Settings
from lms.testing.client import PageClient
from tests import factories as make
from tests.courses.importing import counted
from tests.dying import AFTER_COMMIT, killed

TABLES = (
    "courses_attendance",
    "courses_completion",
    "audit_entry",
    "messages_message",
    "procrastinate_jobs",
)


@pytest.fixture
def today(session: object) -> Session:
    """The one morning of a course, which is completed by coming; one person is booked."""
    edition = make.edition()
    part = make.component(edition, key="workshop", title="Workshop", required_minutes=60)
    needed = {"key": "workshop", "title": "Workshop", "kind": "workshop", "required_minutes": 60}
    made = make.cohort(edition, state="running", rule={"components": [needed]})
    one = make.session(made, clock.today(), component_id=part.id)
    make.booking(made)
    return one


@pytest.fixture
def priya(session: object) -> Person:
    found = make.person("Priya", "Nair")
    make.grant(found, "coordinator")
    return found


def standing(today: Session) -> tuple[list[str], list[str]]:
    """The marks that stand, and what was found of who completed."""
    db.session.expire_all()
    [line] = queries.lines(today.id)
    found = completion.current([line.booking_id]).values()
    return [line.mark.mark] if line.mark else [], [one.verdict for one in found]


@pytest.mark.parametrize("point", ["register.marked", "completion.recorded"])
def test_killed_while_it_is_kept_nothing_is_marked_and_saving_again_completes(
    today: Session,
    priya: Person,
    as_person: Callable[[Person], PageClient],
    settings: Settings,
    point: str,
) -> None:
    page = f"/cohorts/{today.cohort_id}/sessions/1/register"
    [line] = queries.lines(today.id)
    mark = {f"mark-{line.place_id}": "present"}
    before = counted(*TABLES)
    killed(settings, priya, page, at=point, **mark)
    assert (standing(today), counted(*TABLES)) == (([], []), before)
    assert as_person(priya).press(page, "Save register", **mark).status_code == 303
    assert standing(today) == (["present"], ["completed"])


def test_killed_after_the_commit_it_is_kept_and_saving_again_adds_nothing(
    today: Session,
    priya: Person,
    as_person: Callable[[Person], PageClient],
    settings: Settings,
) -> None:
    page = f"/cohorts/{today.cohort_id}/sessions/1/register"
    [line] = queries.lines(today.id)
    mark = {f"mark-{line.place_id}": "present"}
    killed(settings, priya, page, at=AFTER_COMMIT, **mark)
    assert standing(today) == (["present"], ["completed"])
    after = counted(*TABLES)
    browser = as_person(priya)
    old = {f"seen-{line.place_id}": "", **mark}
    assert browser.post(page, data=old).status_code == 303
    assert "All marks were kept already" in browser.get(page).text
    assert counted(*TABLES) == after
