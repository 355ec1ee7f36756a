"""Makes and changes sets of indicators; a set begins empty or from an example.

The pages call it.
"""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import func, select, text

from lms import audit
from lms.contracts import Actor, ScopeKind
from lms.db import Complaint, db, violations
from lms.errors import Forbidden, NotFound
from lms.people.models import Locality
from lms.permissions import scopes
from lms.reports import measures
from lms.reports.access import HAND_IN, in_places
from lms.reports.indicators.examples import Example
from lms.reports.indicators.queries import as_line
from lms.reports.indicators.rows import LineRow
from lms.reports.models import Indicator, IndicatorSet
from lms.versions import refuse_overwriting

TAKEN = Complaint("title", "There is a set with this name for this place already")
BACKWARDS = Complaint("ends_on", "The last day must not be before the first")
MOST = 100
"""Indicators of one set."""


def make_set(
    title: str,
    about: str,
    locality_id: uuid.UUID | None,
    *,
    by: Actor,
    example: Example | None = None,
) -> uuid.UUID:
    """Make a set, with the lines of an example where one is given."""
    _may(locality_id, by)
    made = IndicatorSet(
        title=title, about=about, locality_id=locality_id, by_id=by.person_id, by_label=by.name
    )
    with violations(uq_reports_indicator_set_title=TAKEN):
        db.session.add(made)
    for position, line in enumerate(example.lines if example else (), 1):
        found = measures.find(line.measure) if line.measure else None
        db.session.add(
            Indicator(
                set_id=made.id,
                position=position,
                title=line.title,
                kind=found.kind if found else line.kind,
                measure=line.measure,
                definition={},
                source=line.source,
            )
        )
    db.session.flush()
    audit.write("added", "indicator_set", made.id, by=by, after={"title": title})
    return made.id


def change_set(set_id: uuid.UUID, title: str, about: str, *, seen: str, by: Actor) -> None:
    """Give a set another name or another word about it.

    `seen` is what the page showed: raises `Overtaken` as `lms.versions` says.
    """
    known = _set(set_id, by)
    standing = {"title": known.title, "about": known.about}
    refuse_overwriting(seen, standing, {"title": title, "about": about})
    with violations(uq_reports_indicator_set_title=TAKEN):
        known.title, known.about = title, about
    audit.write("changed", "indicator_set", set_id, by=by, after={"title": title})


def remove_set(set_id: uuid.UUID, *, by: Actor) -> None:
    """Take a set away with its indicators; returns that were frozen keep what they said."""
    db.session.delete(_set(set_id, by))
    audit.write("removed", "indicator_set", set_id, by=by)


def keep_line(
    set_id: uuid.UUID,
    row: LineRow,
    *,
    by: Actor,
    line_id: uuid.UUID | None = None,
    seen: str = "",
) -> None:
    """Add an indicator at the end, or change one. Raises `Complaint` at a field.

    `seen` is what the page of one that is there showed: raises `Overtaken` as `lms.versions` says.
    """
    _set(set_id, by)
    values = _values(row)
    if line_id is not None:
        known = _line(set_id, line_id)
        refuse_overwriting(seen, as_line(known).values, row.values)
        with violations(ck_reports_indicator_period=BACKWARDS):
            for name, value in values.items():
                setattr(known, name, value)
        audit.write("changed", "indicator", line_id, by=by, after={"title": row.title})
        return
    last = db.session.scalar(select(func.max(Indicator.position)).where(Indicator.set_id == set_id))
    if (last or 0) >= MOST:
        raise Complaint("title", f"A set holds at most {MOST} indicators")
    made = Indicator(set_id=set_id, position=(last or 0) + 1, **values)
    with violations(ck_reports_indicator_period=BACKWARDS):
        db.session.add(made)
    audit.write("added", "indicator", made.id, by=by, after={"title": row.title})


def remove_line(set_id: uuid.UUID, line_id: uuid.UUID, *, by: Actor) -> None:
    """Take an indicator away; those below it move up."""
    _set(set_id, by)
    gone = _line(set_id, line_id)
    db.session.delete(gone)
    db.session.flush()
    for place, each in enumerate(_in_order(set_id), 1):
        each.position = place
        db.session.flush()
    audit.write("removed", "indicator", line_id, by=by)


def move_up(set_id: uuid.UUID, line_id: uuid.UUID, *, by: Actor) -> None:
    """Change places with the indicator above, if there is one."""
    _set(set_id, by)
    ordered = _in_order(set_id)
    place = next((n for n, each in enumerate(ordered) if each.id == line_id), None)
    if place is None:
        raise NotFound
    if place:
        above, moved = ordered[place - 1], ordered[place]
        db.session.execute(text("set constraints uq_reports_indicator_position deferred"))
        above.position, moved.position = moved.position, above.position
        db.session.flush()
        db.session.execute(text("set constraints all immediate"))


def _values(row: LineRow) -> dict[str, Any]:
    found = measures.find(row.measure) if row.measure else None
    if row.measure and found is None:
        raise Complaint("measure", "Choose one of the measures shown")
    kind = found.kind if found else row.kind
    numbers = {} if found else {"first": row.first, "second": row.second}
    if kind == "percentage" and _more(row.first, row.second):
        raise Complaint("first", "The part cannot be more than the whole")
    return {
        "title": row.title,
        "kind": kind,
        "measure": row.measure,
        "definition": {name: value for name, value in numbers.items() if value is not None},
        "source": row.source,
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
    }


def _more(first: int | None, second: int | None) -> bool:
    return first is not None and second is not None and first > second


def _may(locality_id: uuid.UUID | None, by: Actor) -> None:
    """Only who reaches the whole programme keeps a set for all of it."""
    if locality_id is None:
        if not any(scope.kind is ScopeKind.PROGRAMME for scope in scopes(by, HAND_IN)):
            raise Forbidden((HAND_IN,))
        return
    reached = select(Locality.id).where(
        Locality.id == locality_id, in_places(by, HAND_IN, Locality.id)
    )
    if db.session.scalar(reached) is None:
        raise NotFound


def _set(set_id: uuid.UUID, by: Actor) -> IndicatorSet:
    found = db.session.scalar(
        select(IndicatorSet)
        .where(IndicatorSet.id == set_id, in_places(by, HAND_IN, IndicatorSet.locality_id))
        .with_for_update()
    )
    if found is None:
        raise NotFound
    return found


def _line(set_id: uuid.UUID, line_id: uuid.UUID) -> Indicator:
    found = db.session.scalar(
        select(Indicator).where(Indicator.set_id == set_id, Indicator.id == line_id)
    )
    if found is None:
        raise NotFound
    return found


def _in_order(set_id: uuid.UUID) -> list[Indicator]:
    return list(
        db.session.scalars(
            select(Indicator).where(Indicator.set_id == set_id).order_by(Indicator.position)
        )
    )
