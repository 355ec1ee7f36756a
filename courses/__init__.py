"""Courses, cohorts, bookings, registers and completions."""
