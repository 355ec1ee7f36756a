"""Pages of this room, one file per noun; `lms.reports.plugin` offers the blueprint."""

from lms.reports.views import packs, releases, reports, returns
from lms.reports.views.blueprint import blueprint

__all__ = ["blueprint", "packs", "releases", "reports", "returns"]
