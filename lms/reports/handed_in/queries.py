"""What was handed in, within an actor's places.

Reports read it, and the pages on which it is kept.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from lms import audit
from lms.contracts import Actor, ReportQuery
from lms.db import db
from lms.errors import NotFound
from lms.people.models import Locality, Organisation, Profession
from lms.reports import drafting
from lms.reports.access import HAND_IN, VIEW, in_places
from lms.reports.handed_in.rows import BASES, DeliveryRow, Row, TargetRow, values_of
from lms.reports.models import DeliveryCount, HeadcountTarget
from lms.versions import Values
from lms.web import words


@dataclass(frozen=True)
class Delivery:
    """A row of the table of delivery as it was handed in."""

    id: uuid.UUID
    locality_id: uuid.UUID
    place: str
    project: str
    starts_on: date
    ends_on: date
    projects_started: int
    clients_enrolled: int
    clients_starts: int
    retained: int
    milestones: int
    milestone_base: str
    source: str

    @property
    def values(self) -> Values:
        """What can be changed, as a `DeliveryRow` has it."""
        return values_of(DeliveryRow, self)

    @property
    def said(self) -> dict[str, str]:
        """The same in words."""
        return {
            **{name: str(value) for name, value in self.values.items()},
            "locality_id": self.place,
            "starts_on": words.date(self.starts_on),
            "ends_on": words.date(self.ends_on),
            "milestone_base": dict(BASES)[self.milestone_base],
        }


@dataclass(frozen=True)
class Target:
    """How many of a job an organisation has, on a day, as its source says."""

    id: uuid.UUID
    organisation_id: uuid.UUID
    organisation: str
    locality_id: uuid.UUID
    place: str
    profession_id: uuid.UUID
    profession: str
    on_date: date
    number: int
    source: str

    @property
    def values(self) -> Values:
        """What can be changed, as a `TargetRow` has it."""
        return values_of(TargetRow, self)

    @property
    def said(self) -> dict[str, str]:
        """The same in words."""
        return {
            "organisation_id": self.organisation,
            "profession_id": self.profession,
            "on_date": words.date(self.on_date),
            "number": str(self.number),
            "source": self.source,
        }


def deliveries(query: ReportQuery) -> list[Delivery]:
    """The rows of a question: of its places, whose time lies wholly within its period."""
    statement = _deliveries().where(in_places(query.actor, VIEW, DeliveryCount.locality_id))
    if query.localities:
        statement = statement.where(DeliveryCount.locality_id.in_(query.localities))
    if query.start:
        statement = statement.where(DeliveryCount.starts_on >= query.start)
    if query.end:
        statement = statement.where(DeliveryCount.ends_on <= query.end)
    return [Delivery(*row) for row in db.session.execute(statement)]


def listed_deliveries(actor: Actor) -> Select[*tuple[Any, ...]]:
    """The rows an actor may change, for `web.paginate`."""
    return _deliveries().where(in_places(actor, HAND_IN, DeliveryCount.locality_id))


def as_delivery(row: Any) -> Delivery:
    """A row of `listed_deliveries`."""
    return Delivery(*row)


def delivery(actor: Actor, delivery_id: uuid.UUID) -> Delivery:
    """One row that the actor may change, else `NotFound`."""
    row = db.session.execute(
        listed_deliveries(actor).where(DeliveryCount.id == delivery_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return Delivery(*row)


def _deliveries() -> Select[*tuple[Any, ...]]:
    statement: Select[*tuple[Any, ...]] = (
        select(
            DeliveryCount.id,
            DeliveryCount.locality_id,
            Locality.name,
            DeliveryCount.project,
            DeliveryCount.starts_on,
            DeliveryCount.ends_on,
            DeliveryCount.projects_started,
            DeliveryCount.clients_enrolled,
            DeliveryCount.clients_starts,
            DeliveryCount.retained,
            DeliveryCount.milestones,
            DeliveryCount.milestone_base,
            DeliveryCount.source,
        )
        .join(Locality, Locality.id == DeliveryCount.locality_id)
        .order_by(
            Locality.name,
            DeliveryCount.starts_on,
            func.lower(DeliveryCount.project),
            DeliveryCount.id,
        )
    )
    return statement


def standing(actor: Actor, rows: Sequence[DeliveryRow]) -> list[str]:
    """What becomes of each row of a file: new, changed from what, or there already."""
    known = {
        (each.locality_id, each.project, each.starts_on, each.ends_on): each
        for each in map(as_delivery, db.session.execute(listed_deliveries(actor)))
    }
    return [
        _differs(known.get((row.locality_id, row.project, row.starts_on, row.ends_on)), row)
        for row in rows
    ]


def standing_targets(actor: Actor, rows: Sequence[TargetRow]) -> list[str]:
    """The same of headcounts."""
    known = {
        (each.organisation_id, each.profession_id, each.on_date): each
        for each in map(as_target, db.session.execute(listed_targets(actor)))
    }
    return [
        _differs(known.get((row.organisation_id, row.profession_id, row.on_date)), row)
        for row in rows
    ]


def _differs(known: object, row: Row) -> str:
    if known is None:
        return "New"
    before, after = audit.changes({name: getattr(known, name) for name in vars(row)}, vars(row))
    if not after:
        return "There already"
    told = [f"{name.replace('_', ' ')} {before[name]} → {after[name]}" for name in after]
    return f"Changed: {', '.join(told)}"


def targets(query: ReportQuery) -> list[Target]:
    """The newest headcount of each organisation and job up to the end of the question's period."""
    until = drafting.today(query)
    newest = (
        _targets()
        .where(
            in_places(query.actor, VIEW, Organisation.locality_id), HeadcountTarget.on_date <= until
        )
        .ext(distinct_on(HeadcountTarget.organisation_id, HeadcountTarget.profession_id))
        .order_by(
            HeadcountTarget.organisation_id,
            HeadcountTarget.profession_id,
            HeadcountTarget.on_date.desc(),
        )
    )
    if query.localities:
        newest = newest.where(Organisation.locality_id.in_(query.localities))
    found = [Target(*row) for row in db.session.execute(newest)]
    return sorted(found, key=lambda t: (t.place, t.organisation.casefold(), t.profession))


def listed_targets(actor: Actor) -> Select[*tuple[Any, ...]]:
    """The headcounts an actor may change, for `web.paginate`."""
    return (
        _targets()
        .where(in_places(actor, HAND_IN, Organisation.locality_id))
        .order_by(
            Locality.name,
            func.lower(Organisation.name),
            Profession.name,
            HeadcountTarget.on_date.desc(),
            HeadcountTarget.id,
        )
    )


def as_target(row: Any) -> Target:
    """A row of `listed_targets`."""
    return Target(*row)


def target(actor: Actor, target_id: uuid.UUID) -> Target:
    """One headcount that the actor may change, else `NotFound`."""
    row = db.session.execute(
        listed_targets(actor).where(HeadcountTarget.id == target_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return Target(*row)


def _targets() -> Select[*tuple[Any, ...]]:
    statement: Select[*tuple[Any, ...]] = (
        select(
            HeadcountTarget.id,
            Organisation.id,
            Organisation.name,
            Locality.id,
            Locality.name,
            Profession.id,
            Profession.name,
            HeadcountTarget.on_date,
            HeadcountTarget.number,
            HeadcountTarget.source,
        )
        .join(Organisation, Organisation.id == HeadcountTarget.organisation_id)
        .join(Locality, Locality.id == Organisation.locality_id)
        .join(Profession, Profession.id == HeadcountTarget.profession_id)
    )
    return statement
