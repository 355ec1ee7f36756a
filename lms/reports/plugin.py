"""What the reports room offers: its tables, its pages, and who may ask.

The kernel loads it; everything it does is in the room's drawers.
"""

from __future__ import annotations

from collections.abc import Iterable

from lms import hookimpl
from lms.contracts import Permission, Tables
from lms.reports.access import PERMISSIONS


@hookimpl
def lms_tables() -> Tables:
    """This room's tables, in the core's history."""
    return Tables("reports", ("lms.reports.models",))


@hookimpl
def lms_permissions() -> Iterable[Permission]:
    """Who asks reports, gives them away, and hands counts in."""
    return PERMISSIONS
