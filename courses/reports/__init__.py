"""What the courses room reports: the programme, where people drop out, coverage, cost; measures."""

from courses.reports import cost, coverage, funnel, measures, programme
from lms.contracts import Measure, Report

REPORTS: tuple[Report, ...] = (
    programme.REPORT,
    coverage.REPORT,
    funnel.REPORT,
    cost.REPORT,
)
MEASURES: tuple[Measure, ...] = measures.MEASURES
