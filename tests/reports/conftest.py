"""What the tests of reports share: an application with a report over people a test makes up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from lms import hookimpl, jobs
from lms.contracts import Report
from lms.db import db, rollback
from lms.people import sessions
from lms.people.models import Person
from lms.reports.jobs import MAKE
from lms.testing import MakeApp, clock
from lms.testing.client import in_own_context
from lms.web.opening import LmsFlask
from tests import factories as make
from tests.reports.kit import Trainee, report


class Sample:
    """A guest with one report; `people` is whom it counts, and a test changes it."""

    name = "sample"

    def __init__(self) -> None:
        self.people: list[Trainee] = []

    @hookimpl
    def lms_reports(self) -> list[Report]:
        """The report over `people`, and a second one of the same."""
        return [report(lambda: self.people), report(lambda: self.people, "again")]


def crowd(**sizes: int) -> list[Trainee]:
    """So many of each cohort, of whom three in four answered, 1 to 5 in turn, as GPs and others."""
    return [
        Trainee(cohort, "Herts", "gp" if n % 3 else "hv", None if n % 4 == 0 else 1 + n % 5)
        for cohort, size in sizes.items()
        for n in range(size)
    ]


def made(browser: Any, answer: Any) -> Any:
    """The address of what was asked for, once its job has run; none where that failed."""
    assert answer.status_code == 303
    arguments = {"making": answer.location.rpartition("/")[2]}
    in_own_context(partial(jobs.perform, browser.application, MAKE, arguments))
    return browser.get(answer.location).location


@pytest.fixture
def sample() -> Sample:
    """The guest."""
    return Sample()


@pytest.fixture
def site(make_app: MakeApp, sample: Sample) -> Iterator[LmsFlask]:
    """An application with that guest, in its context."""
    app = make_app(plugins=[sample])
    with app.app_context():
        yield app
        rollback()
        db.session.remove()


@pytest.fixture
def as_role(site: LmsFlask) -> Callable[..., Any]:
    """A signed-in browser: `as_role("analyst")`, or for one place `as_role("analyst", place)`."""

    def sign_in(role: str, place: Any = None, who: Person | None = None) -> Any:
        person = who or make.person("Ana")
        if place is None:
            make.grant(person, role)
        else:
            make.grant(person, role, "locality", place.id)
        client = site.test_client()
        now = int(clock.now().timestamp())
        with client.session_transaction() as held:
            held[sessions.PERSON], held[sessions.EPOCH] = str(person.id), person.session_epoch
            held[sessions.SINCE] = held[sessions.SEEN] = now
        return SimpleNamespace(person=person, browser=client)

    return sign_in
