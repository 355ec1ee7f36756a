"""A browser for somebody on an application of the test's own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lms import clock
from lms.people import sessions
from lms.people.models import Person
from lms.testing.client import PageClient
from lms.web.opening import LmsFlask


@pytest.fixture
def as_somebody() -> Callable[[LmsFlask, Person], PageClient]:
    """Signs a person in: `as_somebody(app, priya).get("/home")`."""

    def sign_in(app: LmsFlask, person: Person) -> PageClient:
        made = app.test_client()
        assert isinstance(made, PageClient)
        now = int(clock.now().timestamp())
        with made.session_transaction() as held:
            held[sessions.PERSON], held[sessions.EPOCH] = str(person.id), person.session_epoch
            held[sessions.SINCE] = held[sessions.SEEN] = now
        return made

    return sign_in
