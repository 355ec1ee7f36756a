"""Freezing several reports of a period at one moment, and restating what came out differently.

A job does it, and what is looked at before, in a transaction that sees one moment; a return is
kept whole or not at all.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete

from lms import audit, clock
from lms.contracts import Actor, Audience
from lms.db import Complaint, crash_point, db, uuid7, violations
from lms.reports.asking import Again, Asked, Wanted, first_day, last_day
from lms.reports.disclosure import POLICIES
from lms.reports.documents import Document, protect
from lms.reports.documents.comparing import Differences, differences
from lms.reports.documents.words import upto_words
from lms.reports.drafts import draft_of, heading_of
from lms.reports.models import FrozenReturn, Making, Restatement
from lms.reports.queries import releases as versions
from lms.reports.queries import returns
from lms.reports.services.releases import release
from lms.web import words

ONCE = Complaint(
    "title",
    "These reports of this period are frozen already, for the same audience and places. "
    "Open that return to see it or to restate it",
)
NOTHING = Complaint("reason", "Nothing that can be told has changed. Nothing was restated")
ANEW = Complaint("reason", "What differs has changed since you compared. Compare again")


def freeze(wanted: Wanted, *, by: Actor) -> uuid.UUID:
    """Count all of it now and keep it. Raises `Complaint` when it was frozen before."""
    as_of = clock.now()
    start, end = first_day(wanted.asked.start), last_day(wanted.asked.end)
    if start is None or end is None or end < start:
        raise Complaint("end", "Choose the first and the last month of the return")
    documents = _kept(wanted.questions(), as_of, by)
    policy = POLICIES[wanted.asked.audience]
    row = FrozenReturn(
        id=uuid7(),
        title=wanted.title,
        about=wanted.about,
        starts_on=start,
        ends_on=end,
        slugs=list(wanted.slugs),
        audience=str(wanted.asked.audience),
        query=wanted.asked.as_json(),
        key=wanted.key(by),
        reach=wanted.reach(by),
        policy=asdict(policy) | {"sentence": policy.sentence},
        documents=[one.as_json() for one in documents],
        as_of=as_of,
        by_id=by.person_id,
        by_label=by.name,
    )
    with violations(uq_reports_frozen_return_key=ONCE):
        db.session.add(row)
    crash_point("return.frozen")
    said = {"title": wanted.title, "reports": ", ".join(wanted.slugs)}
    audit.write("report.frozen", "return", row.id, by=by, after=said)
    return row.id


def restate(return_id: uuid.UUID, reason: str, shown: str, *, by: Actor) -> uuid.UUID:
    """Keep what came out differently since the return was frozen or last restated, and why.

    Outside the team a difference of fewer people than may be told is hidden in the new documents,
    so it is not restated either. `shown` is the `mark` of the differences that the reason was given
    for. Raises `Complaint` when nothing is left to say, or when something else differs now.
    """
    frozen = returns.find_to_restate(by, return_id)
    as_of = clock.now()
    now = _kept(frozen.questions(), as_of, by)
    found = differences(frozen.current, now)
    if not found.restated:
        raise NOTHING
    if found.mark != shown:
        raise ANEW
    row = Restatement(
        id=uuid7(),
        return_id=return_id,
        cells=[one.as_json() for one in found.restated],
        documents=[one.as_json() for one in now],
        reason=reason,
        as_of=as_of,
        by_id=by.person_id,
        by_label=by.name,
    )
    db.session.add(row)
    db.session.flush()
    # Nobody reads any more how it compared with what it said before.
    compared = Making.key == Again(return_id).key(by)
    db.session.execute(delete(Making).where(compared, Making.state == "ready"))
    said = {"title": frozen.title, "cells": len(found.restated)}
    audit.write("report.restated", "return", return_id, by=by, after=said)
    return row.id


def compare(return_id: uuid.UUID, *, by: Actor) -> Differences:
    """What came out differently since a return was frozen or last restated."""
    frozen = returns.find_to_restate(by, return_id)
    return differences(frozen.current, documents_now(frozen.questions(), by))


def preview(wanted: Wanted, *, by: Actor) -> list[tuple[str, str]]:
    """What would be kept, how far its data reaches, and what differs from the last return."""
    documents = documents_now(wanted.questions(), by)
    rows = []
    for one in documents:
        tables = words.plural(len(list(one.tables)), "table")
        rows.append((one.title, one.empty or f"{tables}{upto_words(one)}"))
    last = returns.before(by, wanted.slugs, wanted.asked)
    if last is not None:
        number = len(differences(last.current, documents).restated)
        differ = words.plural(number, "figure differs", "figures differ")
        rows.append((f"Since “{last.title}”", differ))
    return rows


def documents_now(questions: Sequence[Asked], by: Actor) -> list[Document]:
    """What the reports would say now, kept nowhere: made as they would be kept, and undone.

    For somebody outside each is held against the one before it, as it will be when they are kept.
    """
    with db.session.begin_nested() as savepoint:
        documents = _kept(questions, clock.now(), by)
        savepoint.rollback()
    return documents


def _kept(questions: Sequence[Asked], as_of: datetime, by: Actor) -> list[Document]:
    """Each report as its audience may see it; for somebody outside it is a recorded version."""
    documents = []
    for one in questions:
        draft = draft_of(one, by, as_of)
        if one.audience is Audience.TEAM or draft.empty:
            heading = heading_of(one, by, as_of)
            documents.append(protect(draft, heading, POLICIES[one.audience]).document)
        else:
            documents.append(versions.find(by, release(one, by=by)).document)
    return documents
