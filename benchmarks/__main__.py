"""Build the demonstration in a database of its own, measure, and print; nothing is kept."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from flask.testing import FlaskClient
from sqlalchemy import event, text

from benchmarks import spreadsheets
from lms import demo, jobs
from lms.app import create_app
from lms.contracts import SYSTEM
from lms.db import db, unit_of_work
from lms.people.services.people import NewPerson, add_people
from lms.testing import server as databases
from lms.testing import settings_for
from lms.web.opening import LmsFlask

DAY = date(2026, 11, 2)
TIMES = 9
PAGES = 40
MORE_PEOPLE = 5_000
LIST = "/people"


@dataclass(frozen=True)
class Measured:
    """A page: the median of several openings in milliseconds, and its number of queries."""

    path: str
    milliseconds: float
    queries: int
    status: int


def main() -> None:
    """Measure one thing after another, then say the ratios."""
    with demonstration() as app:
        browser = app.test_client()
        take_part(browser)
        pages = [measure(app, browser, path) for path in walk(browser)]
        print(f"\n{len(pages)} pages as a coordinator, the slowest ten:")
        for page in sorted(pages, key=lambda page: -page.milliseconds)[:10]:
            print(f"  {page.milliseconds:7.1f} ms  {page.queries:3} queries  {page.path}")
        before = measure(app, browser, LIST)
        with app.app_context(), unit_of_work():
            add_people([NewPerson(f"Extra {n}", "Person") for n in range(MORE_PEOPLE)], by=SYSTEM)
        after = measure(app, browser, LIST)
        done, seconds = work(app)
        print(f"\n{done} jobs, {done / seconds:.0f} a second on one worker")
    small, large = (spreadsheets.seconds(rows) for rows in (500, 5_000))
    times = after.milliseconds / before.milliseconds
    typical = statistics.median(page.milliseconds for page in pages)
    slowest = max(page.milliseconds for page in pages)
    print("\nRatios")
    print(
        f"  {LIST} with {MORE_PEOPLE} more people: {times:.1f} times as long, "
        f"{before.queries} queries became {after.queries}"
    )
    print(f"  a spreadsheet of 5,000 rows beside one of 500: {large / small:.1f} times as long")
    print(f"  the slowest page beside the typical one: {slowest / typical:.1f} times as long")


@contextmanager
def demonstration() -> Iterator[LmsFlask]:
    """The demonstration's application on a server that is gone afterwards."""
    server, stop = databases.start()
    try:
        database = server.copy("lms_bench", demo=True)
        app = create_app(settings_for(database, demo=True, base_url="http://127.0.0.1:8000"))
        app.config["TESTING"] = False
        began = time.perf_counter()
        with app.app_context(), unit_of_work():
            demo.build(DAY)
        print(f"the demonstration is built in {time.perf_counter() - began:.1f} s")
        yield app
        with app.app_context():
            db.engine.dispose()
    finally:
        stop()


def take_part(browser: FlaskClient) -> None:
    """Sign in as the demonstration's first persona, who is a coordinator."""
    page = browser.get("/demo/people").get_data(as_text=True)
    action = re.search(r'action="(/demo/people/[^"]+)"', page)
    word = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert action
    assert word
    answer = browser.post(action[1], data={"csrf_token": word[1]})
    assert answer.status_code == 303


def walk(browser: FlaskClient) -> list[str]:
    """Addresses of pages, each of another kind, found by following links from the home page."""
    found: dict[str, str] = {}
    queue = ["/home"]
    while queue and len(found) < PAGES:
        path = queue.pop(0)
        kind = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\?.*", "*", path)
        if kind in found:
            continue
        page = browser.get(path)
        if page.status_code != 200 or page.mimetype != "text/html":
            continue
        found[kind] = path
        queue += re.findall(r'href="(/[^"#]*)"', page.get_data(as_text=True))
    return list(found.values())


def measure(app: LmsFlask, browser: FlaskClient, path: str) -> Measured:
    """Open a page several times; the first, which warms the caches, does not count."""
    status = browser.get(path).status_code
    with counting(app) as count:
        browser.get(path)
        queries = count()
    taken = []
    for _ in range(TIMES):
        began = time.perf_counter()
        browser.get(path)
        taken.append((time.perf_counter() - began) * 1000)
    return Measured(path, statistics.median(taken), queries, status)


@contextmanager
def counting(app: LmsFlask) -> Iterator[Callable[[], int]]:
    """Counts the statements sent to the database meanwhile."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield lambda: len(seen)
    finally:
        event.remove(engine, "before_cursor_execute", note)


def work(app: LmsFlask) -> tuple[int, float]:
    """Do the jobs that are due, certificates among them: how many, and in what time."""
    due = text("select count(*) from procrastinate_jobs where status = 'todo'")
    with app.app_context():
        before = db.session.scalar(due) or 0
        db.session.remove()
    began = time.perf_counter()
    jobs.run_pending(app)
    taken = time.perf_counter() - began
    with app.app_context():
        after = db.session.scalar(due) or 0
        db.session.remove()
    return before - after, taken


main()
