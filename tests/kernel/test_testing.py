"""What `lms.testing` promises to tests: an empty database, real requests, a clock, jobs, pages."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Iterable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from lms import clock, hookimpl, jobs
from lms.contracts import Job
from lms.db import db
from lms.messages.channels.base import Letter
from lms.messages.channels.file import FileChannel
from lms.permissions import public
from lms.records import RateEvent
from lms.settings import Settings
from lms.testing import Database, PageClient
from lms.testing.client import in_own_context
from lms.web.forms import csrf
from lms.web.opening import LmsFlask, current_actor
from tests import factories as make
from tests.conftest import Postbox

PAGE = """<!doctype html><html lang="en"><head><title>Kit</title></head><body>
<form method="get"><input name="note"><button>Find</button></form>
<form method="post"><input type="hidden" name="csrf_token" value="{word}">
<input type="hidden" name="kept" value="as it was"><input name="note" value="">
<input type="radio" name="size" value="small" checked><input type="radio" name="size" value="big">
<select name="day"><option value="mon">Monday</option><option value="tue" selected>Tuesday</option>
</select><textarea name="why">because</textarea><button>Save</button></form></body></html>"""

pages = Blueprint("kit", __name__)


def note(what: str) -> None:
    """Leave a row that a test can find."""
    db.session.add(RateEvent(key_hash=what.encode()))


def fail() -> None:
    """A job that cannot be done."""
    raise RuntimeError("the printer is on fire")


NOTE = Job("kit.note", note)
FAIL = Job("kit.fail", fail)


@pages.get("/")
@public
def show() -> str:
    """A form, with the name of who asks in the title."""
    return PAGE.format(word=csrf.token()).replace("Kit", current_actor().name)


@pages.post("/")
@public
def save() -> ResponseReturnValue:
    """Keep what was sent."""
    sent = {name: value for name, value in request.form.items() if name != "csrf_token"}
    note(repr(sorted(sent.items())))
    return redirect("/x/kit/", 303)


@pages.get("/bad")
@public
def bad() -> str:
    """A page whose tags do not close."""
    return (
        "<!doctype html><html><head><title>Bad</title></head><body><p><b>no end</p></body></html>"
    )


class Kit:
    """The guest under test."""

    name = "kit"

    @hookimpl
    def lms_blueprints(self) -> Iterable[Blueprint]:
        """Its pages."""
        return [pages]

    @hookimpl
    def lms_jobs(self) -> Iterable[Job]:
        """Its work."""
        return [NOTE, FAIL]


@pytest.fixture
def app(make_app: Callable[..., LmsFlask]) -> LmsFlask:
    """The application with the guest, in place of the shared one."""
    return make_app(plugins=[Kit()])


def notes() -> list[str]:
    return [key.decode() for key in db.session.scalars(select(RateEvent.key_hash))]


@pytest.mark.parametrize("turn", ["first", "second"])
@pytest.mark.usefixtures("session")
def test_each_test_begins_with_empty_tables(turn: str, client: PageClient) -> None:
    assert notes() == []
    note(turn)
    client.get("/x/kit/")
    assert notes() == [turn]


@pytest.mark.usefixtures("session")
def test_a_filled_in_form_is_sent_with_what_it_held(client: PageClient) -> None:
    answer = client.press("/x/kit/", "Save", note="new", size="big")
    assert answer.status_code == 303
    assert notes() == [
        "[('day', 'tue'), ('kept', 'as it was'), ('note', 'new'), ('size', 'big'),"
        " ('why', 'because')]"
    ]


def test_a_form_that_is_not_there_is_an_error(client: PageClient) -> None:
    with pytest.raises(AssertionError, match="no form"):
        client.press("/x/kit/", "Delete")
    with pytest.raises(AssertionError, match="no form"):
        client.press("/x/kit/", colour="red")


@pytest.mark.usefixtures("session")
def test_a_post_carries_the_forms_word_unless_told_not_to(client: PageClient) -> None:
    assert client.post("/x/kit/", data={"note": "a"}).status_code == 303
    assert client.post("/x/kit/", data={"note": "b"}, csrf=False).status_code == 400
    assert notes() == ["[('note', 'a')]"]


def test_a_page_that_does_not_parse_fails_the_test(client: PageClient) -> None:
    with pytest.raises(AssertionError, match="/x/kit/bad: line 1"):
        client.get("/x/kit/bad")


@pytest.mark.usefixtures("session")
def test_a_person_is_signed_in(as_person: Callable[[Any], PageClient], client: PageClient) -> None:
    priya = make.person("Priya", "Nair")
    assert "Priya Nair" in as_person(priya).get("/x/kit/").text
    assert "nobody" in client.get("/x/kit/").text


@pytest.mark.usefixtures("session")
def test_a_request_sees_nothing_of_the_tests_session(app: LmsFlask) -> None:
    amara = make.person()
    same = in_own_context(lambda: _is_held(app, amara))
    assert same is False


def _is_held(app: LmsFlask, row: object) -> bool:
    with app.app_context():
        return row in db.session


@pytest.mark.usefixtures("session")
def test_jobs_run_when_our_clock_says_so(
    frozen: Callable[[str], Any], run_jobs: Callable[[], None]
) -> None:
    frozen("2031-03-04 09:30")
    jobs.defer(NOTE, what="now")
    jobs.defer(NOTE, at=clock.now() + timedelta(days=7), what="in a week")
    run_jobs()
    assert notes() == ["now"]
    frozen("2031-03-12 09:30")
    run_jobs()
    assert notes() == ["now", "in a week"]


@pytest.mark.usefixtures("session")
def test_a_job_that_fails_fails_the_test(run_jobs: Callable[[], None]) -> None:
    jobs.defer(FAIL)
    with pytest.raises(AssertionError, match=r"kit\.fail"):
        run_jobs()


def test_the_clock_stands_at_a_london_time(frozen: Callable[[str], Any]) -> None:
    frozen("2027-07-01 00:30")
    assert clock.today().isoformat() == "2027-07-01"
    assert clock.now().isoformat() == "2027-06-30T23:30:00+00:00"


@pytest.mark.usefixtures("session")
def test_statements_are_counted(count_queries: Callable[[], Any]) -> None:
    with count_queries() as seen:
        db.session.scalar(select(func.count()).select_from(RateEvent))
    assert len(seen) == 1
    assert "rate_event" in seen[0]


def test_rows_that_triggers_guard_and_others_lock_are_wiped_too(database: Database) -> None:
    holder = database.connect()
    holder.execute(
        "insert into audit_entry (id, at, actor_label, verb, subject_type, created_at)"
        " select gen_random_uuid(), now(), repeat('x', 200), '', '', now()"
        " from generate_series(1, 2000)"
    )
    holder.execute("begin")
    holder.execute("lock table audit_entry")
    database.wipe()
    holder.close()
    with database.connect() as admin:
        assert admin.execute("select count(*) from audit_entry").fetchone() == (0,)
        assert admin.execute("select count(*) from installation").fetchone() == (1,)


@pytest.mark.parametrize("turn", ["first", "second"])
def test_mail_is_read_back_and_not_left_for_the_next_test(
    turn: str, settings: Settings, mail: Callable[[], list[EmailMessage]]
) -> None:
    assert mail() == []
    channel = FileChannel(settings.instance / "mail")
    for subject in ("Booked", "Changed"):
        message = EmailMessage()
        message["Subject"] = subject
        channel.deliver(Letter(bytes(message), "amara@example.org", f"{turn}-{subject}"))
    assert [message["Subject"] for message in mail()] == ["Booked", "Changed"]


def test_the_mail_server_keeps_what_it_accepts(postbox: Postbox) -> None:
    message = EmailMessage()
    message["Subject"] = "Booked: Brief Encounters"
    with smtplib.SMTP("127.0.0.1", postbox.port) as server:
        server.send_message(message, "team@example.org", ["amara@example.org"])
    assert [m["Subject"] for m in postbox.to("amara@example.org")] == ["Booked: Brief Encounters"]
