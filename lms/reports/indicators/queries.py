"""Sets of indicators and their lines, within an actor's places.

The report shows them, and the pages on which they are kept.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from lms.contracts import Actor
from lms.db import db
from lms.errors import NotFound
from lms.people.models import Locality
from lms.reports.access import HAND_IN, VIEW, in_places
from lms.reports.indicators.rows import LineRow
from lms.reports.models import Indicator, IndicatorSet
from lms.versions import Values

EVERYWHERE = "The whole programme"


@dataclass(frozen=True)
class SetRow:
    """A set and how many indicators it has; without a place it is for the whole programme."""

    id: uuid.UUID
    title: str
    about: str
    locality_id: uuid.UUID | None
    place: str
    indicators: int

    @property
    def values(self) -> Values:
        """What can be changed."""
        return {"title": self.title, "about": self.about}


@dataclass(frozen=True)
class Line(LineRow):
    """An indicator that is kept.

    `first` and `second` are the number; a part and its base; or before and after.
    """

    id: uuid.UUID
    position: int

    @property
    def by_months(self) -> bool:
        """Whether it counts whole months: nothing else is told outside the team."""
        after = self.ends_on + timedelta(days=1) if self.ends_on else None
        return all(day is None or day.day == 1 for day in (self.starts_on, after))


def sets(actor: Actor) -> list[SetRow]:
    """The sets an actor may look at: of their places, and of the whole programme."""
    reached = in_places(actor, VIEW, IndicatorSet.locality_id)
    rows = db.session.execute(_sets(or_(reached, IndicatorSet.locality_id.is_(None))))
    return [SetRow(*row) for row in rows]


def listed(actor: Actor) -> Select[*tuple[Any, ...]]:
    """The sets an actor may change, for `web.paginate`."""
    return _sets(in_places(actor, HAND_IN, IndicatorSet.locality_id))


def as_set(row: Any) -> SetRow:
    """A row of `listed`."""
    return SetRow(*row)


def find(actor: Actor, set_id: uuid.UUID) -> SetRow:
    """One set that the actor may change, else `NotFound`."""
    row = db.session.execute(listed(actor).where(IndicatorSet.id == set_id)).one_or_none()
    if row is None:
        raise NotFound
    return SetRow(*row)


def lines(set_id: uuid.UUID) -> list[Line]:
    """The indicators of a set in their order."""
    rows = db.session.scalars(
        select(Indicator).where(Indicator.set_id == set_id).order_by(Indicator.position)
    )
    return [as_line(row) for row in rows]


def as_line(row: Indicator) -> Line:
    """A row as pages and reports need it."""
    return Line(
        id=row.id,
        position=row.position,
        title=row.title,
        kind=row.kind,
        measure=row.measure,
        first=row.definition.get("first"),
        second=row.definition.get("second"),
        source=row.source,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
    )


def line(set_id: uuid.UUID, line_id: uuid.UUID) -> Line:
    """One indicator of a set, else `NotFound`."""
    found = next((one for one in lines(set_id) if one.id == line_id), None)
    if found is None:
        raise NotFound
    return found


def _sets(condition: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    number = (
        select(func.count(Indicator.id))
        .where(Indicator.set_id == IndicatorSet.id)
        .correlate(IndicatorSet)
        .scalar_subquery()
    )
    statement: Select[*tuple[Any, ...]] = (
        select(
            IndicatorSet.id,
            IndicatorSet.title,
            IndicatorSet.about,
            IndicatorSet.locality_id,
            func.coalesce(Locality.name, EVERYWHERE),
            number,
        )
        .outerjoin(Locality, Locality.id == IndicatorSet.locality_id)
        .where(condition)
        .order_by(Locality.name.nulls_first(), func.lower(IndicatorSet.title), IndicatorSet.id)
    )
    return statement
