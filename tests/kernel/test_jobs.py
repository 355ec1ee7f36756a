"""Jobs are rows of the change that asked for them, and survive the death of their worker."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from lms import clock, jobs
from lms.contracts import Job
from lms.db import commit, db, lock_row, rollback
from lms.people.models import Locality
from lms.records import OnceKey, RateEvent
from lms.testing import Database
from lms.web.opening import LmsFlask
from tests import factories as make
from tests.kernel import worker_kit as kit
from tests.kernel.kit import note, notes

ROOT = Path(__file__).parents[2]
Inside = Callable[..., LmsFlask]


@pytest.fixture
def app(inside: Inside) -> LmsFlask:
    """An application with the kit's jobs, entered."""
    return inside(kit.guest())


def rows() -> list[tuple[str, str, int]]:
    """Every job of the kit's: name, state, attempts."""
    found = db.session.execute(
        text(
            "select task_name, status::text, attempts from procrastinate_jobs"
            " where task_name like 'kit.%' order by id"
        )
    )
    return [tuple(row) for row in found]


def work(app: LmsFlask) -> None:
    """Run what is due, in this process, apart from the test's own transaction."""
    commit()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(jobs.run_pending, app).result(60)


def worker(database: Database, crash_at: str = "") -> int:
    """Run what is due in a process of its own; how it ended."""
    commit()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LMS_")}
    return subprocess.run(
        [sys.executable, "-m", "tests.kernel.worker_kit", database.app_url],
        cwd=ROOT,
        env=environment | {"LMS_CRASH_AT": crash_at},
        timeout=120,
        check=False,
    ).returncode


# -- asked for ---------------------------------------------------------------------------------


def test_a_job_comes_and_goes_with_the_change_that_asked_for_it(app: LmsFlask) -> None:
    jobs.defer(kit.TWO_STEPS, name="lost")
    rollback()
    assert rows() == []
    jobs.defer(kit.TWO_STEPS, name="kept")
    commit()
    assert [name for name, _, _ in rows()] == ["kit.two_steps"]


def test_a_job_deferred_in_a_savepoint_that_is_undone_is_gone_and_the_others_stay(
    app: LmsFlask,
) -> None:
    jobs.defer(kit.TWO_STEPS, name="outside")
    savepoint = db.session.begin_nested()
    jobs.defer(kit.TWO_STEPS, name="inside")
    savepoint.rollback()
    commit()
    names = db.session.scalars(text("select args->>'name' from procrastinate_jobs")).all()
    assert names == ["outside"]


def test_a_job_for_later_waits(app: LmsFlask) -> None:
    jobs.defer(kit.TWO_STEPS, name="later", at=clock.now() + timedelta(days=1))
    work(app)
    assert notes() == []
    assert rows() == [("kit.two_steps", "todo", 0)]


def test_a_job_for_later_is_due_by_everybodys_clock_also_in_a_site_seen_from_another_date(
    app: LmsFlask, seen_from: Callable[[date | None], None]
) -> None:
    seen_from(clock.today() + timedelta(days=300))
    jobs.defer(kit.TWO_STEPS, name="soon", at=clock.now() - timedelta(minutes=1))
    work(app)
    assert notes() == ["soon: begun", "soon: done"]


def test_a_job_asked_for_while_they_are_written_down_is_in_the_list_alone(app: LmsFlask) -> None:
    tomorrow = clock.now() + timedelta(days=1)
    with jobs.written_down() as asked:
        jobs.defer(kit.TWO_STEPS, key="one at a time", at=tomorrow, name="written")
    jobs.defer(kit.TWO_STEPS, name="queued")
    commit()
    expected = jobs.Asked(kit.TWO_STEPS, "one at a time", tomorrow, {"name": "written"})
    assert asked == [expected]
    names = db.session.scalars(text("select args->>'name' from procrastinate_jobs")).all()
    assert names == ["queued"]


# -- done --------------------------------------------------------------------------------------


def test_each_step_of_a_job_is_durable_before_the_next_begins(app: LmsFlask) -> None:
    def steps() -> object:
        note("one")
        yield
        rollback()
        note("half of two")
        raise RuntimeError("a slip")

    with pytest.raises(RuntimeError, match="a slip"):
        jobs.perform(app, Job("kit.steps", steps), {})
    assert notes() == ["one"]


def test_a_job_that_fails_leaves_nothing_is_tried_again_and_then_given_up(app: LmsFlask) -> None:
    jobs.defer(kit.FAILS)
    work(app)
    assert rows() == [("kit.fails", "todo", 1)]
    db.session.execute(text("update procrastinate_jobs set scheduled_at = now()"))
    work(app)
    assert [(name, attempts) for _, name, attempts in jobs.failed_jobs()] == [("kit.fails", 2)]
    assert notes() == []


