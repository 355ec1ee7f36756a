"""The reports there are, in their order, each with how far its data reaches."""

from __future__ import annotations

from datetime import date

from lms.contracts import Actor, Report
from lms.envelope import Failed
from lms.registry import current_registry


def reports(actor: Actor, *, only_with_data: bool = False) -> list[tuple[Report, date | None]]:
    """Every report with the last day that its data speaks of, where it says so.

    `only_with_data` leaves those out that say they have none for this actor: whoever can enter
    nothing learns nothing from an empty one.
    """
    found = sorted(current_registry().reports.values(), key=lambda r: (r.order, r.question))
    rows = [(one, _latest(one, actor)) for one in found]
    if only_with_data:
        return [(one, latest) for one, latest in rows if latest or one.latest is None]
    return rows


def _latest(report: Report, actor: Actor) -> date | None:
    if report.latest is None:
        return None
    registry, latest = current_registry(), report.latest
    owner = registry.owners[Report, report.slug]
    if owner.room:
        return latest(actor)
    found = registry.callers.guarded(owner, "lms_reports", lambda: latest(actor))
    return None if isinstance(found, Failed) or not isinstance(found, date) else found
