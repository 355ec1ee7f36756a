"""The database door: who ends a transaction, what a broken constraint becomes, keys by age."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, InvalidRequestError
from sqlalchemy.orm import configure_mappers

from lms.db import (
    Base,
    CommitForbidden,
    Complaint,
    TransactionAborted,
    apart,
    commit,
    crash_point,
    db,
    driver_connection,
    keys_from,
    lock_row,
    rollback,
    unit_of_work,
    uuid7,
    violations,
)
from lms.people.models import Locality, Organisation
from lms.testing import Database
from tests import factories as make
from tests.kernel.kit import note, notes

TAKEN = Complaint("name", "There is a place of this name already")


# -- keys --------------------------------------------------------------------------------------


def test_keys_made_in_one_millisecond_sort_in_the_order_they_were_made(frozen):
    frozen("2027-03-04 09:30")
    made = [uuid7() for _ in range(2000)]
    assert made == sorted(made)


def test_a_key_is_a_uuid_of_version_7_that_says_when_it_was_made(
    frozen: Callable[[str], datetime],
) -> None:
    at = frozen("2027-03-04 09:30")
    key = uuid7()
    assert (key.version, key.variant) == (7, uuid.RFC_4122)
    assert datetime.fromtimestamp((key.int >> 80) / 1000, UTC) == at


def test_keys_sort_by_age_and_never_repeat(frozen: Callable[[str], datetime]) -> None:
    made = []
    for minute in range(10, 40):
        frozen(f"2027-03-04 09:{minute}")
        made.append([uuid7() for _ in range(50)])
    keys = [key for batch in made for key in batch]
    assert len(set(keys)) == len(keys)
    assert all(max(one) < min(next_) for one, next_ in itertools.pairwise(made))


def test_a_demonstrations_keys_are_the_same_each_time_and_real_ones_are_not(
    frozen: Callable[[str], datetime],
) -> None:
    frozen("2027-03-04 09:30")

    def two() -> list[uuid.UUID]:
        with keys_from(Random(7)):
            return [uuid7(), uuid7()]

    assert two() == two()
    assert uuid7() != uuid7()


# -- who ends a transaction --------------------------------------------------------------------


@pytest.mark.usefixtures("session")
@pytest.mark.parametrize("end", ["commit", "rollback"])
def test_only_the_kernel_ends_a_transaction(end: str) -> None:
    note("mine")
    db.session.flush()
    with pytest.raises(CommitForbidden):
        getattr(db.session, end)()
    assert notes() == ["mine"]


@pytest.mark.usefixtures("session")
def test_savepoints_are_free() -> None:
    note("outer")
    savepoint = db.session.begin_nested()
    note("inner")
    savepoint.rollback()
    assert notes() == ["outer"]


@pytest.mark.usefixtures("session")
def test_an_aborted_transaction_is_never_committed_in_silence() -> None:
    note("before")
    db.session.flush()
    with pytest.raises(Exception, match="no_such_column"):
        db.session.execute(text("select no_such_column from person"))
    with pytest.raises(TransactionAborted):
        commit()
    assert notes() == []


@pytest.mark.usefixtures("session")
def test_a_unit_of_work_is_kept_whole_or_not_at_all() -> None:
    def fail() -> None:
        with unit_of_work():
            note("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    with unit_of_work():
        note("whole")
    rollback()
    assert notes() == ["whole"]


@pytest.mark.usefixtures("session")
def test_what_is_written_apart_outlives_the_transaction() -> None:
    note("gone")
    db.session.flush()
    with apart() as connection:
        connection.execute(
            text(
                "insert into people_locality (id, name, ons_code, created_at, updated_at)"
                " values (:id, 'apart', 'E1', now(), now())"
            ),
            {"id": uuid7()},
        )
    rollback()
    assert notes() == ["apart"]


@pytest.mark.usefixtures("session")
def test_the_drivers_connection_is_inside_the_savepoint_that_was_announced() -> None:
    savepoint = db.session.begin_nested()
    driver_connection().execute(
        "insert into people_locality (id, name, ons_code, created_at, updated_at)"
        " values (gen_random_uuid(), 'inside', 'E1', now(), now())"
    )
    savepoint.rollback()
    assert notes() == []


@pytest.mark.usefixtures("session")
def test_a_locked_row_waits_for_whoever_holds_it(database: Database) -> None:
    place = make.locality("Herts")
    commit()
    lock_row(Locality, place.id)
    with database.connect() as other:
        found = other.execute("select name from people_locality for update skip locked").fetchall()
        assert found == []
    rollback()
    with database.connect() as other:
        found = other.execute("select name from people_locality for update skip locked").fetchall()
        assert found == [("Herts",)]


def test_a_crash_point_that_nobody_asked_for_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LMS_CRASH_AT", "somewhere.else")
    crash_point("here")


# -- broken constraints ------------------------------------------------------------------------


@pytest.mark.usefixtures("session")
def test_a_broken_constraint_becomes_the_complaint_of_its_name_and_the_rest_stands() -> None:
    make.locality("Herts", ons_code="E1")
    with pytest.raises(Complaint) as caught, violations(uq_people_locality_ons_code=TAKEN):
        db.session.add(Locality(name="Essex", ons_code="E1"))
    assert (caught.value.field, str(caught.value)) == (TAKEN.field, TAKEN.text)
    note("after it")
    assert notes() == ["Herts", "after it"]


@pytest.mark.usefixtures("session")
def test_a_constraint_nobody_named_is_raised_as_it_came() -> None:
    make.locality("Herts", ons_code="E1")
    with pytest.raises(IntegrityError), violations(uq_something_else=TAKEN):
        db.session.add(Locality(name="Essex", ons_code="E1"))


@pytest.mark.usefixtures("session")
def test_what_was_pending_before_is_not_taken_for_ours() -> None:
    make.locality("Herts", ons_code="E1")
    db.session.add(Locality(name="Essex", ons_code="E1"))
    with pytest.raises(IntegrityError), violations(uq_people_locality_ons_code=TAKEN):
        note("ours")


@pytest.mark.usefixtures("session")
def test_an_error_of_another_kind_passes_and_takes_only_its_own_writes_along() -> None:
    note("before")
    with pytest.raises(ValueError, match="no"), violations(uq_people_locality_ons_code=TAKEN):
        _write_and_fail()
    assert notes() == ["before"]


def _write_and_fail() -> None:
    note("inside")
    db.session.flush()
    raise ValueError("no")


# -- loading -----------------------------------------------------------------------------------


@pytest.mark.usefixtures("session")
def test_a_row_that_is_locked_is_as_it_stands_now_and_keeps_what_was_changed_here(
    database: Database,
) -> None:
    place = make.locality("Hertford")
    commit()
    read = db.session.get_one(Locality, place.id)
    with database.connect() as other:
        other.execute("update people_locality set name = 'Hertfordshire'")
    unlocked = db.session.scalars(select(Locality)).one().name
    read.ons_code = "E10000015"
    db.session.scalars(select(Locality).with_for_update()).one()

    assert (unlocked, read.name, read.ons_code) == ("Hertford", "Hertfordshire", "E10000015")


@pytest.mark.usefixtures("session")
def test_a_relationship_that_was_not_asked_for_is_an_error_and_not_a_query() -> None:
    of = make.organisation("School", locality_id=make.locality("Herts").id)
    commit()
    db.session.expunge_all()
    found = db.session.scalars(select(Organisation).where(Organisation.id == of.id)).one()
    with pytest.raises(InvalidRequestError, match="raise_on_sql"):
        _ = found.locality


def test_every_relationship_of_every_room_is_loaded_on_purpose() -> None:
    configure_mappers()
    lazy = {
        f"{mapper.class_.__name__}.{name}": relation.lazy
        for mapper in Base.registry.mappers
        for name, relation in mapper.relationships.items()
    }
    assert lazy
    assert {name: how for name, how in lazy.items() if how != "raise_on_sql"} == {}
