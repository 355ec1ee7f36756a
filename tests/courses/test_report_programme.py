"""How many started, stayed and finished: the published table of parents, and our own people."""

from __future__ import annotations

import csv
from datetime import date, timedelta

import pytest

from courses.models import Attendance, ComponentCompletion, Place
from courses.reports import programme
from lms import clock
from lms.contracts import SYSTEM, Actor, Audience, Grant, Role, Scope, ScopeKind
from lms.db import db
from lms.reports.asking import Asked
from lms.reports.disclosure import POLICIES, hide
from lms.reports.documents.files import as_file
from lms.reports.drafts import document_for_team
from lms.reports.models import DeliveryCount
from lms.spreadsheets import CSV
from tests import factories as make
from tests.courses.over import cohort, person
from tests.reporting import ask, consistent, notes, said, table, tables

PUBLISHED = (
    ("Arguing Better", 13, 41, 34, 28, 22, "retained"),
    ("Getting it Right for Children", 11, 27, 24, 23, 23, "starts"),
    ("Me, You and Baby Too", 5, 13, 10, 10, 10, "retained"),
)


@pytest.fixture(autouse=True)
def at_a_later_time(session, frozen):
    frozen("2027-08-01 09:00")


@pytest.fixture
def northumberland():
    """The place whose table was published, with its rows."""
    place = make.locality("Northumberland")
    for project, *numbers, base in PUBLISHED:
        names = (
            "projects_started", "clients_enrolled", "clients_starts", "retained", "milestones",
        )  # fmt: skip
        make.keep(
            DeliveryCount(
                locality_id=place.id,
                project=project,
                starts_on=date(2021, 10, 1),
                ends_on=date(2024, 2, 27),
                milestone_base=base,
                source="Northumberland RPC report 2024",
                by_label="Priya Nair",
                **dict(zip(names, numbers, strict=True)),
            )
        )
    return place


def build(**filters):
    draft = programme.build(ask(**filters))
    consistent(draft)
    return draft


def test_the_published_table_comes_out_with_every_base_named(northumberland):
    draft = build(localities=(northumberland.id,))
    grid = table(draft, "delivery")
    assert [grid[name, "% retained (of starts)"] for name, *_ in PUBLISHED] == [
        "82%",
        "96%",
        "100%",
    ]
    assert [grid[name, "% milestones (of retained)"] for name, *_ in PUBLISHED] == [
        "79%",
        "100%",
        "100%",
    ]
    assert [grid[name, "% milestones (of starts)"] for name, *_ in PUBLISHED] == [
        "65%",
        "96%",
        "100%",
    ]
    assert [grid["All", column] for column in programme.delivery.COLUMNS] == [
        "29", "81", "68", "61", "90%", "55", "90%", "81%",
    ]  # fmt: skip
    assert (draft.place, draft.period) == ("Northumberland", "October 2021 to February 2024")


def test_it_is_said_which_base_the_published_table_took_for_which_project(northumberland):
    draft = build()
    assert (
        "Arguing Better. Retained: 28 of 34 who started (82%). Milestones: 22 of 28 retained "
        "(79%); 22 of 34 who started (65%)." in said(draft)
    )
    [note, source] = notes(draft, "delivery")
    assert note == (
        "The published table uses “of retained” for Arguing Better (79%) and “of starts” for "
        "Getting it Right for Children (96%). Both bases are shown here."
    )
    assert source.startswith("Source: Northumberland RPC report 2024. From 1 October 2021")


def test_few_parents_are_hidden_outside_the_team_like_any_other_people(northumberland):
    draft = build(audience=Audience.PUBLICATION)
    hidden = hide(draft, POLICIES[Audience.PUBLICATION])
    few, total = "delivery2_handed_in", "delivery_all_handed_in"
    assert f"{few}_retained" in hidden, "23 of 24 stayed"
    assert f"{few}_retained_of_{few}_clients_starts" in hidden
    assert (
        not {f"{total}_clients_starts", f"{total}_retained", "delivery2_projects_started"} & hidden
    )


def test_counts_handed_in_stay_within_their_place_and_period(northumberland):
    elsewhere = make.locality("Essex")
    analyst = Actor(
        None, "Ann", (Grant(Role.ANALYST, Scope(ScopeKind.LOCALITY, str(elsewhere.id))),)
    )
    assert programme.build(ask(analyst)).empty
    assert programme.build(ask(localities=(elsewhere.id,))).empty
    assert programme.build(ask(start=date(2022, 1, 1))).empty
    assert tables(build(start=date(2021, 10, 1), end=date(2024, 2, 29))) == ["delivery"]


# -- practitioners --------------------------------------------------------------------------------


def row(draft, name="All"):
    """Enrolled, starts, retained, milestones of a row."""
    grid = table(draft, "practitioners")
    columns = ("Enrolled", "Starts", "Retained", "Milestones")
    return tuple(int(grid[name, column]) for column in columns)


