"""One commit point: what a request changed is kept whole or not at all, and the page says which."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from flask import Blueprint, redirect, request, session
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from lms import jobs, web
from lms.contracts import Job
from lms.db import commit, db
from lms.permissions import public
from lms.testing import Database, PageClient
from lms.web.forms import csrf
from lms.web.opening import LmsFlask, after_commit
from tests.kernel.kit import Guest, MakeApp, note, notes, pages
from tests.waiting import until

AT = "/x/desk/"
BROKEN = "select no_such_column from person"
RAISE = "do $$ begin raise exception 'again' using errcode = '{}'; end $$"
PAGE = """<!doctype html><html lang="en"><head><title>Desk</title></head><body><form method="post">
<input type="hidden" name="csrf_token" value="{}"><button>Press</button></form>{}</body></html>"""
SLIP = Job("desk.slip", lambda: note("job"))


def desk(press: Callable[[], ResponseReturnValue], show: Callable[[], object] = str) -> Guest:
    """A guest with one page, that does `show` when opened and `press` when its form is sent."""
    blueprint: Blueprint = pages("desk")

    @blueprint.get("/")
    @public
    def opened() -> str:
        said = web.responses.take_what_was_said()
        return PAGE.format(csrf.token(), (said.text if said else "") + str(show() or ""))

    @blueprint.post("/")
    @public
    def pressed() -> ResponseReturnValue:
        return press()

    return Guest("desk", lms_blueprints=lambda: [blueprint], lms_jobs=lambda: [SLIP])


@pytest.fixture
def browser(make_app: MakeApp) -> Callable[..., PageClient]:
    """A browser of an application with the desk: `browser(press)`."""

    def made(
        press: Callable[[], ResponseReturnValue],
        show: Callable[[], object] = str,
        on: Database | None = None,
    ) -> PageClient:
        client = make_app(plugins=[desk(press, show)], on=on).test_client()
        assert isinstance(client, PageClient)
        return client

    return made


def kept(client: PageClient) -> list[str]:
    """What the database holds, seen from outside any request."""
    with client.application.app_context():
        return notes()


def done() -> ResponseReturnValue:
    """How a change ends."""
    web.say("Saved")
    return redirect(AT, 303)


Browser = Callable[..., PageClient]


def test_a_change_that_is_answered_by_a_redirect_is_kept_and_said(browser: Browser) -> None:
    def press() -> ResponseReturnValue:
        note("kept")
        return done()

    client = browser(press)
    assert client.post(AT).status_code == 303
    assert kept(client) == ["kept"]
    assert "Saved" in client.get(AT).text


@pytest.mark.parametrize("status", [422, 409, 500])
def test_what_a_refused_form_had_half_made_is_gone(browser: Browser, status: int) -> None:
    def press() -> ResponseReturnValue:
        note("half made")
        db.session.flush()
        web.say("Saved")
        return PAGE.format(csrf.token(), ""), status

    client = browser(press)
    assert client.post(AT).status_code == status
    assert kept(client) == []
    assert "Saved" not in client.get(AT).text


def test_an_error_after_the_change_takes_it_back(browser: Browser) -> None:
    def press() -> ResponseReturnValue:
        note("half made")
        db.session.flush()
        raise RuntimeError("a slip")

    client = browser(press)
    assert client.post(AT).status_code == 500
    assert kept(client) == []


def test_a_swallowed_database_error_saves_nothing_and_never_says_saved(browser: Browser) -> None:
    def press() -> ResponseReturnValue:
        note("before")
        db.session.flush()
        with pytest.raises(Exception, match="no_such_column"):
            db.session.execute(text(BROKEN))
        return done()

    client = browser(press)
    answer = client.post(AT)
    assert answer.status_code == 500
    assert "Something went wrong" in answer.text
    assert kept(client) == []
    assert "Saved" not in client.get(AT).text


@pytest.mark.parametrize("end", ["commit", "rollback"])
def test_a_room_that_ends_the_transaction_itself_is_stopped(browser: Browser, end: str) -> None:
    def press() -> ResponseReturnValue:
        note("out of turn")
        db.session.flush()
        getattr(db.session, end)()
        return done()

    client = browser(press)
    assert client.post(AT).status_code == 500
    assert kept(client) == []


def test_a_constraint_that_speaks_only_at_the_commit_is_a_page_and_nothing_is_said(
    browser: Browser, new_database: Callable[[], Database]
) -> None:
    database = new_database()
    with database.connect() as admin:
        admin.execute("create table twin (of int unique deferrable initially deferred)")
        admin.execute("grant all on twin to public")

    def press() -> ResponseReturnValue:
        note("with a twin")
        db.session.execute(text("insert into twin values (1), (1)"))
        return done()

    client = browser(press, on=database)
    answer = client.post(AT)
    assert answer.status_code == 409
    assert "nothing was saved" in answer.text
    assert kept(client) == []
    assert "Saved" not in client.get(AT).text


@pytest.mark.parametrize(("status", "left"), [(303, 1), (422, 0)])
def test_a_job_exists_if_and_only_if_its_change_does(
    browser: Browser, status: int, left: int
) -> None:
    def press() -> ResponseReturnValue:
        jobs.defer(SLIP)
        return (PAGE.format(csrf.token(), ""), 422) if status == 422 else done()

    client = browser(press)
    assert client.post(AT).status_code == status
    with client.application.app_context():
        waiting = db.session.scalar(text("select count(*) from procrastinate_jobs"))
    assert waiting == left


# -- again -------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["40001", "40P01"])
def test_a_request_that_lost_against_another_is_run_again_as_if_for_the_first_time(
    browser: Browser, state: str
) -> None:
    runs = count(1)

    def press() -> ResponseReturnValue:
        session["runs"] = session.get("runs", 0) + 1
        note(f"read {len(request.files['file'].read())}, seen {session['runs']}")
        db.session.flush()
        if next(runs) < 3:
            db.session.execute(text(RAISE.format(state)))
        return done()

    client = browser(press)
    answer = client.post(AT, data={"file": (io.BytesIO(b"12345"), "list.csv")})
    assert answer.status_code == 303
    assert kept(client) == ["read 5, seen 1"]
    assert next(runs) == 4


def test_a_request_that_keeps_losing_says_so_after_three_runs(browser: Browser) -> None:
    runs = count(1)

    def press() -> ResponseReturnValue:
        note(f"run {next(runs)}")
        db.session.execute(text(RAISE.format("40001")))
        return done()

    client = browser(press)
    answer = client.post(AT, data={"words": "what was typed"})
    assert answer.status_code == 409
    assert "what was typed" in answer.text
    assert next(runs) == 4
    assert kept(client) == []


def test_what_waits_for_the_commit_is_done_once_and_only_after_it(browser: Browser) -> None:
    acts: list[str] = []
    runs = count(1)

    def press() -> ResponseReturnValue:
        run = next(runs)
        after_commit(lambda: acts.append(f"run {run}"))
        if run == 1:
            db.session.execute(text(RAISE.format("40001")))
        if request.form.get("fail"):
            raise RuntimeError("a slip")
        return done()

    client = browser(press)
    client.post(AT)
    assert acts == ["run 2"]
    client.post(AT, data={"fail": "yes"})
    assert acts == ["run 2"]


# -- pressed twice -----------------------------------------------------------------------------


def numbered() -> tuple[Callable[[], ResponseReturnValue], list[int]]:
    """A press that leaves a row of its own each time it runs, and the numbers of its runs."""
    runs: list[int] = []

    def press() -> ResponseReturnValue:
        runs.append(len(runs) + 1)
        note(f"run {runs[-1]}")
        return redirect(f"{AT}?made={runs[-1]}", 303)

    return press, runs


def test_a_form_sent_again_changes_nothing_and_gets_the_same_answer(browser: Browser) -> None:
    press, runs = numbered()
    client = browser(press)
    first = client.post(AT, data={"once": "k1"})
    second = client.post(AT, data={"once": "k1"})
    other = client.post(AT, data={"once": "k2"})
    assert (first.location, second.location) == (f"{AT}?made=1", f"{AT}?made=1")
    assert other.location == f"{AT}?made=2"
    assert runs == [1, 2]
    assert kept(client) == ["run 1", "run 2"]


def test_a_refused_form_may_be_sent_again_with_the_same_key(browser: Browser) -> None:
    def press() -> ResponseReturnValue:
        if not request.form.get("name"):
            return PAGE.format(csrf.token(), ""), 422
        note(request.form["name"])
        return redirect(AT, 303)

    client = browser(press)
    assert client.post(AT, data={"once": "k1"}).status_code == 422
    assert client.post(AT, data={"once": "k1", "name": "Amara"}).status_code == 303
    assert kept(client) == ["Amara"]


def test_two_presses_at_the_same_moment_are_one_change_with_one_answer(
    browser: Browser, database: Database
) -> None:
    runs: list[str] = []
    first_is_at_it = threading.Event()

    def second_waits() -> bool:
        with database.connect() as admin:
            found = admin.execute(
                "select 1 from pg_locks where locktype = 'advisory' and not granted"
                " and database = (select oid from pg_database where datname = current_database())"
            )
            return found.fetchone() is not None

    def press() -> ResponseReturnValue:
        runs.append("run")
        first_is_at_it.set()
        until(second_waits, "the second press to arrive")
        note(f"change {len(runs)}")
        return redirect(f"{AT}?made={len(runs)}", 303)

    client = browser(press)
    word = client.get(AT).text.split('value="')[1].split('"')[0]
    cookie = client.get_cookie("lms")
    assert cookie is not None

    def send() -> tuple[int, str | None]:
        own = client.application.test_client()
        own.set_cookie("lms", cookie.value)
        answer = own.post(AT, data={"once": "k1", "csrf_token": word})
        return answer.status_code, answer.location

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(send)
        assert first_is_at_it.wait(30)
        second = pool.submit(send)
        assert first.result(30) == second.result(30) == (303, f"{AT}?made=1")
    assert runs == ["run"]
    assert kept(client) == ["change 1"]


# -- looking -----------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("at_once", [True, False])
def test_a_page_that_writes_when_it_is_opened_is_an_error_and_nothing_is_written(
    browser: Browser, method: str, at_once: bool
) -> None:
    def show() -> None:
        note("seen")
        if at_once:
            db.session.flush()

    client = browser(done, show)
    assert client.open(AT, method=method).status_code == 500
    assert kept(client) == []


def test_a_page_that_calls_the_kernels_own_commit_when_opened_writes_nothing(
    browser: Browser,
) -> None:
    def show() -> None:
        note("seen")
        commit()

    client = browser(done, show)
    assert client.get(AT).status_code == 500
    assert kept(client) == []


def test_a_view_that_nobody_has_opened_is_closed_and_runs_nothing(make_app: MakeApp) -> None:
    blueprint = pages("desk")
    ran: list[str] = []

    @blueprint.route("/", methods=["GET", "POST"])
    def forgotten() -> str:
        ran.append("ran")
        return "open"

    app: LmsFlask = make_app(plugins=[Guest("desk", lms_blueprints=lambda: [blueprint])])
    client = app.test_client()
    assert client.get(AT).status_code == 303
    assert client.get(AT).location.startswith("/sign-in")
    assert client.post(AT).status_code == 403
    assert ran == []
