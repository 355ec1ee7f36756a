"""A job makes versions and returns: once, with the reach of whoever asked, or it says why not."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError

from lms import jobs
from lms.db import db
from lms.people.models import RoleGrant
from lms.reports.jobs import FORGET, MAKE
from lms.reports.models import FrozenReturn, Making, Release
from lms.testing import clock, run_jobs_of
from lms.web.opening import LmsFlask
from tests import factories as make
from tests.reports.conftest import Sample, crowd, made
from tests.reports.test_pages import OUTSIDE, words_of
from tests.reports.test_returns import FORM

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
    sample.people = crowd(A=40)
    again = ana.press(asked, AGAIN)
    assert "We are making this return" in words_of(ana.get(again.location))
    assert "Frozen by Ana" in words_of(ana.get(made(ana, again)))


def test_a_fault_has_a_reference_on_the_page_and_in_the_log(
    as_role: Sign, sample: Sample, caplog: pytest.LogCaptureFixture
) -> None:
    ana = as_role("analyst").browser
    asked = ana.post("/reports/returns", data=FORM).location
    gone = Making.wanted.op("||")({"slugs": ["gone"]})
    db.session.execute(update(Making).values(wanted=gone))
    with caplog.at_level(logging.ERROR, "lms.reports"):
        run_jobs_of(ana.application)
    page = words_of(ana.get(asked))
    reference = page.partition("Your reference is ")[2][:14]
    assert (len(reference), reference in caplog.text) == (14, True)


def test_nobody_gets_a_version_of_more_than_they_may_see_when_it_is_made(
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


def test_what_nobody_made_within_an_hour_is_given_up_and_can_be_asked_for_again(
    as_role: Sign, sample: Sample
) -> None:
    sample.people = crowd(A=40)
    ana = as_role("analyst").browser
    asked = ana.press(OUTSIDE, MAKE_IT).location
    db.session.execute(update(Making).values(updated_at=clock.now() - timedelta(hours=2)))
    FORGET.run()
    assert "It was not made within an hour" in words_of(ana.get(asked))
    assert "/reports/releases/" in made(ana, ana.press(asked, AGAIN))
