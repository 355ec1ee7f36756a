"""Counts and headcounts that others hand in: by form, by file, within one's places."""

from __future__ import annotations

import html
import io
import re
from datetime import date

import pytest
from sqlalchemy import select

from lms.db import db
from lms.records import AuditEntry
from lms.reports.models import DeliveryCount, HeadcountTarget
from lms.spreadsheets import Table, write_csv, write_xlsx
from tests import factories as make

PUBLISHED = """Course uptake from October 2021 to 27th February 2024
Project,Projects Started,Clients Enrolled,Clients Starts,Retained,% Retained,Milestones,% Milestones
Arguing Better,13,41,34,28,82%,22,79%
Getting it Right for Children,11,27,24,23,96%,23,96%
"Me, You and Baby Too",5,13,10,10,100%,10,100%
Total,29,81,68,61,,55,
"""
WHEN = {
    "starts_on-day": "1",
    "starts_on-month": "10",
    "starts_on-year": "2021",
    "ends_on-day": "27",
    "ends_on-month": "2",
    "ends_on-year": "2024",
}


@pytest.fixture
def place(session):
    return make.locality("Northumberland")


@pytest.fixture
def analyst(place):
    ann = make.person("Ann", "Weir")
    make.grant(ann, "analyst", "locality", place.id)
    return ann


def upload(browser, where, content, name="table.csv", **fields):
    """Choose a file and press the button."""
    data = content if isinstance(content, bytes) else content.encode()
    return browser.press(where, "Check the file", file=(io.BytesIO(data), name), **fields)


KEPT = ("rows", "seen")
"""What the preview carries along."""


def keep(browser, page):
    """Press the button of a preview."""
    words = page.get_data(as_text=True)
    action = re.search(r'action="([^"]+/keep)"', words)[1]
    held = {name: re.search(rf'name="{name}" value="([^"]*)"', words)[1] for name in KEPT}
    return browser.post(action, data={name: html.unescape(it) for name, it in held.items()})


def counts():
    """What is kept, by project."""
    return db.session.scalars(select(DeliveryCount).order_by(DeliveryCount.project)).all()


def test_the_published_table_is_read_as_it_is_with_the_base_of_each_share(
    analyst, place, as_person
):
    browser = as_person(analyst)
    page = upload(
        browser,
        "/reports/counts/upload",
        PUBLISHED,
        place=str(place.id),
        source="RPC report",
        **WHEN,
    )
    assert "3 rows can be saved" in page.get_data(as_text=True)
    assert counts() == []
    assert keep(browser, page).status_code == 303
    kept = [
        (row.project, row.clients_starts, row.retained, row.milestones, row.milestone_base)
        for row in counts()
    ]
    assert kept == [
        ("Arguing Better", 34, 28, 22, "retained"),
        ("Getting it Right for Children", 24, 23, 23, "starts"),
        ("Me, You and Baby Too", 10, 10, 10, "retained"),
    ]
    assert {(row.starts_on, row.ends_on, row.source) for row in counts()} == {
        (date(2021, 10, 1), date(2024, 2, 27), "RPC report")
    }


COLUMNS = (
    "Project", "Projects started", "Clients enrolled", "Clients starts", "Retained", "Milestones",
    "Place", "From", "To", "Source",
)  # fmt: skip
SOUND = ("Arguing Better", 13, 41, 34, 28, 22, "Northumberland", "2021-10-01", "27/02/2024", "R")


def test_a_file_may_say_place_time_and_source_itself_and_bad_rows_are_told_not_dropped(
    analyst, as_person
):
    rows = (
        SOUND,
        ("More stayed than came", 1, 9, 5, 7, 1, "Northumberland", "2021-10-01", "2024-02-27", "R"),
        ("Elsewhere", 1, 9, 5, 5, 1, "Essex", "2021-10-01", "2024-02-27", "R"),
        ("No number", 1, "many", 5, 5, 1, "Northumberland", "2021-10-01", "2024-02-27", "R"),
        SOUND,
    )
    browser = as_person(analyst)
    file = write_xlsx([Table("T", COLUMNS, rows)])
    page = upload(browser, "/reports/counts/upload", file, "table.xlsx", base="starts")
    words = html.unescape(page.get_data(as_text=True))
    assert "1 row can be saved, 4 rows cannot and will be left out" in words
    for wrong in (
        "Retained cannot be more than clients who started",
        "“Essex” is not a place that you may count for",
        "Clients enrolled must be a whole number",
        "The same as row 2",
    ):
        assert wrong in words
    keep(browser, page)
    assert [(row.project, row.milestone_base) for row in counts()] == [("Arguing Better", "starts")]


def test_what_milestones_are_a_share_of_is_asked_where_the_file_does_not_tell(analyst, as_person):
    browser = as_person(analyst)
    file = write_csv([Table("T", COLUMNS, [SOUND])])
    refused = upload(browser, "/reports/counts/upload", file)
    assert refused.status_code == 422
    assert "the file has no column “% Milestones”" in html.unescape(refused.get_data(as_text=True))
    page = upload(browser, "/reports/counts/upload", file, base="retained")
    assert "1 row can be saved" in page.get_data(as_text=True)
    alike = (*SOUND[:3], 34, 34, 22, *SOUND[6:])
    both_the_same = write_csv([Table("T", COLUMNS, [alike])])
    assert upload(browser, "/reports/counts/upload", both_the_same).status_code == 200


def test_everything_that_a_file_lacks_is_asked_for_at_once(analyst, as_person):
    page = upload(as_person(analyst), "/reports/counts/upload", PUBLISHED)
    words = html.unescape(page.get_data(as_text=True))
    assert page.status_code == 422
    for text in (
        "Choose the place: the file does not say it",
        "Enter the first day counted: the file does not say it",
        "Enter the last day counted: the file does not say it",
        "Enter where the numbers come from: the file does not say it",
    ):
        assert text in words
    assert "Choose what milestones are a share of" not in words


