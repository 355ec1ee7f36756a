"""The database keeps its promises by itself, whatever the code above it does."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, time, timedelta
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.exc import IntegrityError, ProgrammingError

from lms import db as door
from lms import migrate
from lms.db import Base, append_only_tables, constraint_of, db
from lms.testing.server import Database
from tests import factories as make

LISTED = Path(__file__).with_name("constraints.txt")
MONDAY = date(2027, 3, 1)

# What the catalogue says of every constraint, partial or unique index and trigger of ours.
CATALOGUE = """
select 'constraint ' || conrelid::regclass || ' ' || conname || ': '
    || pg_get_constraintdef(oid) as line
  from pg_constraint
  where connamespace = 'public'::regnamespace and conrelid <> 0 and contype <> 'n'
    and conrelid::regclass::text !~ '^(procrastinate_|alembic_version)'
union all
select 'index ' || indrelid::regclass || ' ' || pg_get_indexdef(indexrelid) from pg_index
  where indrelid::regclass::text !~ '^(procrastinate_|alembic_version|pg_)'
    and indrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace)
    and not exists (select from pg_constraint where conindid = indexrelid)
union all
select 'trigger ' || tgrelid::regclass || ' ' || pg_get_triggerdef(oid) from pg_trigger
  where not tgisinternal and tgrelid::regclass::text !~ '^procrastinate_'
