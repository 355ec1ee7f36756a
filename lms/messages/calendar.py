"""Calendar entries in messages: one file for each session, with a UID that stays.

Courses say what stands in them; the sender builds the files when the message goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import icalendar

from lms import clock
from lms.messages.wording import one_line
from lms.settings import Settings

Method = Literal["REQUEST", "CANCEL"]
PRODUCT = "-//Golden Thread//Training//EN"


@dataclass(frozen=True)
class Entry:
    """One appointment. `uid` is the same in every message about it, in whatever state it is."""

    uid: str
    starts: datetime
    ends: datetime
    summary: str
    location: str = ""
    description: str = ""


@dataclass(frozen=True)
class Calendar:
    """What a message does to its reader's calendar; `sequence` grows with every change."""

    method: Method
    sequence: int
    entries: tuple[Entry, ...]

    def as_json(self) -> dict[str, Any]:
        """As the message keeps it."""
        return {
            "method": self.method,
            "sequence": self.sequence,
            "entries": [
                {
                    "uid": entry.uid,
                    "starts": entry.starts.isoformat(),
                    "ends": entry.ends.isoformat(),
                    "summary": one_line(entry.summary),
                    "location": one_line(entry.location),
                    "description": entry.description,
                }
                for entry in self.entries
            ],
        }


def from_json(kept: dict[str, Any]) -> Calendar:
    """A kept calendar again."""
    return Calendar(
        kept["method"],
        kept["sequence"],
        tuple(
            Entry(
                one["uid"],
                datetime.fromisoformat(one["starts"]),
                datetime.fromisoformat(one["ends"]),
                one["summary"],
                one["location"],
                one["description"],
            )
            for one in kept["entries"]
        ),
    )


def files(calendar: Calendar, *, attendee: str, name: str, settings: Settings) -> list[bytes]:
    """One iCalendar file for each entry (a request may speak of one UID only).

    It names the recipient and the team, and nobody else who comes.
    """
    return [_file(calendar, entry, attendee, name, settings) for entry in calendar.entries]


def _file(calendar: Calendar, entry: Entry, attendee: str, name: str, settings: Settings) -> bytes:
    event = icalendar.Event()
    event.add("uid", entry.uid)
    event.add("sequence", calendar.sequence)
    event.add("dtstamp", clock.now())
    event.add("dtstart", clock.london(entry.starts))
    event.add("dtend", clock.london(entry.ends))
    event.add("summary", entry.summary)
    event.add("status", "CANCELLED" if calendar.method == "CANCEL" else "CONFIRMED")
    if entry.location:
        event.add("location", entry.location)
    if entry.description:
        event.add("description", entry.description)
    organiser = icalendar.vCalAddress(f"mailto:{settings.team_email}")
    organiser.params["CN"] = icalendar.vText(settings.team)
    event.add("organizer", organiser)
    guest = icalendar.vCalAddress(f"mailto:{attendee}")
    guest.params["CN"] = icalendar.vText(one_line(name).replace('"', "'"))
    guest.params["PARTSTAT"] = icalendar.vText("ACCEPTED")
    guest.params["RSVP"] = icalendar.vText("FALSE")
    event.add("attendee", guest, encode=False)
    whole = icalendar.Calendar()
    whole.add("prodid", PRODUCT)
    whole.add("version", "2.0")
    whole.add("method", calendar.method)
    whole.add_component(event)
    whole.add_missing_timezones()
    made: bytes = whole.to_ical()
    return made
