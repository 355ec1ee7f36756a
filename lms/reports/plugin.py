"""What the reports room offers: its tables, its pages, and who may ask.

The kernel loads it; everything it does is in the room's drawers.
"""

from __future__ import annotations

from lms import hookimpl
from lms.contracts import Tables


@hookimpl
def lms_tables() -> Tables:
    """This room's tables, in the core's history."""
    return Tables("reports", ("lms.reports.models",))