order by line
"""


@pytest.fixture
def rows(database: Database) -> Iterator[None]:
    """The database as the application reaches it, with no room or page around it."""
    app = Flask("schema")
    app.config["SQLALCHEMY_DATABASE_URI"] = database.app_url
    db.init_app(app)
    with app.app_context():
        yield
        door.rollback()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def refused(rows: None) -> Callable[[str], Refusal]:
    """`with refused("ex_session_venue_clash"): ...` and what went before still stands."""
    return Refusal


class Refusal:
    """Expects a named constraint to refuse what is done inside, in a savepoint."""

    def __init__(self, constraint: str) -> None:
        self.constraint = constraint

    def __enter__(self) -> None:
        db.session.flush()
        self.savepoint = db.session.begin_nested()
        db.session.connection()

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if error is None:
            with pytest.raises(IntegrityError) as caught:
                db.session.flush()
            error = caught.value
        self.savepoint.rollback()
        if not isinstance(error, IntegrityError):
            return False
        assert constraint_of(error) == self.constraint
        return True


# -- history ---------------------------------------------------------------------------------


def test_there_is_one_migration_head_and_it_is_the_one_checked_in() -> None:
    assert migrate.heads() == [migrate.CURRENT_HEAD.read_text().strip()]


def test_the_migrations_make_exactly_the_models_tables(database: Database) -> None:
    assert migrate.drift(database.owner_url) == []
    assert migrate.pending(database.owner_url) == []


def test_constraints_and_triggers_are_the_listed_ones(database: Database) -> None:
    """Autogenerate compares neither.

    After a change that is meant: `LMS_WRITE_CONSTRAINTS=1 pytest -k listed_ones`, and read the
    difference before committing it.
    """
    with database.connect() as connection:
        found = "".join(f"{line}\n" for (line,) in connection.execute(CATALOGUE))
    if os.environ.get("LMS_WRITE_CONSTRAINTS"):
        LISTED.write_text(found)
    assert found.splitlines() == LISTED.read_text().splitlines()


def test_a_second_upgrade_changes_nothing_and_two_at_once_do_no_harm(
    new_database: Callable[..., Database],
) -> None:
    fresh = new_database(migrated=False)
    assert migrate.current(fresh.owner_url) is None
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(migrate.upgrade, fresh.owner_url, demo=False) for _ in range(2)]
        assert [each.result(30) for each in both] == [None, None]
    assert migrate.current(fresh.app_url) == migrate.heads()[0]
    migrate.upgrade(fresh.owner_url, demo=False)
    assert migrate.drift(fresh.owner_url) == []


def test_a_database_of_a_newer_release_is_refused_in_words(
    new_database: Callable[..., Database],
) -> None:
    fresh = new_database()
    with fresh.connect() as connection:
        connection.execute("update alembic_version set version_num = '9999'")
    with pytest.raises(migrate.MigrationError, match="newer release"):
        migrate.upgrade(fresh.owner_url, demo=False)


# -- shape -----------------------------------------------------------------------------------

FLOORS = ("people", "messages", "ambassadors", "reports", "courses", "surveys", "certificates")


def _floor(table: str) -> int:
    room = table.partition("_")[0]
    return FLOORS.index(room) + 1 if room in FLOORS else 0


def _core_tables() -> list[str]:
    migrate.load_models()
    shown = migrate.context_options()["include_object"]
    return [name for name in Base.metadata.tables if shown(None, name, "table", False, None)]


def test_foreign_keys_point_down_to_the_floors_below() -> None:
    upward = [
        f"{name}.{key.parent.name} -> {key.column.table.name}"
        for name in _core_tables()
        for key in Base.metadata.tables[name].foreign_keys
        if _floor(key.column.table.name) > _floor(name)
    ]
    assert upward == []


def test_every_foreign_key_says_what_happens_on_delete() -> None:
    silent = [
        f"{name}.{constraint.name}"
        for name in _core_tables()
        for constraint in Base.metadata.tables[name].foreign_key_constraints
        if constraint.ondelete is None
    ]
    assert silent == []


def test_every_foreign_key_has_an_index_that_begins_with_it(database: Database) -> None:
    engine = create_engine(database.app_url)
    catalogue = inspect(engine)
    bare = []
    for name in _core_tables():
        indexed = [i["column_names"] for i in catalogue.get_indexes(name) if not _partial(i)]
        indexed += [u["column_names"] for u in catalogue.get_unique_constraints(name)]
        indexed.append(catalogue.get_pk_constraint(name)["constrained_columns"])
        for key in catalogue.get_foreign_keys(name):
            columns = key["constrained_columns"]
            if not any(index[:1] == columns[:1] for index in indexed):
                bare.append(f"{name}.{','.join(columns)}")
    engine.dispose()
    assert bare == []


def _partial(index: dict[str, object]) -> bool:
    return bool(index.get("dialect_options", {}).get("postgresql_where"))


def test_relationships_load_on_purpose() -> None:
    migrate.load_models()
    loose = [
        str(relation)
        for mapper in Base.registry.mappers
        for relation in mapper.relationships
        if relation.lazy != "raise_on_sql" or (relation.uselist and not relation.passive_deletes)
    ]
    assert loose == []


# -- what never changes ----------------------------------------------------------------------


def test_the_append_only_tables_are_the_guarded_ones(database: Database) -> None:
    migrate.load_models()
    guarded = """
        select distinct tgrelid::regclass::text from pg_trigger
        where tgfoid = to_regproc('append_only') and not tgisinternal order by 1
    """
    with database.connect() as connection:
        found = [name for (name,) in connection.execute(guarded)]
    assert found == [name for name in append_only_tables() if name in _core_tables()]


WAYS = ("update {} set id = id", "delete from {}", "truncate {} cascade")


@pytest.mark.parametrize("way", WAYS, ids=("update", "delete", "truncate"))
@pytest.mark.parametrize("role", ["owner", "application"])
def test_an_append_only_row_stays(way: str, role: str, database: Database) -> None:
    url = database.owner_url if role == "owner" else database.app_url
    engine = create_engine(url)
    with database.connect() as admin:
        # Whatever it refers to is of no interest here: one row of each, made without checks.
        admin.execute("set session_replication_role = replica")
        for table in append_only_tables():
            _one_row(admin, table)
    for table in append_only_tables():
        with engine.connect() as connection, pytest.raises(ProgrammingError) as caught:
            connection.execute(text(way.format(table)))
        assert isinstance(caught.value.orig, psycopg.errors.InsufficientPrivilege), table
    engine.dispose()


def _one_row(admin: psycopg.Connection[tuple[object, ...]], table: str) -> None:
    """A row that only satisfies the columns' types: the checks of the table are taken off."""
    admin.execute("begin")
    columns = admin.execute(
        "select column_name, udt_name from information_schema.columns"
        " where table_schema = 'public' and table_name = %s and is_nullable = 'NO'"
        " and column_default is null",
        [table],
    ).fetchall()
    values = {
        "uuid": "gen_random_uuid()", "text": "''", "timestamptz": "now()", "jsonb": "'{}'",
        "int4": "1", "bool": "true", "bytea": "''",
        "date": "'2027-03-01'", "_uuid": "'{}'",
    }  # fmt: skip
    known = {
        "mark": "'absent'", "verdict": "'completed'", "source": "'hook'", "channel": "'link'",
        "outcome": "'fully'", "text": "'Words'", "kind": "'offer'",
        "audience": "'partner'", "title": "'A return'", "reason": "'Two merged'",
    }  # fmt: skip
    listed = ", ".join(f'"{name}"' for name, _ in columns)
    given = ", ".join(known.get(str(name), values[str(kind)]) for name, kind in columns)
    admin.execute(f"insert into {table} ({listed}) values ({given})")
    admin.execute("commit")


