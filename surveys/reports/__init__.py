"""What the surveys room reports: did confidence change."""

from lms.contracts import Report
from surveys.reports import confidence

REPORTS: tuple[Report, ...] = (confidence.REPORT,)
