"""What the courses room reports: the programme, where people drop out, coverage, cost; measures."""

from courses.reports import programme
from lms.contracts import Report

REPORTS: tuple[Report, ...] = (programme.REPORT,)
