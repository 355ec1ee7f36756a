"""Keeps, changes and removes what others hand in. One row of a project and time, of a job and day.

The pages and the upload call it; the database holds that nobody stays who never started.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from sqlalchemy import select

from lms import audit
from lms.contracts import Actor
from lms.db import Complaint, db, violations
from lms.errors import NotFound
from lms.people.models import Locality, Organisation
from lms.reports.access import HAND_IN, in_places
from lms.reports.handed_in.rows import DeliveryRow, Row, TargetRow, values_of
from lms.reports.models import DeliveryCount, HeadcountTarget
from lms.versions import refuse_overwriting

DELIVERY, TARGET = "delivery_count", "headcount_target"
"""What the audit trail calls them."""

TWICE = "This project has counts for this place and time already. Change those"
SAME_DAY = "There is a headcount of this job here on this day already. Change that one"


def keep_delivery(
    row: DeliveryRow, *, by: Actor, delivery_id: uuid.UUID | None = None, seen: str | None = None
) -> None:
    """Keep a new row, or these values for one that is there. Raises `Complaint` at a field.

    `seen` is what the page showed: raises `Overtaken` as `lms.versions` says.
    """
    _may_place(row.locality_id, by)
    known = None if delivery_id is None else _delivery(delivery_id, by)
    with _delivery_complaints():
        _keep(DeliveryCount, known, row, DELIVERY, by, seen)


def keep_target(
    row: TargetRow, *, by: Actor, target_id: uuid.UUID | None = None, seen: str | None = None
) -> None:
    """Keep a new headcount, or these values for one that is there, as `keep_delivery` does."""
    _may_employer(row.organisation_id, by)
    known = None if target_id is None else _target(target_id, by)
    with violations(uq_reports_headcount_target_day=Complaint("on_date", SAME_DAY)):
        _keep(HeadcountTarget, known, row, TARGET, by, seen)


def take_in_deliveries(rows: Sequence[DeliveryRow], *, by: Actor) -> None:
    """Keep the rows of a file: what is there of the same project, place and time is changed."""
    for row in rows:
        known = db.session.scalar(
            select(DeliveryCount.id).where(
                DeliveryCount.locality_id == row.locality_id,
                DeliveryCount.project == row.project,
                DeliveryCount.starts_on == row.starts_on,
                DeliveryCount.ends_on == row.ends_on,
            )
        )
        keep_delivery(row, by=by, delivery_id=known)


def take_in_targets(rows: Sequence[TargetRow], *, by: Actor) -> None:
    """Keep the headcounts of a file: what is there of the same job, employer and day is changed."""
    for row in rows:
        known = db.session.scalar(
            select(HeadcountTarget.id).where(
                HeadcountTarget.organisation_id == row.organisation_id,
                HeadcountTarget.profession_id == row.profession_id,
                HeadcountTarget.on_date == row.on_date,
            )
        )
        keep_target(row, by=by, target_id=known)


def remove_delivery(delivery_id: uuid.UUID, *, by: Actor) -> None:
    """Take a row away; returns that were frozen keep what they said."""
    _remove(_delivery(delivery_id, by), DELIVERY, by)


def remove_target(target_id: uuid.UUID, *, by: Actor) -> None:
    """Take a headcount away."""
    _remove(_target(target_id, by), TARGET, by)


def _keep(
    table: type[Any], known: Any, row: Row, subject: str, by: Actor, seen: str | None
) -> None:
    values = asdict(row)
    if known is None:
        made = table(**values, by_id=by.person_id, by_label=by.name)
        db.session.add(made)
        db.session.flush()
        audit.write("handed_in", subject, made.id, by=by, after=_told(values))
        return
    standing = values_of(type(row), known)
    if seen is not None:
        refuse_overwriting(seen, standing, values)
    before, after = audit.changes(standing, values)
    for name, value in after.items():
        setattr(known, name, value)
    if after:
        known.by_id, known.by_label = by.person_id, by.name
        db.session.flush()
        audit.write("changed", subject, known.id, by=by, before=_told(before), after=_told(after))


def _remove(known: Any, subject: str, by: Actor) -> None:
    db.session.delete(known)
    audit.write("removed", subject, known.id, by=by)


def _told(values: dict[str, Any]) -> dict[str, Any]:
    """The numbers and the time, without what was written freely and without keys."""
    return {
        name: value if isinstance(value, int) else str(value)
        for name, value in values.items()
        if name != "source" and not name.endswith("_id")
    }


@contextmanager
def _delivery_complaints() -> Iterator[None]:
    """What the table's own promises say at the fields of the form."""
    with violations(
        uq_reports_delivery_count_project=Complaint("project", TWICE),
        ck_reports_delivery_count_starts_of_enrolled=Complaint(
            "clients_starts", "Clients who started cannot be more than the clients enrolled"
        ),
        ck_reports_delivery_count_retained_of_starts=Complaint(
            "retained", "Retained cannot be more than clients who started"
        ),
        ck_reports_delivery_count_milestones_of_retained=Complaint(
            "milestones", "Milestones cannot be more than retained"
        ),
        ck_reports_delivery_count_period=Complaint(
            "ends_on", "The last day must not be before the first"
        ),
    ):
        yield


def _may_place(locality_id: uuid.UUID, by: Actor) -> None:
    found = db.session.scalar(
        select(Locality.id).where(Locality.id == locality_id, in_places(by, HAND_IN, Locality.id))
    )
    if found is None:
        raise NotFound


def _may_employer(organisation_id: uuid.UUID, by: Actor) -> None:
    place = db.session.scalar(
        select(Organisation.locality_id).where(Organisation.id == organisation_id)
    )
    if place is None:
        raise NotFound
    _may_place(place, by)


def _delivery(delivery_id: uuid.UUID, by: Actor) -> DeliveryCount:
    found = db.session.scalar(
        select(DeliveryCount)
        .where(DeliveryCount.id == delivery_id, in_places(by, HAND_IN, DeliveryCount.locality_id))
        .with_for_update()
    )
    if found is None:
        raise NotFound
    return found


def _target(target_id: uuid.UUID, by: Actor) -> HeadcountTarget:
    found = db.session.scalar(
        select(HeadcountTarget)
        .join(Organisation, Organisation.id == HeadcountTarget.organisation_id)
        .where(HeadcountTarget.id == target_id, in_places(by, HAND_IN, Organisation.locality_id))
        .with_for_update(of=HeadcountTarget)
    )
    if found is None:
        raise NotFound
    return found
