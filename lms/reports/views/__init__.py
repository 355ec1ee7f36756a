"""Pages of this room, one file per noun; `lms.reports.plugin` offers the blueprint."""

from lms.reports.views import making, packs, releases, reports, returns
from lms.reports.views.blueprint import blueprint

__all__ = ["blueprint", "making", "packs", "releases", "reports", "returns"]
