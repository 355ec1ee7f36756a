"""The pages of reports: for the team at once, for anybody else only what was recorded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import html5lib
from sqlalchemy import select

from lms import clock
from lms.db import db
from lms.records import AuditEntry
from lms.reports.models import Release
from tests import factories as make
from tests.reports.conftest import Sample, crowd, made
from tests.reports.kit import Trainee

Sign = Callable[..., Any]
OUTSIDE = "/reports/sample?audience=partner&by=cohort"


def text_of(answer: Any) -> str:
    """The page's markup with single spaces."""
    return " ".join(answer.get_data(as_text=True).split())


def words_of(answer: Any) -> str:
    """What is said in the main part of a page, with single spaces."""
    page = html5lib.parse(answer.get_data(as_text=True), namespaceHTMLElements=False)
    return " ".join(" ".join(page.find(".//main").itertext()).split())


def test_an_analyst_asks_and_sees_everything_at_once(as_role: Sign, sample: Sample) -> None:
    sample.people = crowd(A=40, B=6)
    ana = as_role("analyst").browser
    assert "How did people answer?" in text_of(ana.get("/reports"))
    page = text_of(ana.get("/reports/sample?by=cohort"))
    assert "34 of 46 who attended answered (74%)." in page
    assert "For: our team only" in page
    assert ">[c]<" not in page
    assert "Hertfordshire · October 2026 to March 2027 · 2 cohorts" in page
    assert "Broken down by: cohort" in page


def test_a_page_writes_nothing_and_a_version_is_on_record_before_it_is_seen(
    as_role: Sign, sample: Sample
) -> None:
    sample.people = crowd(A=40, B=6)
    ana = as_role("analyst").browser
    before = ana.get(OUTSIDE)
    assert "40" not in words_of(before)
    assert db.session.scalar(select(Release.id)) is None
    at = made(ana, ana.press(OUTSIDE, "Make this version"))
    assert "/reports/releases/" in at
    row = db.session.scalars(select(Release)).one()
    assert (row.number, row.audience, row.by_label[:3]) == (1, "partner", "Ana")
    shown = text_of(ana.get(at))
    assert "Version 1" in shown
    assert "figures are hidden to protect people" in shown
    assert ">[c]<" in shown
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "report.released")).one()
    assert entry.after == {"report": "sample", "audience": "partner", "number": 1}


def test_the_same_question_gets_the_same_version_until_the_data_changes(
    as_role: Sign, sample: Sample
) -> None:
    sample.people = crowd(A=40)
    ana = as_role("analyst").browser
    first = made(ana, ana.press(OUTSIDE, "Make this version"))
    assert made(ana, ana.press(OUTSIDE, "Make this version")) == first
    assert "the data has changed since" not in text_of(ana.get(first))
    sample.people = crowd(A=100)
    assert "30 of 40 who attended" in text_of(ana.get(first))
    assert "the data has changed since" in text_of(ana.get(first))
    second = made(ana, ana.press(first, "Make a new version"))
    assert second != first
    assert "75 of 100 who attended" in text_of(ana.get(second))


def test_a_version_that_would_tell_who_came_since_hides_the_number(
    as_role: Sign, sample: Sample
) -> None:
    sample.people = crowd(A=40)
    ana = as_role("analyst").browser
    made(ana, ana.press("/reports/sample?audience=publication", "Make this version"))
    sample.people = [*crowd(A=40), Trainee("A", "Herts", "gp", 5), Trainee("A", "Herts", "gp", 5)]
    page = ana.get(made(ana, ana.press("/reports/sample?audience=partner", "Make this version")))
    assert "42 " not in words_of(page).partition("Counted on")[0]
    assert "who attended answered" not in words_of(page)


def test_a_version_is_for_whoever_reaches_all_that_it_counts(as_role: Sign, sample: Sample) -> None:
    herts, essex = make.locality("Hertfordshire"), make.locality("Essex")
    sample.people = [Trainee("A", str(herts.id), "gp", 4)] * 20
    everywhere = as_role("analyst").browser
    asked = "/reports/sample?audience=partner"
    whole = made(everywhere, everywhere.press(asked, "Make this version"))
    place = f"{asked}&place={herts.id}"
    one = made(everywhere, everywhere.press(place, "Make this version"))
    here, there = as_role("coordinator", herts).browser, as_role("analyst", essex).browser
    assert [here.get(whole).status_code, here.get(one).status_code] == [404, 200]
    assert [there.get(whole).status_code, there.get(one).status_code] == [404, 404]
    assert there.post(f"{one}/download", data={"format": "csv"}).status_code == 404


