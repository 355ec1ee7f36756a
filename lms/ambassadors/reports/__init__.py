"""What the ambassadors' room reports: were pledges kept; and its measures."""

from lms.ambassadors.reports.measures import MEASURES
from lms.ambassadors.reports.pledges import REPORT

__all__ = ["MEASURES", "REPORT"]
