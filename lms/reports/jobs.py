"""The room's jobs: making versions and returns, comparing, printing packs, and forgetting.

The worker runs them; each is safe to run twice, and two at a time.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from lms import clock
from lms.contracts import Actor, Job
from lms.db import Complaint, asks_again, crash_point, db, one_moment, waited_too_long
from lms.jobs import GivenUp
from lms.people import sessions
from lms.permissions import allowed
from lms.reports import access
from lms.reports.asking import Again, Asked, Wanted
from lms.reports.documents import Document
from lms.reports.drafts import ReportFailed
from lms.reports.models import Making, Pack
from lms.reports.printing import PrintError, as_pdf
from lms.reports.queries import making as queries
from lms.reports.queries import returns
from lms.reports.services import returns as services
from lms.reports.services.releases import release
from lms.web.context import reference

log = logging.getLogger("lms.reports")

PACKS_KEPT = timedelta(days=1)
MAKINGS_KEPT = timedelta(days=7)

CHANGED = Complaint("", "What you may see has changed since you asked for it. Ask for it anew.")
FAULT = "Something went wrong at our end. Your reference is {}."


def make(making: str) -> Iterator[None]:
    """Make a version, a return or a comparison as it was asked for, if it waits: all or nothing.

    Nobody waits for its row while it counts. Where what is asked changes meanwhile, writing the
    outcome is a serialization failure, and it is made anew.
    """
    one_moment()
    held = db.session.get(Making, uuid.UUID(making))
    if held is None or not queries.waits(held):
        return
    values: dict[str, object] = {"state": "ready"}
    fault: Exception | None = None
    try:
        with db.session.begin_nested():
            values |= _made(held)
    except (Complaint, ReportFailed) as refused:
        values = {"state": "failed", "error": str(refused)}
    except Exception as error:
        if isinstance(error, DBAPIError) and (asks_again(error) or waited_too_long(error)):
            raise
        log.error("%s %s could not be made: fault %s", held.kind, held.id, reference())
        fault = error
        values = {"state": "failed", "error": FAULT.format(reference())}
    crash_point("report.made")
    db.session.execute(update(Making).where(Making.id == held.id).values(**values))
    if fault:
        yield
        raise GivenUp from fault


def _made(held: Making) -> dict[str, Any]:
    """What was asked for, counted with what whoever asked may see, then and now."""
    wanted = queries.wanted_in(held)
    by = _asker(held, wanted)
    if isinstance(wanted, Asked):
        return {"made_id": release(wanted, by=by)}
    if isinstance(wanted, Wanted):
        if wanted.only_look:
            return {"outcome": {"rows": services.preview(wanted, by=by)}}
        return {"made_id": returns.frozen_as(held.key) or services.freeze(wanted, by=by)}
    if not wanted.reason:
        return {"outcome": services.compare(wanted.return_id, by=by).as_json()}
    services.restate(wanted.return_id, wanted.reason, wanted.shown, by=by)
    return {"made_id": wanted.return_id}


def _asker(held: Making, wanted: Asked | Wanted | Again) -> Actor:
    """Whoever asked, if they may have it still and it would count the same people."""
    actor = sessions.acting(held.by_id)
    if actor is None or not allowed(actor, access.RELEASE):
        raise CHANGED
    if isinstance(wanted, Again):
        if not returns.may_restate(actor, wanted.return_id):
            raise CHANGED
    elif wanted.key(actor) != held.key or not access.reaches(actor, wanted.reach(actor)):
        raise CHANGED
    return actor


def print_pack(pack: str) -> None:
    """Print the documents of a pack, if it still waits."""
    pack_id = uuid.UUID(pack)
    waiting = db.session.execute(
        select(Pack.title, Pack.documents).where(Pack.id == pack_id, Pack.state == "pending")
    ).one_or_none()
    if waiting is None:
        return
    documents = [Document.from_json(held) for held in waiting.documents]
    values: dict[str, object] = {"state": "ready"}
    try:
        values["pdf"] = as_pdf(documents, waiting.title)
    except PrintError as error:
        values = {"state": "failed", "error": str(error)[:2000]}
    crash_point("pack.printed")
    db.session.execute(
        update(Pack).where(Pack.id == pack_id, Pack.state == "pending").values(**values)
    )


def forget() -> None:
    """Packs are kept for a day, and what was asked for is for a week."""
    now = clock.now()
    db.session.execute(delete(Pack).where(Pack.created_at < now - PACKS_KEPT))
    db.session.execute(delete(Making).where(Making.created_at < now - MAKINGS_KEPT))


MAKE = Job("reports.make", make)
PRINT = Job("reports.print", print_pack)
FORGET = Job("reports.forget", forget, cron="41 * * * *")
JOBS = (MAKE, PRINT, FORGET)
