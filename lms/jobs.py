"""Work outside requests, on Procrastinate: deferred in the change's transaction, run by a worker.

Rooms define `contracts.Job`s and call `defer`; `lms worker` runs `build_worker`, tests
`run_pending`.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import procrastinate
from flask import Flask
from procrastinate.jobs import Status
from sqlalchemy import delete
from sqlalchemy.engine import make_url

from lms import clock
from lms.contracts import JSON, Job
from lms.db import commit, db, driver_connection, rollback
from lms.records import OnceKey, RateEvent
from lms.registry import Registry

log = logging.getLogger("lms.jobs")


class GivenUp(RuntimeError):
    """A job raises it that is not to be tried again: administrators see that it has failed."""


STALLED_AFTER = 60
"""Seconds without a heartbeat after which a running job is taken for dead and run again."""

_names = procrastinate.App(connector=procrastinate.PsycopgConnector())
"""Knows jobs by name only: deferring uses the session's own connection."""


@dataclass(frozen=True)
class Asked:
    """A job somebody asked for while jobs were written down, with what `defer` was given."""

    job: Job
    key: str | None
    at: datetime | None
    arguments: Mapping[str, JSON]


_written_down: ContextVar[list[Asked] | None] = ContextVar("lms_jobs_written_down", default=None)


@contextmanager
def written_down() -> Iterator[list[Asked]]:
    """Within, a job that is asked for is put in this list and in no queue.

    The demonstration does them itself, at the moment when a worker would have.
    """
    asked: list[Asked] = []
    token = _written_down.set(asked)
    try:
        yield asked
    finally:
        _written_down.reset(token)


def defer(
    job: Job, /, *, key: str | None = None, at: datetime | None = None, **arguments: JSON
) -> int:
    """Ask for a job in the session's own transaction, so that it exists if and only if we commit.

    `at` is not before; `key` is a lock: jobs of one key never run at the same time. Returns the
    job's number, nought for one that is only written down. The arguments are ids as text, never
    rows, names or addresses.
    """
    db.session.flush()
    if (asked := _written_down.get()) is not None:
        asked.append(Asked(job, key, at, arguments))
        return 0
    deferrer = _names.configure_task(
        job.name,
        lock=key,
        schedule_at=clock.real(at) if at else None,
        connection=driver_connection(),
    )
    return deferrer.defer(**arguments)


def purge() -> None:
    """Forget counted tries and repeated forms after a day."""
    before = clock.now() - timedelta(days=1)
    db.session.execute(delete(RateEvent).where(RateEvent.at < before))
    db.session.execute(delete(OnceKey).where(OnceKey.created_at < before))


PURGE = Job("kernel.purge", purge, cron="17 * * * *")
KERNEL_JOBS = (PURGE,)


def perform(app: Flask, job: Job, arguments: dict[str, Any]) -> None:
    """Run one job in an application context, committing at each of its yields and at the end."""
    with app.app_context():
        try:
            result = job.run(**arguments)
            if inspect.isgenerator(result):
                for _ in result:
                    commit()
            commit()
        except BaseException:
            rollback()
            raise
        finally:
            db.session.remove()


def build_worker(app: Flask) -> procrastinate.App:
    """Procrastinate's app with every job of the registry and the kernel's own."""
    registry: Registry = app.extensions["lms"]
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    conninfo = url.set(drivername="postgresql").render_as_string(hide_password=False)
    worker = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=conninfo))
    known = (*KERNEL_JOBS, *registry.jobs.values())
    for job in known:
        _register(worker, app, job)
    _register_sweep(worker, {job.name: job.attempts for job in known})
    return worker


def _register(worker: procrastinate.App, app: Flask, job: Job) -> None:
    def run(timestamp: int | None = None, **arguments: Any) -> None:
        perform(app, job, arguments)

    task = worker.task(
        name=job.name,
        retry=_retries(job.attempts),
        pass_context=False,
    )(run)
    if job.cron:
        worker.periodic(cron=job.cron)(task)


def _retries(attempts: int) -> procrastinate.RetryStrategy | bool:
    """Procrastinate counts the tries after the first, and takes none for as many as it likes."""
    if attempts <= 1:
        return False
    return _Retries(max_attempts=attempts - 1, exponential_wait=3)


class _Retries(procrastinate.RetryStrategy):
    def get_retry_decision(
        self, *, exception: BaseException, job: procrastinate.jobs.Job
    ) -> procrastinate.RetryDecision | None:
        if isinstance(exception, GivenUp):
            return None
        return super().get_retry_decision(exception=exception, job=job)


def _register_sweep(worker: procrastinate.App, attempts: dict[str, int]) -> None:
    @worker.periodic(cron="* * * * *")
    @worker.task(name="kernel.sweep", queueing_lock="kernel.sweep", pass_context=True)
    async def sweep(context: procrastinate.JobContext, timestamp: int) -> None:
        """Run jobs again whose worker has died; give up one that has killed too many."""
        manager = worker.job_manager
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER):
            if job.attempts + 1 < attempts.get(job.task_name, 1):
                log.warning("job %s (%s) had stalled and runs again", job.id, job.task_name)
                await manager.retry_job(job)
            else:
                log.error("job %s (%s) had stalled and is given up", job.id, job.task_name)
                await manager.finish_job(job, Status.FAILED, delete_job=False)


def run_worker(app: Flask, *, concurrency: int = 2) -> None:
    """Work until told to stop."""
    worker = build_worker(app)
    worker.run_worker(
        concurrency=concurrency, wait=True, listen_notify=True, delete_jobs="successful"
    )


def run_pending(app: Flask) -> None:
    """Run what is due now and return, as tests and the demonstration do."""

    async def go() -> None:
        worker = build_worker(app)
        async with worker.open_async():
            await worker.run_worker_async(
                wait=False,
                listen_notify=False,
                concurrency=1,
                install_signal_handlers=False,
                delete_jobs="never",
            )

    asyncio.run(go())


def put_back_doing() -> int:
    """Put every job marked as running back, when no worker can be alive; returns how many.

    The supervisor calls it at start, before its own worker runs: on the embedded server no other
    worker exists, so nobody need wait for the heartbeat to run out.
    """
    rows = driver_connection().execute(
        "update procrastinate_jobs set status = 'todo', worker_id = null "
        "where status = 'doing' returning id"
    )
    return len(rows.fetchall())


def failed_jobs(limit: int = 20) -> list[tuple[int, str, int]]:
    """Jobs given up after their attempts: number, name, attempts; newest first."""
    rows = driver_connection().execute(
        "select id, task_name, attempts from procrastinate_jobs where status = 'failed' "
        "order by id desc limit %s",
        (limit,),
    )
    return [(int(a), str(b), int(c)) for a, b, c in rows.fetchall()]
