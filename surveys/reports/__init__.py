"""What the surveys room reports: did confidence change; and its measures."""

from lms.contracts import Measure, Report
from surveys.reports import confidence, measures

REPORTS: tuple[Report, ...] = (confidence.REPORT,)
MEASURES: tuple[Measure, ...] = measures.MEASURES
