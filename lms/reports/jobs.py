"""The room's jobs: printing a pack, and forgetting old ones.

The worker runs them; each is safe to run twice, and two at a time.
"""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import delete, select, update

from lms import clock
from lms.contracts import Job
from lms.db import crash_point, db
from lms.reports.documents import Document
from lms.reports.models import Pack
from lms.reports.printing import PrintError, as_pdf

KEPT = timedelta(days=1)


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
    """Packs are kept for a day."""
    db.session.execute(delete(Pack).where(Pack.created_at < clock.now() - KEPT))


PRINT = Job("reports.print", print_pack)
FORGET = Job("reports.forget", forget, cron="41 * * * *")
JOBS = (PRINT, FORGET)