def test_redaction_of_an_erased_person_passes_for_the_owner_alone(database: Database) -> None:
    with database.connect() as admin:
        _one_row(admin, "audit_entry")
    engine = create_engine(database.owner_url)
    with engine.begin() as connection:
        connection.execute(text("set local lms.erasing = 'on'"))
        connection.execute(text("update audit_entry set actor_label = 'erased'"))
        assert connection.scalar(text("select actor_label from audit_entry")) == "erased"
    engine.dispose()
    engine = create_engine(database.app_url)
    with engine.connect() as connection:
        connection.execute(text("set local lms.erasing = 'on'"))
        with pytest.raises(ProgrammingError, match="permission denied"):
            connection.execute(text("update audit_entry set actor_label = 'erased'"))
    engine.dispose()


@pytest.mark.parametrize("demo", [True, False], ids=("demo", "site"))
def test_a_database_is_a_demonstration_from_its_first_migration_or_never(
    demo: bool, new_database: Callable[..., Database]
) -> None:
    fresh = new_database(demo=demo)
    assert migrate.is_demo(fresh.app_url) is demo
    with fresh.connect() as superuser:
        for change in (
            "update installation set is_demo = not is_demo",
            "delete from installation",
            "truncate installation",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                superuser.execute(change)
        with pytest.raises(psycopg.errors.UniqueViolation):
            superuser.execute(
                "insert into installation (id, is_only, is_demo, created_at)"
                " values (gen_random_uuid(), true, true, now())"
            )
    if not demo:
        with pytest.raises(migrate.MigrationError, match="began without it"):
            migrate.upgrade(fresh.owner_url, demo=True)


def test_the_application_may_neither_make_nor_cut_off_tables(database: Database) -> None:
    engine = create_engine(database.app_url)
    for forbidden in (
        "create table extra (id int)",
        "alter table people_person add column extra int",
        "truncate people_person cascade",
        "update alembic_version set version_num = '0'",
        "insert into installation select * from installation",
    ):
        with engine.connect() as connection, pytest.raises(ProgrammingError):
            connection.execute(text(forbidden))
    engine.dispose()


# -- nobody is in two places at once ---------------------------------------------------------


def test_a_room_is_not_given_twice_for_the_same_hour(refused: Callable[[str], Refusal]) -> None:
    room = make.venue()
    make.session(make.cohort(), MONDAY, venue_id=room.id)
    with refused("ex_session_venue_clash"):
        make.session(make.cohort(), make.hours(MONDAY, time(12), time(13)), venue_id=room.id)


@pytest.mark.usefixtures("rows")
def test_a_room_is_free_again_the_minute_a_session_ends() -> None:
    room = make.venue()
    make.session(make.cohort(), make.hours(MONDAY, time(9), time(12)), venue_id=room.id)
    make.session(make.cohort(), make.hours(MONDAY, time(12), time(13)), venue_id=room.id)


@pytest.mark.usefixtures("rows")
def test_people_meeting_by_link_need_no_room_to_themselves() -> None:
    make.session(make.cohort(), MONDAY, link="https://meet.example/1")
    make.session(make.cohort(), MONDAY, link="https://meet.example/2")


@pytest.mark.usefixtures("rows")
def test_a_cancelled_session_gives_its_room_trainer_and_people_back() -> None:
    room, sam, amara = make.venue(), make.trainer(), make.person()
    for _ in range(2):
        cohort = make.cohort()
        held = make.session(cohort, MONDAY, venue_id=room.id)
        make.teaches(sam, held)
        make.booking(cohort, amara)
        held.holds = False
        make.keep(held)


def test_moving_a_session_takes_its_trainer_along_and_meets_the_clash(
    refused: Callable[[str], Refusal],
) -> None:
    sam = make.trainer()
    make.teaches(sam, make.session(make.cohort(), MONDAY))
    moving = make.session(make.cohort(), MONDAY + timedelta(days=1))
    copy = make.teaches(sam, moving)
    with refused("ex_session_trainer_clash"):
        moving.during = make.hours(MONDAY)
        db.session.flush()
    db.session.expire_all()
    moving.during = make.hours(MONDAY + timedelta(days=2))
    db.session.flush()
    db.session.refresh(copy)
    assert copy.during == moving.during


def test_moving_a_session_onto_another_booking_of_a_learner_is_refused(
    refused: Callable[[str], Refusal],
) -> None:
    amara, one, other = make.person(), make.cohort(), make.cohort()
    make.session(one, MONDAY)
    moving = make.session(other, MONDAY + timedelta(days=1))
    make.booking(one, amara)
    make.booking(other, amara)
    with refused("ex_place_person_clash"):
        moving.during = make.hours(MONDAY)
        db.session.flush()


def test_a_learner_is_booked_once_for_an_hour_but_may_be_offered_another(
    refused: Callable[[str], Refusal],
) -> None:
    amara, one, other = make.person(), make.cohort(), make.cohort()
    for cohort in (one, other):
        make.session(cohort, MONDAY)
    make.booking(one, amara)
    with refused("ex_place_person_clash"):
        make.booking(other, amara)
    offer = make.booking(other, amara, state="offered")
    with refused("ex_place_person_clash"):
        make.change_booking(offer, "booked")


@pytest.mark.usefixtures("rows")
def test_cancelling_a_booking_frees_the_learners_hour() -> None:
    amara, one, other = make.person(), make.cohort(), make.cohort()
    for cohort in (one, other):
        make.session(cohort, MONDAY)
    make.change_booking(make.booking(one, amara), "cancelled")
    make.booking(other, amara)


def test_a_place_cannot_claim_another_hour_person_or_standing_than_the_rows_it_copies(
    refused: Callable[[str], Refusal],
) -> None:
    cohort = make.cohort()
    at = make.session(cohort, MONDAY)
    booked = make.booking(cohort, state="offered")
    (place,) = db.session.query(make.Place).all()
    with refused("fk_courses_place_session_id_courses_session"):
        place.during = make.hours(MONDAY, time(14), time(15))
    db.session.expire_all()
    with refused("fk_courses_place_booking_id_courses_booking"):
        place.person_id = make.person().id
    db.session.expire_all()
    place.is_booked = True
    db.session.flush()
    db.session.refresh(place)
    assert place.is_booked is False
    assert (at.holds, booked.state) == (True, "offered")


@pytest.mark.parametrize(
    "during",
    [
        make.hours(MONDAY, time(9), time(9)),
        Range(make.hours(MONDAY).lower, None),
        Range(None, make.hours(MONDAY).upper),
        Range(make.hours(MONDAY).lower, make.hours(MONDAY).upper, bounds="[]"),
    ],
    ids=("empty", "no end", "no start", "end included"),
)
def test_a_session_has_a_start_an_end_and_a_length(
    during: Range, refused: Callable[[str], Refusal]
) -> None:
    cohort = make.cohort()
    with refused("ck_courses_session_bounded"):
        make.session(cohort, during)


# -- seats and histories ---------------------------------------------------------------------


@pytest.mark.usefixtures("rows")
def test_seats_are_held_by_the_offered_and_the_booked_and_given_back() -> None:
    cohort = make.cohort(capacity=3)

    def taken() -> int:
        db.session.refresh(cohort)
        return cohort.seats_taken

    first, offer = make.booking(cohort), make.booking(cohort, state="offered")
    asked = make.booking(cohort, state="requested")
    assert taken() == 2
    make.change_booking(offer, "booked")
    assert taken() == 2
    make.change_booking(asked, "booked")
    assert taken() == 3
    make.change_booking(first, "cancelled")
    assert taken() == 2


def test_a_full_cohort_takes_nobody_and_cannot_shrink_below_who_is_in(
    refused: Callable[[str], Refusal],
) -> None:
    cohort = make.cohort(capacity=2)
    make.booking(cohort)
    make.booking(cohort)
    with refused("ck_cohort_not_oversold"):
        make.booking(cohort)
    with refused("ck_cohort_not_oversold"):
        cohort.capacity = 1


def test_nobody_is_booked_on_a_cancelled_cohort_nor_left_on_one(
    refused: Callable[[str], Refusal],
) -> None:
    cohort = make.cohort()
    booked = make.booking(cohort)
    with refused("ck_cohort_no_seats_unless_open"):
        cohort.state = "cancelled"
    db.session.expire_all()
    make.change_booking(booked, "cancelled")
    cohort.state = "cancelled"
    db.session.flush()
    with refused("ck_cohort_no_seats_unless_open"):
        make.booking(cohort)


def test_only_a_draft_may_be_incomplete(refused: Callable[[str], Refusal]) -> None:
    cohort = make.cohort(
        state="draft", design=None, capacity=None, rule=None, template=None, draft={"step": 1}
    )
    with refused("ck_courses_cohort_complete"):
        cohort.state = "scheduled"


def test_a_person_is_on_a_cohort_once_until_that_booking_ends(
    refused: Callable[[str], Refusal],
) -> None:
    cohort, amara = make.cohort(), make.person()
    first = make.booking(cohort, amara)
    with refused("uq_courses_booking_active"):
        make.booking(cohort, amara)
    make.change_booking(first, "cancelled")
    make.booking(cohort, amara)


@pytest.mark.usefixtures("rows")
def test_fifty_at_once_for_five_seats_leave_five_in() -> None:
    cohort = make.cohort(capacity=5)
    people = [make.person().id for _ in range(50)]
    door.commit()
    engine = create_engine(db.engine.url, pool_size=50)
    together = threading.Barrier(50)
    insert = text(
        "insert into courses_booking (id, cohort_id, person_id, state, source, profession_label,"
        " organisation_label, locality_label, needs_approval, created_at, updated_at) values"
        " (gen_random_uuid(), :cohort, :person, 'booked', 'self', '', '', '', false, now(), now())"
    )

    def book(person: object) -> str:
        with engine.connect() as connection:
            together.wait(30)
            try:
                connection.execute(insert, {"cohort": cohort.id, "person": person})
                connection.commit()
            except IntegrityError as error:
                return str(constraint_of(error))
        return "in"

    with ThreadPoolExecutor(50) as pool:
        outcomes = list(pool.map(book, people))
    engine.dispose()
    assert sorted(outcomes) == ["ck_cohort_not_oversold"] * 45 + ["in"] * 5
    db.session.refresh(cohort)
    assert cohort.seats_taken == 5


def test_a_booking_does_not_change_its_state_without_a_line_in_its_history(
    refused: Callable[[str], Refusal],
) -> None:
    booked = make.booking(make.cohort())
    with refused("booking_change_written"):
        booked.state = "cancelled"


def test_an_old_line_of_history_does_not_allow_the_same_step_again(
    refused: Callable[[str], Refusal],
) -> None:
    booked = make.booking(make.cohort(), state="offered")
    with db.session.begin_nested():
        make.change_booking(booked, "booked")
    make.change_booking(booked, "offered")
    door.commit()
    with refused("booking_change_written"):
        booked.state = "booked"


@pytest.mark.parametrize("of", ["attendance", "completion"])
def test_a_record_has_one_current_row(of: str, refused: Callable[[str], Refusal]) -> None:
    cohort = make.cohort()
    make.session(cohort, MONDAY)
    booked, other = make.booking(cohort), make.booking(cohort)
    first_place, other_place = (
        db.session.query(make.Place).filter_by(booking_id=b.id).one() for b in (booked, other)
    )
    record = make.attendance if of == "attendance" else make.completion
    mine, theirs = (first_place, other_place) if of == "attendance" else (booked, other)
    first = record(mine)
    with refused(f"uq_courses_{of}_root"):
        record(mine)
    record(mine, replaces_id=first.id)
    with refused(f"uq_courses_{of}_replaces_id"):
        record(mine, replaces_id=first.id)
    elsewhere = record(theirs)
    with refused(f"fk_courses_{of}_replaces_id"):
        record(mine, replaces_id=elsewhere.id)


# -- people ----------------------------------------------------------------------------------


def test_an_address_is_one_persons_in_whatever_case_it_is_written(
    refused: Callable[[str], Refusal],
) -> None:
    make.person(email="Amara.Okafor@example.org")
    other = make.person(email=None)
    with refused("uq_people_person_email_address"):
        make.address(other, "amara.okafor@EXAMPLE.org")


def test_a_person_has_one_primary_address(refused: Callable[[str], Refusal]) -> None:
    amara = make.person()
    with refused("uq_people_person_email_primary"):
        make.address(amara, "second@example.org", is_primary=True)


def test_a_role_is_held_once_in_a_scope_until_it_ends(refused: Callable[[str], Refusal]) -> None:
    priya = make.person("Priya", "Nair")
    held = make.grant(priya, "coordinator")
    with refused("uq_people_role_grant_active"):
        make.grant(priya, "coordinator")
    held.ended_at = held.created_at
    make.keep(held)
    make.grant(priya, "coordinator")


def test_a_role_in_a_place_names_the_place(refused: Callable[[str], Refusal]) -> None:
    priya = make.person("Priya", "Nair")
    with refused("ck_people_role_grant_scope_id"):
        make.grant(priya, "coordinator", "locality", "")


@pytest.mark.usefixtures("rows")
def test_people_sort_by_family_name_without_accents_or_case() -> None:
    for given, family in (("Siân", "Óg"), ("Zoe", "Nye"), ("amy", "óg"), ("Bo", "de Vere")):
        make.person(given, family)
    people = db.session.query(make.Person).order_by(make.Person.sort_key)
    assert [p.given_name for p in people] == ["Bo", "Zoe", "amy", "Siân"]


@pytest.mark.usefixtures("rows")
def test_a_changed_name_changes_where_the_person_is_listed() -> None:
    amara = make.person("Amara", "Okafor")
    amara.family_name = "Ábel"
    make.keep(amara)
    assert amara.sort_key == "abel amara"


def test_a_person_has_a_name_until_erased(refused: Callable[[str], Refusal]) -> None:
    with refused("ck_people_person_named"):
        make.person(" ", " ")
