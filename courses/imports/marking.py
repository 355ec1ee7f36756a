"""Decides on every mark of a register's row: whose session it is, and whether we take it over.

Pure, like `assessing`, which calls it: a mark that somebody has made on our register stays, and
what does not fit it is a question.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from courses.imports import reasons
from courses.imports.drafts import NEW_MARK, PASSED_OVER, SAME_MARK, Draft, MarkPlan
from courses.imports.known import Known, KnownSession
from courses.imports.reasons import Reason
from courses.queries.register import Mark
from lms import clock
from lms.contracts import SessionMark
from lms.spreadsheets.headings import plain
from lms.web import words
from lms.web.forms import clean

SKIP, KEEP, PRESENT, ABSENT = "skip", "keep", "present", "absent"
TIMED = ("late", "left_early")
TITLES = {"present": "present", "late": "late", "left_early": "left early", "absent": "absent"}

_DATE = re.compile(
    r"\b(?P<iso>\d{4}-\d{1,2}-\d{1,2})\b"
    r"|\b(?P<day>\d{1,2})(?:st|nd|rd|th)?[ .-]*(?P<word>[a-z]{3,9})\b\.?"
    r"(?:[ ,-]*(?P<year>\d{4})\b)?"
    r"|\b(?P<slashed>\d{1,2}[/.-]\d{1,2}[/.-]\d{4})\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?P<word>[a-z ]*?) ?(?P<number>\d{1,2})(?!\d).*")
_ANY = ("", "session", "day", "week")
"""Words for whatever the course consists of; any other word in a heading names a component."""
Column = tuple[str, str]


def column_of(mark: SessionMark) -> Column:
    """What the marks of one column have in common: its letters and its heading."""
    return mark.cell.rstrip("0123456789"), mark.session


def sessions_of(
    marks: Iterable[SessionMark], sessions: Sequence[KnownSession]
) -> dict[Column, KnownSession | None]:
    """The session that each column is about; None where that is not clear, or is another's."""
    found: dict[Column, KnownSession | None] = {}
    for column in sorted({column_of(mark) for mark in marks}, key=lambda one: (len(one[0]), one)):
        session = _session(column[1], sessions)
        found[column] = None if session in found.values() else session
    if len(found) == len(sessions) == 1 and not any(map(str.isdigit, next(iter(found))[1])):
        return dict.fromkeys(found, sessions[0])
    return found


def judge(draft: Draft, known: Known, columns: Mapping[Column, KnownSession | None]) -> None:
    """Decide on the marks of a row; what is taken over, and what has to be asked."""
    by_session: dict[KnownSession, MarkPlan] = {}
    for mark in draft.line.marks:
        session = _chosen(draft, mark, known, columns)
        plan = _judge(draft, mark, session, known) if session else None
        if session and plan and session in by_session and plan.state == NEW_MARK:
            plan = _once(draft, mark, plan, by_session[session])
        if session and plan:
            by_session.setdefault(session, plan)
            draft.marks.append(plan)


def _session(heading: str, sessions: Sequence[KnownSession]) -> KnownSession | None:
    dates, rest = _dates(heading)
    if dates:
        sessions = [one for one in sessions if all(_fits(one.start, said) for said in dates)]
        if len(sessions) == 1:
            return sessions[0]
    found = _NUMBER.fullmatch(plain(rest))
    if found is None:
        return None
    number, word = int(found["number"]), found["word"].strip()
    if word not in _ANY and not dates:
        part = [one for one in sessions if word in plain(one.component)]
        return part[number - 1] if 0 < number <= len(part) else None
    return next((one for one in sessions if one.number == number), None)


Said = tuple[int | None, int, int]


def _dates(heading: str) -> tuple[list[Said], str]:
    """The dates in a heading as (year or None, month, day), and the heading without them."""
    found: list[Said] = []
    rest = heading
    for match in _DATE.finditer(heading):
        said = _date(match)
        if said:
            found.append(said)
            rest = rest.replace(match[0], " ", 1)
    return found, rest


def _date(match: re.Match[str]) -> Said | None:
    if match["word"]:
        month = clean.month(match["word"])
        return (
            (int(match["year"]) if match["year"] else None, month, int(match["day"]))
            if month
            else None
        )
    try:
        day = clean.day(match["iso"] or match["slashed"])
    except ValueError:
        return None
    return day.year, day.month, day.day


def _fits(start: datetime, said: Said) -> bool:
    day = clock.london(start).date()
    return said[0] in (None, day.year) and said[1:] == (day.month, day.day)


def _chosen(
    draft: Draft,
    mark: SessionMark,
    known: Known,
    columns: Mapping[Column, KnownSession | None],
) -> KnownSession | None:
    """The session of a mark as found or as answered; asks where it is neither."""
    key = f"session:{':'.join(column_of(mark))}"
    chosen = draft.choice.get(key, "")
    if chosen == SKIP:
        draft.marks.append(_passed(mark, f"{mark.session} not taken over"))
        return None
    found = next((one for one in known.sessions if str(one.id) == chosen), None)
    found = found or columns.get(column_of(mark))
    if found is None:
        why = f"“{mark.session}” is not clearly one session of this cohort"
        _ask(draft, mark, reasons.MARK_SESSION, why, key, mark.session)
    elif not found.begun:
        why = (
            f"{words.capital(found.title)} is still to come, and a register is marked from its day"
        )
        _ask(draft, mark, reasons.MARK_EARLY, why, key, mark.session)
        return None
    return found