def test_a_job_of_one_attempt_is_not_tried_again(app: LmsFlask) -> None:
    jobs.defer(kit.ONCE)
    work(app)
    assert rows() == [("kit.once", "failed", 1)]


def test_a_failing_job_does_not_keep_the_others(app: LmsFlask) -> None:
    jobs.defer(kit.ONCE)
    jobs.defer(kit.TWO_STEPS, name="next")
    work(app)
    assert notes() == ["next: begun", "next: done"]


def test_jobs_of_one_key_never_run_at_the_same_time(app: LmsFlask) -> None:
    jobs.defer(kit.TWO_STEPS, key="cohort-1", name="first")
    jobs.defer(kit.TWO_STEPS, key="cohort-1", name="second")
    commit()
    taken = text("select id from procrastinate_fetch_job_v2(null, :worker)")
    workers = db.session.scalars(
        text("insert into procrastinate_workers default values returning id")
    )
    mine = workers.one()
    assert db.session.scalar(taken, {"worker": mine}) is not None
    assert db.session.scalar(taken, {"worker": mine}) is None


# -- a worker dies -----------------------------------------------------------------------------


def test_a_job_whose_worker_was_killed_is_put_back_and_runs_to_its_end(
    app: LmsFlask, database: Database
) -> None:
    jobs.defer(kit.TWO_STEPS, name="letter")
    assert worker(database, crash_at="kit.between") == -signal.SIGKILL
    assert notes() == ["letter: begun"]
    assert [state for _, state, _ in rows()] == ["doing"]
    assert jobs.put_back_doing() == 1
    assert worker(database) == 0
    assert notes() == ["letter: begun", "letter: begun", "letter: done"]
    assert [state for _, state, _ in rows()] == ["succeeded"]


def sweep(app: LmsFlask) -> None:
    """Let the dead workers' heartbeats run out and do the minute's sweep, and nothing else."""
    # A worker that was killed may have left the minute's own sweep, and only one can wait.
    db.session.execute(text("delete from procrastinate_jobs where task_name = 'kernel.sweep'"))
    db.session.execute(
        text("update procrastinate_workers set last_heartbeat = now() - interval '1 hour'")
    )
    commit()

    async def go() -> None:
        made = jobs.build_worker(app)
        async with made.open_async():
            await made.tasks["kernel.sweep"].configure(queue="sweep").defer_async(timestamp=0)
            await made.run_worker_async(
                queues=["sweep"], wait=False, install_signal_handlers=False, listen_notify=False
            )

    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, go()).result(60)


def test_the_sweep_finds_a_job_whose_worker_has_no_heartbeat(
    app: LmsFlask, database: Database
) -> None:
    jobs.defer(kit.TWO_STEPS, name="letter")
    assert worker(database, crash_at="kit.between") == -signal.SIGKILL
    sweep(app)
    work(app)
    assert "letter: done" in notes()
    assert [state for name, state, _ in rows() if name == "kit.two_steps"] == ["succeeded"]


def test_a_job_that_kills_its_workers_is_given_up_and_shown(
    app: LmsFlask, database: Database
) -> None:
    jobs.defer(kit.KILLED)
    for _ in range(kit.KILLED.attempts):
        assert worker(database, crash_at="kit.always") == -signal.SIGKILL
        sweep(app)
    assert [(name, attempts) for _, name, attempts in jobs.failed_jobs()] == [
        ("kit.killed", kit.KILLED.attempts)
    ]


def test_two_copies_of_a_job_that_locks_its_row_do_the_work_once(
    app: LmsFlask, database: Database
) -> None:
    place = make.locality("Herts")
    done: list[str] = []

    def once(key: str) -> None:
        lock_row(Locality, place.id)
        if db.session.scalar(text("select name from people_locality")) == "Herts":
            db.session.execute(text("update people_locality set name = 'Hertfordshire'"))
            done.append(key)

    commit()
    job = Job("kit.rename", once)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda key: jobs.perform(app, job, {"key": key}), ("a", "b")))
    assert len(done) == 1
    assert notes() == ["Hertfordshire"]


# -- tidying -----------------------------------------------------------------------------------


def test_counted_tries_and_answered_forms_are_forgotten_after_a_day(app: LmsFlask) -> None:
    old, new = clock.now() - timedelta(days=2), clock.now()
    for at in (old, new):
        db.session.add(RateEvent(key_hash=b"x", at=at))
        db.session.add(OnceKey(actor_key="a", route="r", key=str(at), location="/", created_at=at))
    jobs.purge()
    assert db.session.scalars(text("select at from rate_event")).all() == [new]
    assert db.session.scalars(text("select created_at from once_key")).all() == [new]