def test_a_place_out_of_reach_is_an_error_and_never_everybody(
    as_role: Sign, sample: Sample
) -> None:
    herts, essex = make.locality("Hertfordshire"), make.locality("Essex")
    sample.people = crowd(A=40)
    analyst = as_role("analyst", herts).browser
    for wrong in (f"place={essex.id}", "place=nonsense", "by=shoe-size", "start=2026-13"):
        page = analyst.get(f"/reports/sample?{wrong}")
        assert page.status_code == 422, wrong
        assert "There is a problem" in text_of(page)
        assert "40" not in words_of(page)
    page = analyst.get("/reports/sample?start=2026-05&end=2026-03")
    assert "The last month must not be before the first" in text_of(page)
    assert analyst.get("/reports/nothing").status_code == 404


def test_a_manager_sees_their_own_team_and_gives_nothing_away(
    as_role: Sign, sample: Sample
) -> None:
    sample.people = crowd(A=40)
    manager = as_role("manager").browser
    page = text_of(manager.get("/reports/sample"))
    assert "Publication" not in page
    assert manager.get(OUTSIDE).status_code == 422
    post = {"audience": "partner"}
    assert manager.post("/reports/sample/versions", data=post).status_code == 403
    assert manager.get("/reports/returns/new").status_code == 403


def test_nobody_else_opens_reports(as_role: Sign) -> None:
    for role in ("trainer", "trainee", "administrator"):
        assert as_role(role).browser.get("/reports").status_code == 403


def test_a_report_that_fails_says_so_and_the_others_go_on(
    as_role: Sign, sample: Sample, monkeypatch: Any
) -> None:
    ana = as_role("analyst").browser
    sample.people = [None]  # type: ignore[list-item]
    page = ana.get("/reports/sample")
    assert page.status_code == 200
    assert "This report could not be counted" in text_of(page)
    assert ana.get("/reports/programme").status_code == 200


def test_too_few_people_for_publication_are_said_to_be(as_role: Sign, sample: Sample) -> None:
    sample.people = [Trainee("A", "Herts", "gp", 4)] * 4
    ana = as_role("analyst").browser
    at = made(ana, ana.press("/reports/sample?audience=publication", "Make this version"))
    page = text_of(ana.get(at))
    assert "Too few people to publish (fewer than 10). Add cohorts" in page
    assert ">4<" not in page
    empty = ana.get("/reports/again?by=job")
    assert empty.status_code == 200


def test_the_key_and_the_sentence_describe_the_table(as_role: Sign, sample: Sample) -> None:
    sample.people = crowd(A=40, B=6)
    ana = as_role("analyst").browser
    at = made(ana, ana.press(OUTSIDE, "Make this version"))
    page = ana.get(at).get_data(as_text=True)
    described = page.partition('aria-describedby="')[2].partition('"')[0].split()
    assert len(described) == 2
    for word in described:
        assert f'id="{word}"' in page
    assert "[c] hidden to protect people" in page


def test_the_key_says_only_the_marks_that_stand_in_its_table(as_role: Sign, sample: Sample) -> None:
    sample.people = crowd(A=40)
    page = text_of(as_role("analyst").browser.get("/reports/sample"))
    assert "hidden to protect people" not in page
    assert "not collected" not in page


def test_before_a_version_is_made_everything_asked_and_what_it_means_is_said(
    as_role: Sign, sample: Sample
) -> None:
    herts = make.locality("Hertfordshire")
    sample.people = crowd(A=40)
    ana = as_role("analyst").browser
    page = words_of(
        ana.get(f"/reports/sample?audience=partner&place={herts.id}&start=2026-01&by=cohort")
    )
    said = page.partition("A version for a partner organisation")[2].partition("Make this")[0]
    for words in (
        "Report How did people answer?",
        "Courses All",
        "Places Hertfordshire",
        "Period January 2026 until now",
        "Cohorts All that are over",
        "Broken down by Cohort",
        "A version cannot be changed or taken back.",
        "Later versions are compared with this one, so they may have to hide more.",
    ):
        assert words in said