def _judge(draft: Draft, mark: SessionMark, session: KnownSession, known: Known) -> MarkPlan | None:
    """What happens to one mark; None where it has to be asked."""
    word = _word(draft, mark)
    if word is None:
        return None
    if word == SKIP:
        return _passed(mark, f"{session.short} not taken over")
    held, seated = _held(draft, session, known)
    if not seated:
        return _passed(mark, f"{session.short} not expected, not taken over")
    at = _moment(mark.time, session) if word in TIMED and not _is_bare(mark.time) else None
    if held and _same(held, word, at):
        return MarkPlan(
            column_of(mark), session.id, word, None, SAME_MARK, f"{session.short} as it is"
        )
    if held:
        return _conflict(draft, mark, session, word, held)
    if word in TIMED and (at is None or not session.start <= at <= session.end):
        return _ask_time(draft, mark, session, word)
    return _new(mark, session, word, at)


def _new(mark: SessionMark, session: KnownSession, word: str, at: datetime | None) -> MarkPlan:
    said = f"{session.short} {TITLES[word]}" + (f", {words.time(at)}" if at else "")
    return MarkPlan(column_of(mark), session.id, word, at, NEW_MARK, said)


def _passed(mark: SessionMark, said: str) -> MarkPlan:
    return MarkPlan(column_of(mark), None, "", None, PASSED_OVER, said)


def _word(draft: Draft, mark: SessionMark) -> str | None:
    """The mark in our words, as written or as answered."""
    if mark.mark in TITLES:
        return mark.mark
    key = f"mark:{mark.mark.casefold()[:60]}"
    chosen = draft.choice.get(key, "")
    if chosen in (PRESENT, ABSENT, SKIP):
        return chosen
    _ask(draft, mark, reasons.MARK_WORD, "Not a mark that we know", key)
    return None


def _held(draft: Draft, session: KnownSession, known: Known) -> tuple[Mark | None, bool]:
    """The mark on our register, and whether the person is expected at the session at all."""
    if draft.person is None or draft.person.id not in known.booked:
        return None, True
    seat = (draft.person.id, session.id)
    return known.marks.get(seat), seat in known.marks


def _same(held: Mark, word: str, at: datetime | None) -> bool:
    ours = held.arrived_at if word == "late" else held.left_at
    return held.mark == word and (at is None or at == ours)


def _conflict(
    draft: Draft, mark: SessionMark, session: KnownSession, word: str, held: Mark
) -> MarkPlan | None:
    """Somebody has marked otherwise: theirs stays, and whoever imports has to know."""
    key = f"held:{draft.line.row_no}:{session.id}"
    if draft.choice.get(key) == KEEP:
        return _passed(mark, f"{session.short} as we had it")
    at = held.arrived_at or held.left_at
    ours = TITLES.get(held.mark, held.mark) + (f", {words.time(at)}" if at else "")
    why = (
        f"Our register says {ours} ({held.by}) for {session.title}. "
        "An import changes no mark: correct it on the register’s page if the file is right"
    )
    _ask(draft, mark, reasons.MARK_HELD, why, key)
    return None


def _ask_time(draft: Draft, mark: SessionMark, session: KnownSession, word: str) -> MarkPlan | None:
    """Late or left early needs a time between the session's beginning and end."""
    key = f"time:{session.id}:{mark.mark}:{mark.time}"
    chosen = draft.choice.get(key, "")
    if chosen == SKIP:
        return _passed(mark, f"{session.short} not taken over")
    if chosen == PRESENT:
        return _new(mark, session, PRESENT, None)
    at = _moment(chosen, session) if chosen else None
    if at and session.start <= at <= session.end:
        return _new(mark, session, word, at)
    between = f"{session.title} ran from {words.time(session.start)} to {words.time(session.end)}"
    said = chosen or mark.time
    why = f"{words.capital(TITLES[word])} needs a time; {between}"
    if said:
        why = f"{said} is not a time of the session; {between}"
    _ask(draft, mark, reasons.MARK_TIME, why, key)
    return None


def _is_bare(text: str) -> bool:
    """Whether nothing says that it is a time: a lone 10 in a register is often minutes late."""
    return not text or (text.isdigit() and len(text) < 4)


def _moment(text: str, session: KnownSession) -> datetime | None:
    """A time on the session's day; "2:15" is a quarter past two where it ran in the afternoon."""
    try:
        wall = clean.wall_time(text)
    except ValueError:
        return None
    at = clock.at(clock.london(session.start).date(), wall)
    if wall.hour < 12 and not text.lower().rstrip(".").endswith("m") and at < session.start:
        later = clock.at(clock.london(session.start).date(), wall.replace(hour=wall.hour + 12))
        return later if session.start <= later <= session.end else at
    return at


def _once(draft: Draft, mark: SessionMark, plan: MarkPlan, before: MarkPlan) -> MarkPlan | None:
    """Two columns that a person says are one session: their marks must agree."""
    if (plan.mark, plan.at) == (before.mark, before.at):
        return None
    key = f"twice:{draft.line.row_no}:{plan.session_id}"
    if draft.choice.get(key) == KEEP:
        return None
    _ask(draft, mark, reasons.MARK_TWICE, f"Another column says {TITLES[before.mark]}", key)
    return None


def _ask(draft: Draft, mark: SessionMark, code: str, why: str, key: str, read: str = "") -> None:
    said = read or f"{TITLES.get(mark.mark, mark.mark)} {mark.time}".strip()
    draft.doubts.append(Reason(code, why, mark.cell, said, key, slot=column_of(mark)[0]))
