"""Answers whose sending goes wrong: kept once or not at all, and sending again ends well."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import ClassVar
from urllib.parse import urlencode

import pytest
from sqlalchemy import select
from sqlalchemy.orm import undefer

from lms.db import db, rollback
from lms.people import links
from lms.settings import Settings
from lms.testing.client import keep
from surveys.models import Submission
from surveys.questions import Number
from surveys.services import assigning
from tests import factories as make
from tests.dying import AFTER_COMMIT, killed
from tests.journeys.site import served
from tests.kernel.kit import Guest
from tests.surveys.world import asked, five, path, world
from tests.waiting import until

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def word_in(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]


def kept() -> list[dict]:
    rollback()
    found = db.session.scalars(select(Submission).options(undefer(Submission.answers)))
    return [one.answers for one in found]


def test_a_process_that_dies_while_answers_are_kept_keeps_none_and_sending_again_works(
    session, client, settings: Settings
):
    one = asked(world(), "pre")
    address = path(one)
    killed(settings, None, address, at="survey.submitted", **five(2))
    assert (kept(), one.state) == ([], "open")
    assert client.press(address, "Send my answers", **five(4)).status_code == 303
    assert kept() == [dict.fromkeys(kept()[0], 4)]


def test_a_process_that_dies_after_answers_are_kept_leaves_them_and_sending_again_is_told(
    session, client, settings: Settings
):
    address = path(asked(world(), "pre"))
    word = word_in(client.get(address).text)
    killed(settings, None, address, at=AFTER_COMMIT, **five(2))
    again = client.post(address, data={"csrf_token": word, **five(4)})
    assert "You have already answered" in again.text
    assert [set(answers.values()) for answers in kept()] == [{2}]


# -- the reply is lost ---------------------------------------------------------------------------


@pytest.fixture
def port(make_app) -> Iterator[int]:
    """A served site over this test's database."""
    with served(lambda _: make_app()) as (_, found):
        yield found


def ask(port: int, method: str, address: str, body: str | None = None) -> str:
    line = HTTPConnection("localhost", port, timeout=30)
    try:
        line.request(method, address, body, FORM)
        return line.getresponse().read().decode()
    finally:
        line.close()


def send_and_hang_up(port: int, address: str, body: str) -> None:
    """The whole request, and a line that is dead before the first sign of the reply."""
    head = f"POST {address} HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Length: {len(body)}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in FORM.items())
    with socket.create_connection(("localhost", port)) as line:
        line.sendall(f"{head}\r\n{body}".encode())


def test_who_never_got_the_reply_and_sends_again_is_told_that_it_is_answered(session, port: int):
    address = path(asked(world(), "pre"))
    keep()
    word = word_in(ask(port, "GET", address))
    send_and_hang_up(port, address, urlencode({"csrf_token": word, **five(2)}))
    until(kept, "the answers to be kept")
    again = ask(port, "POST", address, urlencode({"csrf_token": word, **five(5)}))
    assert "You have already answered" in again
    assert [set(answers.values()) for answers in kept()] == [{2}]


# -- a plugin goes while its form is open --------------------------------------------------------


class Cups(Number):
    """A question of a guest's."""

    key: ClassVar[str] = "acme_cups"


def test_answers_to_a_form_whose_plugin_went_meanwhile_are_kept_as_they_were_sent(
    session, client, make_app
):
    question = {"key": "cups", "type": "acme_cups", "text": "How many cups?", "construct": "cups"}
    more = {"key": "more", "type": "number", "text": "How many more?", "construct": "more"}
    items = [{**one, "options": [], "courses": []} for one in (question, more)]
    asks = make.instrument(definition={"title": "Tea", "intro": "About tea", "items": items})
    cohort = make.cohort(state="published")
    booking = make.booking(cohort)
    one = make.assignment(make.wave(cohort, asks), booking)
    links.grant(assigning.LINK, person_id=booking.person_id, object_id=one.id, expires_at=None)
    address = path(one)
    keep()
    acme = make_app(plugins=[Guest("acme", lms_question_types=lambda: [Cups])])
    form = acme.test_client().get(address).text
    assert 'name="q-cups"' in form
    data = {"csrf_token": word_in(form), "q-cups": "3", "q-more": "2"}
    assert client.post(address, data=data).status_code == 303
    assert kept() == [{"cups": "3", "more": 2}]
