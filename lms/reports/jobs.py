"""The room's jobs: making versions and returns, printing packs, and forgetting what is over.

The worker runs them; each is safe to run twice, and two at a time.
"""

from __future__ import annotations

import logging
import uuid
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from lms import clock
from lms.contracts import Actor, Job
from lms.db import Complaint, asks_again, crash_point, db, one_moment
from lms.people import sessions
from lms.permissions import allowed
from lms.reports import access
from lms.reports.asking import Asked, Wanted
from lms.reports.documents import Document
from lms.reports.drafts import ReportFailed
from lms.reports.models import Making, Pack
from lms.reports.printing import PrintError, as_pdf
from lms.reports.services.releases import release
from lms.reports.services.returns import freeze
from lms.web.context import reference

log = logging.getLogger("lms.reports")

PACKS_KEPT = timedelta(days=1)
MAKINGS_KEPT = timedelta(days=7)
LONGEST = timedelta(hours=1)
"""After so long without an outcome somebody is told that there will be none."""

CHANGED = Complaint("", "What you may see has changed since you asked for it. Ask for it anew.")
FAULT = "Something went wrong at our end. Your reference is {}."
NEVER = "It was not made within an hour, because our system was busy or had stopped."


def make(making: str) -> None:
    """Make a version or a return as somebody asked for it, if it still waits: all or nothing."""
    one_moment()
    waits = Making.id == uuid.UUID(making), Making.state == "pending"
    held = db.session.scalar(select(Making).where(*waits).with_for_update())
    if held is None:
        return
    values: dict[str, object] = {"state": "ready"}
    try:
        with db.session.begin_nested():
            values["made_id"] = _made(held)
    except (Complaint, ReportFailed) as refused:
        values = {"state": "failed", "error": str(refused)}
    except Exception as error:
        if isinstance(error, DBAPIError) and asks_again(error):
            raise
        log.exception("%s %s could not be made: fault %s", held.kind, held.id, reference())
        values = {"state": "failed", "error": FAULT.format(reference())}
    crash_point("report.made")
    db.session.execute(update(Making).where(Making.id == held.id).values(**values))


def _made(held: Making) -> uuid.UUID:
    """The version or the return, counted with what whoever asked may see, then and now."""
    if held.kind == "return":
        wanted = Wanted.from_json(held.wanted)
        return freeze(wanted, by=_asker(held, wanted))
    asked = Asked.from_json(held.wanted)
    return release(asked, by=_asker(held, asked))


def _asker(held: Making, wanted: Asked | Wanted) -> Actor:
    """Whoever asked, if they may have it still and it would count the same people."""
    actor = sessions.acting(held.by_id)
    if actor is None or not allowed(actor, access.RELEASE):
        raise CHANGED
    if wanted.key(actor) != held.key or not access.reaches(actor, wanted.reach(actor)):
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
    """Packs are kept for a day; what was asked for is, for a week, and given up after an hour."""
    now = clock.now()
    db.session.execute(delete(Pack).where(Pack.created_at < now - PACKS_KEPT))
    db.session.execute(delete(Making).where(Making.updated_at < now - MAKINGS_KEPT))
    db.session.execute(
        update(Making)
        .where(Making.state == "pending", Making.updated_at < now - LONGEST)
        .values(state="failed", error=NEVER, updated_at=now)
    )


MAKE = Job("reports.make", make)
PRINT = Job("reports.print", print_pack)
FORGET = Job("reports.forget", forget, cron="41 * * * *")
JOBS = (MAKE, PRINT, FORGET)
