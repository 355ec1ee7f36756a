"""A guest's mistake is the guest's: undone, named and shown, while the room's work stands."""

from __future__ import annotations

import itertools
import logging
import sys
import uuid
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from lms import containment
from lms import db as door
from lms.contracts import NOBODY, SYSTEM, NavItem, Panel, Place, Todo
from lms.db import db
from lms.events import Event, publish
from lms.people.models import Locality
from lms.records import AuditEntry
from lms.testing import Database
from lms.web.opening import LmsFlask
from tests import factories as make
from tests.kernel.kit import Guest, happened, note, notes, registry, troubles

TODAY = date(2027, 3, 4)


def listener(act: Callable[[], object], name: str = "acme") -> Guest:
    """A guest that does something at every event."""
    return Guest(name, lms_on_event=lambda event: act() and None)


def a_todo(**changes: object) -> Todo:
    """A line that is as it should be, but for the changes."""
    values = {"text": "Order", "reason": "Tea", "verb": "See", "url": "/x/acme/", "due": None}
    return Todo(**(values | changes))


# -- what a guest does wrong -------------------------------------------------------------------


def raises() -> None:
    raise ValueError("no tea")


def writes_then_raises() -> None:
    note("the guest's")
    db.session.flush()
    raise ValueError("no tea")


def broken_sql() -> None:
    db.session.execute(text("select no_such_column from person"))


def swallowed_sql() -> None:
    with pytest.raises(Exception, match="no_such_column"):
        broken_sql()


def commits() -> None:
    db.session.commit()


def commits_by_the_kernels_hand() -> None:
    door.commit()


def commits_in_sql() -> None:
    db.session.execute(text("commit"))


def rolls_back() -> None:
    db.session.rollback()


def rolls_back_in_sql() -> None:
    db.session.execute(text("/* tidy up */ ROLLBACK"))


def closes() -> None:
    db.session.close()


def removes() -> None:
    db.session.remove()


def resets() -> None:
    db.session.reset()


def adds_to_a_core_table() -> None:
    note("the guest's")


def changes_a_core_row() -> None:
    db.session.scalars(select(Locality)).first().name = "Renamed"


def changes_core_rows_in_one_statement() -> None:
    db.session.execute(update(Locality).values(name="Renamed"))


def changes_core_rows_in_sql() -> None:
    db.session.execute(text("with a as (update people_locality set name = 'Renamed') select 1"))


def drops_a_table() -> None:
    db.session.execute(text("drop table people_locality"))


def exits() -> None:
    sys.exit(3)


def slow_query() -> None:
    db.session.execute(text("select pg_sleep(30)"))


def endless_queries() -> None:
    while True:
        db.session.execute(text("select pg_sleep(0.05)"))


def endless_loop() -> None:
    for number in itertools.count():
        try:
            assert number >= 0
        except Exception:
            continue


def publishes() -> None:
    happened()


WRONG = (
    raises,
    writes_then_raises,
    broken_sql,
    swallowed_sql,
    commits,
    commits_by_the_kernels_hand,
    commits_in_sql,
    rolls_back,
    rolls_back_in_sql,
    closes,
    removes,
    resets,
    adds_to_a_core_table,
    changes_a_core_row,
    changes_core_rows_in_one_statement,
    changes_core_rows_in_sql,
    drops_a_table,
    exits,
    slow_query,
    endless_queries,
    endless_loop,
    publishes,
)


