"""Building the demonstration: where it may be built, how often, and that chance repeats itself."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import MetaData, select, text

from lms import clock, demo
from lms.app import create_app
from lms.cli import cli
from lms.db import db, rollback
from lms.people.models import Person
from lms.testing import settings_for
from lms.testing.server import Database
from plugins.demonstration import days, world
from plugins.demonstration.programme import RUNS

Make = Callable[..., Database]

TODAY = date(2027, 3, 9)
NOT_FROM_THE_SEED = {
    "people_personal_link": {"key"},
    "certificates_certificate": {"number", "shown", "pdf_sha256"},
    "certificates_certificate_file": {"pdf"},
    "courses_booking_change": {"transaction"},
    "courses_cohort": {"draft"},
}
"""Secrets and what shows them are drawn anew, so that nobody can foresee them from the seed; a
transaction has the server's number, a draft names the catalogue's rows.
"""
SHIPPED = (
    "ambassadors_role_description",
    "courses_course",
    "courses_edition",
    "courses_component",
    "surveys_instrument",
    "people_profession",
)
"""What an upgrade brings in, whatever the seed."""


@contextmanager
def inside(database: Database, **changes: object) -> Iterator[None]:
    app = create_app(settings_for(database, **changes))
    try:
        with app.app_context():
            yield
            rollback()
            db.session.remove()
            db.engine.dispose()
    finally:
        clock.set_today(None)


def only(monkeypatch: pytest.MonkeyPatch, *keys: str) -> None:
    monkeypatch.setattr(world, "RUNS", [run for run in RUNS if run.key in keys])


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four runs instead of all: with e-learning, under way, after only, and a draft."""
    only(monkeypatch, "be-3", "be-6", "tc-2", "be-9")


@pytest.fixture
def hardly_any(monkeypatch: pytest.MonkeyPatch) -> None:
    """Places, people and one draft."""
    only(monkeypatch, "be-9")


def fingerprint(database: Database, seed: int, today: date = TODAY) -> dict[str, str]:
    """A hash of each table's rows, ids included, as one build left them."""
    with inside(database):
        demo.build(today, seed)
        db.session.flush()
        known = MetaData()
        known.reflect(db.session.connection())
        found = {}
        for table in known.sorted_tables:
            if table.name.startswith("procrastinate") or table.name in SHIPPED:
                continue
            hidden = NOT_FROM_THE_SEED.get(table.name, set())
            columns = [
                column
                for column in table.c
                if column.name not in hidden
                and not any(key.column.table.name in SHIPPED for key in column.foreign_keys)
            ]
            lines = sorted(map(repr, db.session.execute(select(*columns)).all()))
            found[table.name] = hashlib.sha256("\n".join(lines).encode()).hexdigest()
        return found


def test_the_same_seed_makes_the_same_rows_and_another_other_people(
    few: None, new_database: Make
) -> None:
    one = fingerprint(new_database(demo=True), 7)
    again = fingerprint(new_database(demo=True), 7)
    other = fingerprint(new_database(demo=True), 8)
    assert {name for name, rows in one.items() if again[name] != rows} == set()
    assert one["people_person"] != other["people_person"]


def test_it_can_be_seen_from_a_day_on_which_nobody_works(few: None, new_database: Make) -> None:
    christmas = date(2026, 12, 26)
    with inside(new_database(demo=True), today=christmas.isoformat()):
        assert demo.build()
        late = text("select max(created_at) from courses_booking")
        assert db.session.scalar(late).date() < christmas


def test_nobody_is_in_two_places_and_no_course_is_at_a_weekend() -> None:
    courses = (
        (-14, 4, 7, "sam"), (2, 1, 7, "sam"), (12, 1, 7, "sam"), (-330, 4, 7, "sam"),
        (31, 1, 7, "sam"), (-63, 7, 14, "naomi"), (1, 1, 7, "naomi"),
    )  # fmt: skip
    for today in (TODAY + timedelta(days=n) for n in range(400)):
        calendar = days.Days(today)
        taken = [
            (day, need)
            for offset, number, every, need in courses
            for day in calendar.sessions(offset, number, every, [need])
        ]
        assert len(set(taken)) == len(taken), today
        assert all(day.weekday() < 5 for day, _ in taken), today


def test_what_offices_do_keeps_its_order_and_their_hours() -> None:
    begin = datetime(2026, 12, 18, tzinfo=UTC)
    moments = [days.in_hours(begin + timedelta(hours=5 * n)) for n in range(130)]
    assert moments == sorted(moments)
    assert all(9 <= clock.london(moment).hour < 17 for moment in moments)
    assert all(days.next_working(moment.date()) == moment.date() for moment in moments)


def test_it_is_refused_where_people_may_be(new_database: Make) -> None:
    with inside(new_database(demo=False)):
        with pytest.raises(demo.DemoError, match="not made for the demonstration"):
            demo.build(TODAY)
        assert db.session.scalar(select(Person.id)) is None


def test_it_is_built_once(hardly_any: None, new_database: Make) -> None:
    with inside(new_database(demo=True)):
        assert demo.build(TODAY) is True
        people = len(db.session.scalars(select(Person.id)).all())
        assert demo.build(TODAY) is False
        assert len(db.session.scalars(select(Person.id)).all()) == people


def test_left_out_with_the_providers_it_says_so(new_database: Make) -> None:
    with (
        inside(new_database(demo=True), safe_mode=True),
        pytest.raises(demo.DemoError, match="LMS_SAFE_MODE"),
    ):
        demo.build(TODAY)


def test_the_command_says_what_it_did(
    hardly_any: None, new_database: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    database = new_database(demo=True)
    monkeypatch.setenv("LMS_INSTANCE", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", database.app_url)
    monkeypatch.setenv("LMS_OWNER_DATABASE_URL", database.owner_url)
    first = CliRunner().invoke(cli, ["demo", "--today", "2027-03-09", "--seed", "3"])
    assert (first.exit_code, first.output) == (0, "demonstration: ready\n")
    second = CliRunner().invoke(cli, ["demo"])
    assert second.output == "demonstration: it is there already, nothing was changed\n"