def test_practitioners_are_counted_by_the_words_printed_under_the_table():
    on = cohort()
    person(on, "present", "late", completed=True)
    person(on, "present", "absent")  # started, not retained
    person(on, "absent", "left_early")  # there at the last
    person(on, "absent", "absent")  # enrolled alone
    person(on)
    draft = build()
    assert row(draft) == (5, 3, 2, 1)
    assert [d.term for d in draft.definitions] == ["Enrolled", "Starts", "Retained", "Milestones"]


def test_a_mark_that_was_corrected_counts_as_it_stands():
    on = cohort(sessions=1)
    booking = person(on, "present")
    at = db.session.query(Place).filter_by(booking_id=booking.id).one()
    first = db.session.query(Attendance).filter_by(place_id=at.id).one()
    make.attendance(at, "absent", replaces_id=first.id)
    assert row(build()) == (1, 0, 0, 0)


def test_cancelled_counts_as_enrolled_moved_counts_where_it_went_and_a_request_not_at_all():
    on = cohort()
    make.change_booking(person(on), "cancelled")
    make.change_booking(person(on), "moved")
    make.booking(on, state="requested")
    assert row(build()) == (1, 0, 0, 0)


def test_without_sessions_doing_the_parts_on_line_is_staying():
    edition = make.edition()
    part = make.component(edition, kind="e-learning")
    on = make.cohort(edition, state="closed", closes_at=clock.now() - timedelta(days=100))
    done, _ = make.booking(on), make.booking(on)
    make.keep(
        ComponentCompletion(
            booking_id=done.id,
            component_id=part.id,
            completed_at=clock.now(),
            minutes=60,
            source="hook",
            source_ref="1",
            by_label="OnePlusOne",
        )
    )
    assert row(build()) == (2, 1, 1, 0)


def test_what_is_still_running_is_not_in_the_table_and_is_said():
    person(cohort(sessions=1), "present")
    running = make.cohort(state="running", capacity=5)
    make.session(running, date(2027, 7, 20))
    make.session(running, date(2027, 8, 20))
    person(running, "present")
    draft = build()
    assert row(draft) == (1, 1, 1, 0)
    assert notes(draft, "practitioners") == [
        "Not counted, as nobody can have stayed to the end yet: 1 still running."
    ]


def test_rows_are_split_by_what_people_were_at_booking():
    herts, essex = make.locality("Hertfordshire"), make.locality("Essex")
    gp = make.profession("GP")
    on = cohort(place=herts)
    person(on, "present", "present", locality_id=essex.id, profession_id=gp.id)
    person(on, "present", "present")  # no employer known: the cohort's only place
    assert table(build(breakdown="place"), "practitioners").rows == [
        "Essex",
        "Hertfordshire",
        "All",
    ]
    assert table(build(breakdown="job"), "practitioners").rows == ["GP", "Not known", "All"]
    assert row(build(localities=(essex.id,))) == (1, 1, 1, 0)
    assert row(build(localities=(herts.id,))) == (1, 1, 1, 0)


def test_handed_in_projects_do_not_belong_to_a_course_of_ours(northumberland):
    on = cohort()
    person(on, "present", "present")
    assert tables(build()) == ["delivery", "practitioners"]
    assert tables(build(cohorts=(on.id,))) == ["practitioners"]


def test_outside_the_team_a_small_number_and_what_gives_it_away_are_hidden():
    on = cohort(sessions=1)
    for mark in ("present",) * 20 + ("absent",) * 3:
        person(on, mark, completed=mark == "present")
    draft = build(audience=Audience.PUBLICATION)
    hidden = hide(draft, POLICIES[Audience.PUBLICATION])
    assert {"all_starts", "all_enrolled"} & hidden  # 20 of 23 would tell of 3


def test_the_number_of_queries_does_not_grow(count_queries):
    person(cohort(), "present", "present")
    with count_queries() as few:
        build()
    for _ in range(3):
        person(cohort(place=make.locality()), "present", profession_id=make.profession().id)
    with count_queries() as more:
        build()
    assert len(more) == len(few)


def test_the_download_has_the_published_percentages_and_both_bases(northumberland):
    asked = Asked("programme", place=(str(northumberland.id),))
    document = document_for_team(asked, SYSTEM, clock.now())
    lines = list(csv.reader(as_file([document], CSV).decode("utf-8-sig").splitlines()))
    head = next(line for line in lines if "% milestones (of retained)" in line)
    told = {line[0]: dict(zip(head, line, strict=False)) for line in lines if line}
    assert [told[name]["% retained (of starts)"] for name, *_ in PUBLISHED] == PERCENTAGES
    assert told["Arguing Better"]["% milestones (of retained)"] == "79%"
    assert told["Arguing Better"]["% milestones (of starts)"] == "65%"


PERCENTAGES = ["82%", "96%", "100%"]
