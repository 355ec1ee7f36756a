"""A cohort in the words and calendar entries of messages.

`courses.services.notices` builds messages from these, the home page its calendar file.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import icalendar

from courses.queries.cohorts import CohortFacts, SessionFacts
from lms import clock
from lms.messages.calendar import Calendar, Entry, Method
from lms.web import words
from lms.web.context import settings


def about(cohort: CohortFacts) -> dict[str, Any]:
    """What every message about a cohort may say."""
    first = cohort.first
    return {
        "course": cohort.course,
        "date": words.date(first.start) if first else "",
        "short_date": words.short_date(first.start) if first else "",
        "weekday": words.weekday_date(first.start).split()[0] if first else "",
        "weekday_date": words.weekday_date(first.start) if first else "",
        "sessions": [session_words(session) for session in cohort.held],
        "trainers": words.listing(
            dict.fromkeys(one.name for session in cohort.held for one in session.trainers)
        ),
        "getting_there": getting_there(cohort),
        "arrival": cohort.arrival,
        "bring": cohort.bring,
        "lunch": cohort.lunch,
        "day_phone": cohort.day_phone or settings().team_phone,
        "speaks_of_abuse": bool(cohort.template.get("domestic_abuse_content")),
    }


def getting_there(cohort: CohortFacts) -> list[str]:
    """As "Parking: free behind the building", with the room's name where there are several."""
    several = len(cohort.rooms) > 1
    return [
        (f"{room.name}. " if several else "") + f"{heading}: {text}"
        for room in cohort.rooms
        for heading, text in room.getting_there
    ]


def calendar(cohort: CohortFacts, method: Method) -> Calendar:
    """The cohort's sessions for a calendar; the number grows with each change of any of them."""
    sequence = sum(session.sequence for session in cohort.sessions)
    return Calendar(method, sequence, tuple(entry(cohort, session) for session in cohort.held))


def session_words(session: SessionFacts) -> dict[str, str]:
    """A session in words: "Thursday 4 March 2027", "9:30am to 12:30pm", the room."""
    return {
        "date": words.weekday_date(session.start),
        "time": words.time_range(session.start, session.end),
        "where": session.room.full_name if session.room else session.link,
        "link": session.link,
    }


def entry(cohort: CohortFacts, session: SessionFacts) -> Entry:
    """A session in a calendar; its UID is the same for ever."""
    return Entry(
        uid=f"session-{session.id}@{urlsplit(settings().base_url).hostname}",
        starts=session.start,
        ends=session.end,
        summary=cohort.course,
        location=session.room.full_name if session.room else session.link,
        description=f"Trainer: {session.who}" if session.who else "",
    )


def calendar_file(cohort: CohortFacts) -> bytes:
    """All sessions in one file to be put into one's own calendar."""
    whole = icalendar.Calendar()
    whole.add("prodid", "-//Golden Thread//Training//EN")
    whole.add("version", "2.0")
    whole.add("method", "PUBLISH")
    known = calendar(cohort, "REQUEST")
    for one in known.entries:
        event = icalendar.Event()
        event.add("uid", one.uid)
        event.add("sequence", known.sequence)
        event.add("dtstamp", clock.now())
        event.add("dtstart", clock.london(one.starts))
        event.add("dtend", clock.london(one.ends))
        event.add("summary", one.summary)
        event.add("status", "CONFIRMED")
        event.add("location", one.location)
        event.add("description", one.description)
        whole.add_component(event)
    whole.add_missing_timezones()
    made: bytes = whole.to_ical()
    return made
