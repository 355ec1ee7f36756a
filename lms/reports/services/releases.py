"""Making a version for somebody outside: compared with those before, recorded, then seen.

The room's job and the command line call `release` in a transaction that sees one moment; two that
are made at once are put one after the other by the database.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, Text, cast, func, select
from sqlalchemy.dialects.postgresql import insert

from lms import audit, clock
from lms.contracts import Actor, Count, Draft, Subject
from lms.db import Complaint, be_patient, crash_point, db, uuid7
from lms.reports.asking import Asked
from lms.reports.disclosure import POLICIES, Earlier, Told
from lms.reports.documents import Protected, protect
from lms.reports.drafts import draft_of, fingerprint_of, heading_of
from lms.reports.models import Release

COMPARING = 300
"""Seconds that a comparison with the versions before may take."""


def release(asked: Asked, *, by: Actor) -> uuid.UUID:
    """The version that answers a question for somebody outside, by its id.

    The one there is, if nothing has changed since; else a new one, written before anybody sees it.
    Raises `Complaint` when there is nothing to count.
    """
    as_of = clock.now()
    draft = draft_of(asked, by, as_of)
    if draft.empty:
        raise Complaint("", draft.empty)
    mark, key = fingerprint_of(draft), asked.key(by)
    newest = select(Release.id, Release.draft).where(Release.key == key)
    latest = db.session.execute(newest.order_by(Release.number.desc()).limit(1)).one_or_none()
    if latest is not None and latest.draft == mark:
        return uuid.UUID(str(latest.id))
    protected = protect(draft, heading_of(asked, by, as_of), POLICIES[asked.audience], told(draft))
    return _record(asked, protected, mark, as_of, by=by)


def told(draft: Draft) -> Earlier:
    """What was told before of anything that a draft counts."""
    measures = _measures(f for f in draft.figures if isinstance(f, Count))
    rows = db.session.execute(
        select(Release.audience, Release.figures).where(
            Release.measures.has_any(cast(measures, ARRAY(Text)))
        )
    ).all()
    found: dict[str, list[Told]] = {"partner": [], "publication": []}
    for audience, figures in rows:
        found[audience] += (_told(held) for held in figures)
    be_patient(COMPARING)
    return Earlier(tuple(found["partner"]), tuple(found["publication"]))


def _measures(counts: Iterable[Count | Told]) -> list[str]:
    """The measures of counts and those they lie within: versions that share one are compared."""
    found = {name for one in counts for name in (one.measure, *one.within) if name}
    return sorted(found)


def _record(
    asked: Asked, protected: Protected, mark: str, as_of: datetime, *, by: Actor
) -> uuid.UUID:
    number = (db.session.scalar(select(func.max(Release.number))) or 0) + 1
    release_id = uuid7()
    row = {
        "id": release_id,
        "number": number,
        "slug": asked.slug,
        "audience": str(asked.audience),
        "query": asked.as_json(),
        "key": asked.key(by),
        "reach": asked.reach(by),
        "draft": mark,
        "document": protected.document.as_json(),
        "figures": [_held(one) for one in protected.told],
        "measures": _measures(protected.told),
        "as_of": as_of,
        "by_id": by.person_id,
        "by_label": by.name,
        "created_at": as_of,
    }
    # A number that somebody took since our moment is a serialization failure here, and the whole
    # job is run again, with their version among the earlier ones.
    db.session.execute(
        insert(Release).values(row).on_conflict_do_nothing(index_elements=["number"])
    )
    crash_point("report.released")
    said = {"report": asked.slug, "audience": str(asked.audience), "number": number}
    audit.write("report.released", "release", release_id, by=by, after=said)
    return release_id


def _held(one: Told) -> dict[str, Any]:
    """A count that was told, for the column."""
    groups = [[list(group), number] for group, number in sorted(one.groups.items())]
    return {
        "measure": one.measure,
        "subject": str(one.subject),
        "value": one.value,
        "groups": groups,
        "base": one.base,
        "within": list(one.within),
        "share": one.share,
    }


def _told(held: Mapping[str, Any]) -> Told:
    return Told(
        held["measure"],
        Subject(held["subject"]),
        held["value"],
        {tuple(group): number for group, number in held["groups"]},
        held["base"],
        tuple(held.get("within", ())),
        held.get("share", False),
    )
