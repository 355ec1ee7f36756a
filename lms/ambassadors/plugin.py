"""What the ambassadors' room offers: its tables, pages, jobs, and its word on other pages.

The kernel loads it after messages; courses and surveys above reach it by events and hooks.
"""

from __future__ import annotations

from lms import hookimpl
from lms.contracts import Tables


@hookimpl
def lms_tables() -> Tables:
    """Tables `ambassadors_*`."""
    return Tables("ambassadors", ("lms.ambassadors.models",))
