"""The pages of reports: for the team at once, for anybody else only what was recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lms.testing import clock
from tests import factories as make
from tests.reports.conftest import Sample, crowd


def text_of(answer: Any) -> str:
    """The page's text with single spaces."""
    return " ".join(answer.get_data(as_text=True).split())


def test_an_analyst_asks_and_sees_everything_at_once(
    as_role: Callable[..., Any], sample: Sample
) -> None:
    sample.people = crowd(A=40, B=6)
    ana = as_role("analyst").browser
    listed = text_of(ana.get("/reports"))
    assert "How did people answer?" in listed
    page = text_of(ana.get("/reports/sample?by=cohort"))
    assert "34 of 46 who attended answered (74%)." in page
    assert "For: our team only" in page
    assert ">[c]<" not in page
    assert "Hertfordshire · October 2026 to March 2027" in page