@pytest.mark.parametrize("act", WRONG, ids=lambda act: act.__name__)
def test_a_listener_that_does_wrong_is_undone_and_named_and_the_rooms_rows_stand(
    inside: Callable[..., LmsFlask], act: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(containment, "SECONDS", 0.4)
    monkeypatch.setattr(containment, "INTERRUPTED_AFTER", 1.0)
    monkeypatch.setattr("lms.envelope.GUEST_STATEMENT_TIMEOUT", "400ms")
    heard: list[str] = []
    inside(listener(act), listener(lambda: heard.append("heard"), name="later"))
    note("the room's")
    happened()
    note("after it")
    door.commit()
    assert notes() == ["after it", "the room's"]
    assert troubles() == [("acme", "lms_on_event")]
    assert heard == ["heard"]


def test_a_deferred_constraint_that_a_guest_breaks_is_found_while_it_can_be_undone(
    inside: Callable[..., LmsFlask], new_database: Callable[[], Database]
) -> None:
    database = new_database()
    with database.connect() as admin:
        admin.execute("create table acme_twin (of int unique deferrable initially deferred)")
        admin.execute("grant all on acme_twin to public")
    twice = text("insert into acme_twin values (1), (1)")
    inside(listener(lambda: db.session.execute(twice)), on=database)
    note("the room's")
    happened()
    door.commit()
    assert notes() == ["the room's"]
    assert troubles() == [("acme", "lms_on_event")]


def test_what_a_guest_writes_in_its_own_tables_is_kept(
    inside: Callable[..., LmsFlask], new_database: Callable[[], Database]
) -> None:
    database = new_database()
    with database.connect() as admin:
        admin.execute("create table acme_tea (cups int)")
        admin.execute("grant all on acme_tea to public")

    def act() -> None:
        db.session.execute(text("insert into acme_tea values (3)"))
        db.session.execute(text("update only acme_tea set cups = 4 where cups = 3"))
        db.session.execute(text("select cups from acme_tea for update"))
        db.session.execute(text("select 'please update people_locality' as words"))

    inside(listener(act), on=database)
    happened()
    door.commit()
    assert db.session.scalar(text("select cups from acme_tea")) == 4
    assert troubles() == []


def test_a_rooms_own_broken_row_is_not_blamed_on_the_guest(
    inside: Callable[..., LmsFlask],
) -> None:
    inside(listener(lambda: None))
    make.locality("Hertfordshire", ons_code="E10000015")
    db.session.add(Locality(name="Another", ons_code="E10000015"))
    with pytest.raises(IntegrityError):
        happened()
    assert troubles() == []


def test_the_rooms_time_limit_is_back_after_a_guest_was_called(
    inside: Callable[..., LmsFlask],
) -> None:
    limits: list[str] = []

    def show() -> None:
        limits.append(db.session.scalar(text("show statement_timeout")))

    inside(listener(show, name="good"), listener(raises, name="bad"))
    before = db.session.scalar(text("show statement_timeout"))
    happened()
    assert limits == ["2s"]
    assert db.session.scalar(text("show statement_timeout")) == before


def test_an_interruption_does_not_outlive_the_call(
    inside: Callable[..., LmsFlask], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(containment, "INTERRUPTED_AFTER", 0.02)
    inside(listener(endless_loop))
    for _ in range(3):
        happened()
    total = sum(number * number for number in range(300_000))
    assert total > 0
    assert len(troubles()) == 3


# -- what a guest answers ----------------------------------------------------------------------


def endless() -> Iterator[Todo]:
    while True:
        yield a_todo()


def late_failure() -> Iterator[Todo]:
    yield a_todo()
    raise ValueError("no tea")


@pytest.mark.parametrize(
    "answer",
    [
        endless,
        late_failure,
        dict,
        lambda: {"text": "Order"},
        lambda: "Order tea",
        lambda: [a_todo(), None],
        lambda: [Panel("Order", "x.html")],
        lambda: [a_todo(due="soon")],
        lambda: [a_todo(text=None)],
        lambda: [a_todo(urgency="very")],
        lambda: sys.exit(1),
    ],
)
def test_an_answer_of_the_wrong_kind_is_a_failure_of_the_plugin_and_the_others_are_shown(
    inside: Callable[..., LmsFlask], answer: Callable[[], object]
) -> None:
    good = Guest("good", lms_todos=lambda actor, today: [a_todo(text="Buy tea")])
    inside(Guest("acme", lms_todos=lambda actor, today: answer()), good)
    found, failed = registry().todos(NOBODY, TODAY)
    assert [todo.text for todo in found] == ["Buy tea"]
    assert [one.plugin for one in failed] == ["acme"]
    assert troubles() == [("acme", "lms_todos")]


def test_nothing_is_an_answer(inside: Callable[..., LmsFlask]) -> None:
    inside(Guest("acme", lms_todos=lambda actor, today: None))
    assert registry().todos(NOBODY, TODAY) == ([], [])


def test_an_entry_of_the_navigation_that_leads_nowhere_is_left_out(
    inside: Callable[..., LmsFlask],
) -> None:
    entry = NavItem("Tea", "acme.no_such_page", 10)
    app = inside(Guest("acme", lms_nav_items=lambda actor: [entry]))
    with app.test_request_context("/"):
        assert entry not in registry().nav(SYSTEM)
    assert app.test_client().get("/sign-in").status_code == 200


def test_a_failing_panel_leaves_the_transaction_usable(inside: Callable[..., LmsFlask]) -> None:
    inside(Guest("acme", lms_panels=lambda place, subject_id, actor: broken_sql()))
    found, failed = registry().panels(Place.HOME, uuid.uuid4(), NOBODY)
    assert found == []
    assert [one.plugin for one in failed] == ["acme"]
    assert notes() == []


# -- too often ---------------------------------------------------------------------------------


def test_three_failures_switch_a_guest_off_and_the_others_go_on(
    inside: Callable[..., LmsFlask],
) -> None:
    calls: list[str] = []

    def fails() -> None:
        calls.append("acme")
        raise ValueError("no tea")

    inside(listener(fails), listener(lambda: calls.append("later"), name="later"))
    for _ in range(5):
        happened()
    assert calls.count("acme") == 3
    assert calls.count("later") == 5
    assert registry().switched_off() == ["acme"]
    assert registry().todos(NOBODY, TODAY)[1] == []


def test_failures_far_apart_do_not_switch_a_guest_off(
    inside: Callable[..., LmsFlask], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lms.envelope.WINDOW", 0.0)
    inside(listener(raises))
    for _ in range(4):
        happened()
    assert registry().switched_off() == []
    assert len(troubles()) == 4


def test_a_failure_is_in_the_log_by_its_kind_without_what_it_said(
    inside: Callable[..., LmsFlask], caplog: pytest.LogCaptureFixture
) -> None:
    def fails() -> None:
        raise ValueError("amara@example.org is unknown")

    inside(listener(fails))
    with caplog.at_level(logging.ERROR):
        happened()
    assert "plugin acme failed in lms_on_event: ValueError" in caplog.text
    assert "amara" not in caplog.text


def test_a_guest_cannot_write_the_audit_trail(inside: Callable[..., LmsFlask]) -> None:
    inside(listener(lambda: db.session.add(AuditEntry(actor_label="", verb="", subject_type=""))))
    publish(Event(by=SYSTEM))
    assert troubles() == [("acme", "lms_on_event")]
