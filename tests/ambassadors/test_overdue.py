"""A check-in is overdue by the day, and the same on every page, whenever the job last ran."""

from __future__ import annotations

from collections.abc import Callable

from lms.ambassadors import jobs
from lms.testing import Frozen
from lms.testing.client import PageClient
from tests.ambassadors import making
from tests.ambassadors.making import pledged, world
from tests.ambassadors.test_own_pages import said

AsPerson = Callable[..., PageClient]


def test_every_page_counts_the_same_from_the_day_on_and_before_the_job_has_run(
    session: object, as_person: AsPerson, frozen: Frozen
) -> None:
    herts = world()
    frozen("2027-01-05 10:00")
    pledge = pledged(making.ambassador(herts, herts.person("Femi")))
    frozen("2027-02-05 10:22")
    jobs.tick()

    def told() -> list[bool]:
        """At home, in the number above the board, in its row, and by its two filters."""
        browser = as_person(herts.priya)
        pages = ["/home", "/ambassadors", "/ambassadors?check=overdue", "/ambassadors?check=due"]
        home, board, overdue, due = (said(browser.get(page)) for page in pages)
        return [
            "1 check-in of an ambassador is overdue" in home,
            '__number">1</span> overdue' in board,
            "overdue 15 days" in board,
            "Femi Rowe" in overdue,
            "Femi Rowe" not in due,
        ]

    frozen("2027-02-19 23:50")
    assert told() == [False] * 5
    frozen("2027-02-20 00:10")
    assert told() == [True] * 5
    jobs.tick()
    assert told() == [True] * 5
    frozen("2027-04-05 00:10")  # it takes no answer any more, though no job has closed it
    assert making.check_in(pledge, 1).state == "due"
    assert told() == [False] * 4 + [True]