def test_the_preview_shows_the_rows_as_they_will_be_kept(analyst, place, as_person):
    page = upload(
        as_person(analyst), "/reports/counts/upload", PUBLISHED,
        place=str(place.id), source="RPC report", **WHEN,
    )  # fmt: skip
    words = html.unescape(page.get_data(as_text=True))
    for text in ("Northumberland", "1 Oct 2021", "27 Feb 2024", "RPC report", "Of those retained"):
        assert text in words


def test_a_second_file_changes_what_is_there_and_says_so_before(analyst, as_person):
    browser = as_person(analyst)
    for row in (SOUND, (*SOUND[:4], 29, *SOUND[5:])):
        file = write_csv([Table("T", COLUMNS, [row])])
        page = upload(browser, "/reports/counts/upload", file, base="retained")
        keep(browser, page)
    assert "Changed: retained 28 → 29" in page.get_data(as_text=True)
    assert [row.retained for row in counts()] == [29]
    verbs = db.session.scalars(select(AuditEntry.verb).order_by(AuditEntry.at)).all()
    assert verbs == ["handed_in", "changed"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("Name,Number\nA,1\n", "no row of headings with “Project”, “Clients starts”"),
        ("%PDF-1.7", "file"),
    ],
)
def test_a_file_that_is_none_is_refused_in_words(analyst, as_person, content, said):
    page = upload(as_person(analyst), "/reports/counts/upload", content)
    assert page.status_code == 422
    assert said in page.get_data(as_text=True)


def test_a_preview_that_was_changed_by_hand_keeps_nothing(analyst, place, as_person):
    browser = as_person(analyst)
    for rows in ("[1]", "{}", '[{"project": "x"}]', "nonsense"):
        assert browser.post("/reports/counts/upload/keep", data={"rows": rows}).status_code == 303
    assert counts() == []


# -- forms ----------------------------------------------------------------------------------------

NUMBERS = {
    "projects_started": "13",
    "clients_enrolled": "41",
    "clients_starts": "34",
    "retained": "28",
    "milestones": "22",
}


def test_counts_are_handed_in_changed_and_removed_by_form(analyst, place, as_person):
    browser = as_person(analyst)
    form = (
        NUMBERS
        | WHEN
        | {
            "locality_id": str(place.id),
            "project": "Arguing Better",
            "milestone_base": "retained",
            "source": "RPC report",
        }
    )
    assert browser.press("/reports/counts/new", "Save", **form).status_code == 303
    [row] = counts()
    assert (row.retained, row.by_label) == (28, "Ann Weir")
    assert browser.press("/reports/counts/new", "Save", **form).status_code == 422
    page = f"/reports/counts/{row.id}"
    assert "Arguing Better" in browser.get("/reports/counts").get_data(as_text=True)
    wrong = browser.press(page, "Save", retained="40")
    assert wrong.status_code == 422
    assert "Retained cannot be more than clients who started" in wrong.get_data(as_text=True)
    assert browser.press(page, "Save", retained="30").status_code == 303
    assert [row.retained for row in counts()] == [30]
    assert browser.press(page, "Remove these counts").status_code == 303
    assert counts() == []


def handed_in(place, **changed):
    """Counts as somebody handed them in."""
    row = DeliveryCount(
        locality_id=place.id,
        project="Arguing Better",
        starts_on=date(2021, 10, 1),
        ends_on=date(2024, 2, 27),
        milestone_base="retained",
        source="R",
        by_label="Ann",
        **{name: int(value) for name, value in NUMBERS.items()} | changed,
    )
    return make.keep(row)


def test_another_places_counts_cannot_be_opened_or_handed_in(place, as_person, analyst):
    joan, elsewhere = make.person("Joan"), make.locality("Essex")
    make.grant(joan, "analyst", "locality", elsewhere.id)
    row = handed_in(place)
    browser = as_person(joan)
    assert browser.get(f"/reports/counts/{row.id}").status_code == 404
    assert browser.post(f"/reports/counts/{row.id}/remove").status_code == 404
    assert "Arguing Better" not in browser.get("/reports/counts").get_data(as_text=True)
    sent = browser.press("/reports/counts/new", "Save", locality_id=str(place.id))
    assert sent.status_code == 422


def test_headcounts_are_handed_in_by_form_and_by_file(analyst, place, as_person):
    hub = make.organisation("Talbot Hub", locality_id=place.id)
    job = make.profession("Health visitor")
    browser = as_person(analyst)
    sent = browser.press(
        "/reports/headcounts/new",
        "Save",
        organisation_id=str(hub.id),
        profession_id=str(job.id),
        number="12",
        source="Staff list",
        **{"on_date-day": "1", "on_date-month": "3", "on_date-year": "2026"},
    )
    assert sent.status_code == 303
    page = upload(
        browser,
        "/reports/headcounts/upload",
        "Organisation,Job,Headcount,Date\ntalbot hub,Health Visitor,14,2026-09-01\nNobody,GP,1,x",
        source="Staff list",
    )
    words = html.unescape(page.get_data(as_text=True))
    assert "1 row can be saved, 1 row cannot and will be left out" in words
    assert "“Nobody” is not an organisation that you may count for" in words
    keep(browser, page)
    found = db.session.scalars(select(HeadcountTarget).order_by(HeadcountTarget.on_date)).all()
    assert [(row.number, row.on_date) for row in found] == [
        (12, date(2026, 3, 1)),
        (14, date(2026, 9, 1)),
    ]
    assert "Talbot Hub" in browser.get("/reports/headcounts").get_data(as_text=True)