def test_the_list_of_versions_shows_whoever_may_make_them_those_within_reach(
    as_role: Sign, sample: Sample
) -> None:
    herts, essex = make.locality("Hertfordshire"), make.locality("Essex")
    sample.people = [Trainee("A", str(herts.id), "gp", 4)] * 20
    everywhere = as_role("analyst").browser
    assert "No version has been made yet" in words_of(everywhere.get("/reports/versions"))
    for place in ("", f"&place={herts.id}"):
        asked = f"/reports/sample?audience=partner{place}"
        made(everywhere, everywhere.press(asked, "Make this version"))
    page = words_of(everywhere.get("/reports/versions"))
    assert "Version 2" in page
    assert "Version 1" in page
    assert "How did people answer?" in page
    assert "A partner organisation" in page
    here = words_of(as_role("analyst", herts).browser.get("/reports/versions"))
    assert ("Version 2" in here, "Version 1" in here) == (True, False)
    there = words_of(as_role("analyst", essex).browser.get("/reports/versions"))
    assert "Version" not in there.replace("Versions", "").replace("Every version", "")
    assert as_role("manager").browser.get("/reports/versions").status_code == 403


def test_comparing_says_that_something_is_hidden_only_when_something_changed(
    as_role: Sign, sample: Sample
) -> None:
    sample.people = crowd(A=40, B=16, C=7)
    ana = as_role("analyst").browser
    form = {"title": "Quarter 1", "report": ["sample"], "start": "2026-01", "end": "2026-03"}
    at = made(ana, ana.post("/reports/returns", data=form | {"audience": "partner"}))
    assert "Nothing has changed" in words_of(ana.get(made(ana, ana.press(at, "Compare with now"))))
    sample.people = sample.people[1:]
    page = words_of(ana.get(made(ana, ana.press(at, "Compare with now"))))
    assert "The records have changed. What changed is hidden to protect people" in page


def test_months_are_offered_with_the_newest_first_throughout(as_role: Sign, sample: Sample) -> None:
    page = as_role("analyst").browser.get("/reports/sample").get_data(as_text=True)
    select_from = page.partition('name="start"')[2].partition("</select>")[0]
    values = [part[:7] for part in select_from.split('value="')[2:]]
    assert len(values) > 24
    assert values == sorted(values, reverse=True)


def test_a_manager_is_not_offered_reports_that_have_nothing_for_them(
    as_role: Sign, sample: Sample
) -> None:
    managers = words_of(as_role("manager").browser.get("/reports"))
    assert "How did people answer?" in managers
    assert "Did confidence change?" not in managers
    assert "Did confidence change?" in words_of(as_role("analyst").browser.get("/reports"))


def test_a_version_of_one_course_says_so_in_the_list_and_in_the_names_of_its_files(
    as_role: Sign, sample: Sample
) -> None:
    sample.people = crowd(A=40)
    course = make.course(title="Brief Encounters: façade/4")
    of_it = make.cohort(make.edition(course), make.locality())
    make.session(of_it, clock.today() - timedelta(days=1))
    ana = as_role("analyst").browser
    for narrowed in ("", f"&course={course.key}"):
        at = made(
            ana, ana.press(f"/reports/sample?audience=partner{narrowed}", "Make this version")
        )
    listed = words_of(ana.get("/reports/versions"))
    assert [word in listed for word in (f"Course {course.title} Place", "Course – Place")] == [
        True
    ] * 2
    told = ana.post(f"{at}/download", data={"format": "csv"}).headers["Content-Disposition"]
    plain = told.split('"')[1]
    assert plain == (
        "How did people answer, Brief Encounters- facade-4, Hertfordshire, "
        "October 2026 to March 2027, version 2 for a partner organisation.csv"
    ).replace(",", "_")
    own = ana.post(f"/reports/sample/download?course={course.key}", data={
        "format": "csv", "course": course.key,
    }).headers["Content-Disposition"]  # fmt: skip
    assert "facade" in own.split('"')[1]
