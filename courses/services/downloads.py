"""The people of a cohort as a file, with what it is for in the audit trail."""

from __future__ import annotations

from courses.queries import bookings, roster
from courses.queries.cohorts import CohortFacts
from courses.services.schedule import SUBJECT
from lms import audit, clock, spreadsheets
from lms.contracts import Actor
from lms.web import words


def roster_file(cohort: CohortFacts, form: str, *, reason: str, by: Actor) -> tuple[bytes, str]:
    """The roster as CSV or Excel and its content type; contacts of the actor's own people only."""
    table = roster.of_cohort(by, cohort)
    addresses = bookings.addresses(
        [one.booking.person_id for one in table.people if one.booking.manageable]
    )
    header = (
        "Name",
        "Job",
        "Organisation",
        "Place",
        "E-mail",
        *(words.short_date(session.start) for session in cohort.held),
        "Minutes",
    )
    rows: list[tuple[spreadsheets.Cell, ...]] = [
        (
            one.booking.name,
            one.booking.profession,
            one.booking.organisation,
            one.booking.locality,
            addresses.get(one.booking.person_id, ""),
            *one.marks,
            one.minutes,
        )
        for one in table.people
    ]
    audit.write(
        "downloaded people",
        SUBJECT,
        cohort.id,
        by=by,
        after={"rows": len(rows), "reason": reason, "format": form},
    )
    notes = (
        f"{cohort.title} ({cohort.code})",
        f"Made on {words.date(clock.today())} for: {reason}",
        "E-mail addresses are those of your own places’ people.",
    )
    made = spreadsheets.Table("People", header, rows)
    return spreadsheets.write(form, [made], notes), spreadsheets.TYPES[form]
