"""A job makes versions and returns: once, with the reach of whoever asked, or it says why not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import OperationalError

from lms import db as door
from lms import jobs
from lms.db import db, uuid7
from lms.people.models import RoleGrant
from lms.reports.jobs import MAKE
from lms.reports.models import FrozenReturn, Making, Release, Restatement
from lms.testing import clock, run_jobs_of
from lms.web.opening import LmsFlask
from tests import factories as make
from tests.reports.conftest import Sample, crowd, made
from tests.reports.kit import Trainee
from tests.reports.test_pages import OUTSIDE, text_of, words_of
from tests.reports.test_returns import FORM
from tests.waiting import until

Sign = Callable[..., Any]
MAKE_IT, AGAIN = "Make this version", "Try again"


def count(table: type[Any]) -> int:
    """How many rows there are."""
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_whoever_asks_twice_waits_for_one_version_and_finds_it(
    as_role: Sign, sample: Sample
) -> None:
    sample.people = crowd(A=40)
    ana = as_role("analyst").browser
    asked = ana.press(OUTSIDE, MAKE_IT)
    assert ana.press(OUTSIDE, MAKE_IT).location == asked.location
    page = words_of(ana.get(asked.location))
    assert "We are making this version. It takes up to a minute." in page
    assert "Look again" in page
    listed = words_of(ana.get("/reports/versions"))
    assert "How did people answer? (version for a partner organisation) is being made." in listed
    assert count(Release) == 0
    other = as_role("analyst").browser
    assert other.get(asked.location).status_code == 404
    assert "is being made" not in words_of(other.get("/reports/versions"))
    assert "Version 1" in words_of(ana.get(made(ana, asked)))
    assert count(Release) == 1
    assert "is being made" not in words_of(ana.get("/reports/versions"))


def test_what_could_not_be_counted_says_so_and_is_made_when_tried_again(
    as_role: Sign, sample: Sample
) -> None:
    sample.people = [None]  # type: ignore[list-item]
    ana = as_role("analyst").browser
    asked = ana.post("/reports/returns", data=FORM).location
    run_jobs_of(ana.application)
    page = words_of(ana.get(asked))
    assert "This return could not be made. This report could not be counted" in page
    assert "Quarter 1 2026 (return for our team only) could not be made." in words_of(
        ana.get("/reports")
    )
    form = ana.get(f"/reports/returns/new?before={asked.rpartition('/')[2]}")
    assert f"/returns/new?before={asked.rpartition('/')[2]}" in text_of(ana.get(asked))
    assert FORM["title"] in text_of(form)
    assert FORM["about"] in text_of(form)
    sample.people = crowd(A=40)
    again = ana.press(asked, AGAIN)
    assert "We are making this return" in words_of(ana.get(again.location))
    assert "Frozen by Ana" in words_of(ana.get(made(ana, again)))


def test_a_fault_has_a_reference_on_the_page_and_in_the_log_and_is_the_administrators(
    as_role: Sign, sample: Sample, caplog: pytest.LogCaptureFixture
) -> None:
    ana = as_role("analyst").browser
    asked = ana.post("/reports/returns", data=FORM).location
    gone = Making.wanted.op("||")({"slugs": ["gone"]})
    db.session.execute(update(Making).values(wanted=gone))
    with pytest.raises(AssertionError, match=r"'reports\.make', 1, 'failed'"):
        run_jobs_of(ana.application)
    page = words_of(ana.get(asked))
    reference = page.partition("Your reference is ")[2][:14]
    assert (len(reference), reference in " ".join(caplog.messages)) == (14, True)
    assert "reports.make" in words_of(as_role("administrator").browser.get("/home"))


def test_nobody_gets_a_version_of_more_than_they_may_see_when_it_is_made_until_they_try_again(
    as_role: Sign, sample: Sample
) -> None:
    herts = make.locality("Hertfordshire")
    sample.people = crowd(A=40)
    ana = as_role("analyst")
    asked = ana.browser.press(OUTSIDE, MAKE_IT).location
    db.session.execute(update(RoleGrant).values(ended_at=clock.now()))
    as_role("analyst", herts, who=ana.person)
    run_jobs_of(ana.browser.application)
    assert "What you may see has changed since you asked" in words_of(ana.browser.get(asked))
    assert count(Release) == 0
    assert "/reports/releases/" in made(ana.browser, ana.browser.press(asked, AGAIN))
    assert "could not be made" not in words_of(ana.browser.get("/reports/versions"))


def test_two_copies_of_the_job_make_one_return(
    as_role: Sign, site: LmsFlask, sample: Sample
) -> None:
    sample.people = crowd(A=40)
    ana = as_role("analyst").browser
    asked = ana.post("/reports/returns", data=FORM | {"audience": "partner"}).location
    [making] = db.session.scalars(select(Making.id))

    def work() -> None:
        with suppress(OperationalError):  # the later one is told to try again
            jobs.perform(site, MAKE, {"making": str(making)})

    with ThreadPoolExecutor(2) as pool:
        for each in [pool.submit(work) for _ in range(2)]:
            each.result(60)
    work()
    assert (count(FrozenReturn), count(Release)) == (1, 2)
    assert "/reports/returns/" in ana.get(asked).location


def test_a_title_corrected_while_the_job_counts_waits_for_nobody_and_is_the_returns(
    as_role: Sign, site: LmsFlask, sample: Sample
) -> None:
    ana = as_role("analyst").browser
    answers = []

    class Meanwhile(list[Trainee]):
        def __iter__(self) -> Iterator[Trainee]:
            if not answers:
                with ThreadPoolExecutor(1) as pool:
                    again = pool.submit(ana.post, "/reports/returns", data=FORM | {"title": "Q1"})
                    answers.append(again.result(60))
            return super().__iter__()

    asked = ana.post("/reports/returns", data=FORM)
    sample.people = Meanwhile(crowd(A=40))
    with pytest.raises(OperationalError):  # it is told to make it anew
        made(ana, asked)
    assert [each.location for each in answers] == [asked.location]
    assert "Q1 Frozen by Ana" in words_of(ana.get(made(ana, asked)))
    assert count(FrozenReturn) == 1


def test_a_title_corrected_as_the_job_ends_is_asked_for_anew_and_changes_nothing_made(
    as_role: Sign, sample: Sample
) -> None:
    ana = as_role("analyst").browser
    asked = ana.post("/reports/returns", data=FORM)
    ended = {"state": "ready", "made_id": uuid7()}
    db.session.execute(update(Making).values(**ended))
    waits = text("select 1 from pg_locks where not granted")
    with ThreadPoolExecutor(1) as pool:
        again = pool.submit(ana.post, "/reports/returns", data=FORM | {"title": "Q1"})
        until(lambda: db.session.scalar(waits), "the second press to wait for the job's end")
        door.commit()
        assert again.result(60).location == asked.location
    db.session.expire_all()
    [row] = db.session.scalars(select(Making))
    assert (row.title, row.state, row.made_id) == ("Q1", "pending", None)


def test_asking_twice_waits_for_no_transaction_that_holds_the_row(
    as_role: Sign, sample: Sample
) -> None:
    ana = as_role("analyst").browser
    asked = ana.post("/reports/returns", data=FORM)
    db.session.scalars(select(Making.id).with_for_update()).one()
    with ThreadPoolExecutor(1) as pool:
        again = pool.submit(ana.post, "/reports/returns", data=FORM).result(60)
    assert again.location == asked.location


def test_two_who_freeze_the_same_return_both_find_the_one_there_is(
    as_role: Sign, sample: Sample
) -> None:
    sample.people = crowd(A=40)
    ana, ben = as_role("analyst").browser, as_role("analyst").browser
    asked = [each.post("/reports/returns", data=FORM) for each in (ana, ben)]
    assert made(ana, asked[0]) == made(ben, asked[1])
    assert count(FrozenReturn) == 1


def test_what_takes_long_says_so_and_after_an_hour_it_can_be_asked_for_again(
    as_role: Sign, sample: Sample
) -> None:
    sample.people = crowd(A=40)
    ana = as_role("analyst").browser
    asked = ana.press(OUTSIDE, MAKE_IT)
    ago(minutes=4)
    assert "This is taking longer than usual. Nothing is lost." in words_of(ana.get(asked.location))
    ago(minutes=61)
    assert "It was not made within an hour" in words_of(ana.get(asked.location))
    assert "could not be made" in words_of(ana.get("/reports/versions"))
    assert ana.press(OUTSIDE, MAKE_IT).location == asked.location
    assert "It takes up to a minute" in words_of(ana.get(asked.location))
    assert "/reports/releases/" in made(ana, asked)


def ago(minutes: int) -> None:
    """Let everything have been asked for so long ago."""
    db.session.execute(update(Making).values(created_at=clock.now() - timedelta(minutes=minutes)))


def test_a_failure_is_listed_until_one_asks_for_something_else(
    as_role: Sign, sample: Sample
) -> None:
    sample.people = []
    ana = as_role("analyst").browser
    ana.press(OUTSIDE, MAKE_IT)
    ana.press("/reports/sample?audience=partner&by=job", MAKE_IT)
    run_jobs_of(ana.application)
    assert words_of(ana.get("/reports/versions")).count("could not be made") == 2
    sample.people = crowd(A=40)
    made(ana, ana.press("/reports/sample?audience=publication", MAKE_IT))
    assert "could not be made" not in words_of(ana.get("/reports/versions"))


def test_a_comparison_is_waited_for_on_the_returns_page_and_is_only_for_whoever_asked(
    as_role: Sign, sample: Sample
) -> None:
    sample.people = crowd(A=40)
    ana, other = as_role("analyst").browser, as_role("analyst").browser
    at = made(ana, ana.post("/reports/returns", data=FORM))
    asked = ana.press(at, "Compare with now")
    assert ana.press(at, "Compare with now").location == asked.location
    assert "We are making this comparison" in words_of(ana.get(asked.location))
    assert "Quarter 1 2026 (comparison) is being made." in words_of(ana.get(at))
    assert "is being made" not in words_of(other.get(at))
    assert other.get(asked.location).status_code == 404
    there = made(ana, asked)
    assert there == f"{at}/now"
    assert "Compared" in words_of(ana.get(there))
    assert "What differed when you compared it" in words_of(ana.get(at))
    assert other.get(there).location == at


def test_nobody_restates_a_return_after_losing_a_place_that_it_counts(
    as_role: Sign, sample: Sample
) -> None:
    sample.people = crowd(A=40)
    ana = as_role("analyst")
    at = made(ana.browser, ana.browser.post("/reports/returns", data=FORM))
    sample.people = sample.people[3:]
    there = made(ana.browser, ana.browser.press(at, "Compare with now"))
    asked = ana.browser.press(there, "Restate", reason="3 duplicates merged")
    place = make.locality("Hertfordshire").id
    here = {"scope_kind": "locality", "scope_id": str(place)}
    db.session.execute(update(RoleGrant).values(**here))
    assert made(ana.browser, asked) is None
    assert "What you may see has changed" in words_of(ana.browser.get(asked.location))
    assert count(Restatement) == 0
