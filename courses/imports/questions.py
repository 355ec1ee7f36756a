"""What the preview asks: rows with the same question together, each with its possible answers.

`queries` groups the rows that need attention; `forms` turns the questions into fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from courses.imports import reasons
from courses.imports.assessing import LATER, NEW, NONE, RULED, WAIT, WAIVER
from courses.imports.batches import KeptRow
from courses.imports.drafts import LEAVE
from courses.imports.known import Known, KnownSession
from courses.imports.marking import ABSENT, KEEP, PRESENT, SKIP
from courses.imports.reasons import Reason
from courses.imports.sharing import MAILBOX, ONE
from lms.spreadsheets.headings import plain
from lms.web import words

USE = "use"
NO_EMAIL = "no_email"
HOLDS = "Your answer also holds for other rows of which this turns out to be true"
_OF_PEOPLE = (reasons.CLASH, reasons.FULL, reasons.RULE, reasons.PERSON, reasons.NAME)
Options = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Question:
    """One question about one or more rows; `chosen` is the answer to start from, "" for none.

    `who` is whose row it is, where it is about one and what was read does not say so.
    `typed` are values for the boxes that the answer `USE` opens; `key` is what the answer is kept
    as where a row may have several questions of one code, `slot` tells those apart; of a rule it is
    the rule, because the answer holds for rows that come to it later.
    """

    code: str
    rows: tuple[int, ...]
    cell: str
    read: str
    why: str
    options: Options = ()
    chosen: str = ""
    typed: dict[str, str] = field(default_factory=dict)
    key: str = ""
    slot: str = ""
    who: str = ""

    @property
    def id(self) -> str:
        """The name of its field."""
        return f"{self.code}_{self.rows[0]}{self.slot}"

    @property
    def where(self) -> str:
        """ "Row 12" or "Rows 17, 18 and 22"."""
        if len(self.rows) == 1:
            return f"Row {self.rows[0]}"
        if len(self.rows) > 6:
            return f"Rows {', '.join(map(str, self.rows[:5]))} and {len(self.rows) - 5} more"
        return f"Rows {words.listing(map(str, self.rows))}"


@dataclass(frozen=True)
class Lists:
    """What selects offer: jobs, organisations, where a new one may be, and the sessions."""

    professions: Options
    organisations: Options
    places: Options
    sessions: Options = ()

    @classmethod
    def of(cls, known: Known) -> Lists:
        """From what we hold."""
        return cls(
            tuple((str(one.id), one.name) for one in known.professions.items),
            tuple((str(one.id), one.name) for one in known.organisations.items),
            tuple((str(one.id), one.name) for one in known.localities),
            session_options(known.sessions),
        )


def session_options(sessions: Sequence[KnownSession]) -> Options:
    """The sessions to choose from, with their times."""
    return tuple(
        (str(one.id), f"{words.capital(one.title)}, {words.time_range(one.start, one.end)}")
        for one in sessions
    )


def ask(rows: Iterable[KeptRow], lists: Lists) -> list[Question]:
    """The questions of these rows, in the order of the file."""
    together: dict[tuple[str, str], list[tuple[KeptRow, Reason]]] = {}
    for row in rows:
        for reason in row.reasons:
            key = (reason.code, reason.key or f"row {row.row_no}")
            together.setdefault(key, []).append((row, reason))
    asked = [_question(found, lists) for found in together.values()]
    return [replace(one, why=f"{one.why}. {HOLDS}") if _holds(one, asked) else one for one in asked]


def _holds(question: Question, asked: Sequence[Question]) -> bool:
    """Whether the answer to a rule may hold for rows that are still asked about."""
    others = {row for one in asked for row in one.rows} - set(question.rows)
    return question.code == reasons.RULE and bool(others)


def _question(found: Sequence[tuple[KeptRow, Reason]], lists: Lists) -> Question:
    row, reason = found[0]
    numbers = tuple(one.row_no for one, _ in found)
    cells = {cell.cell.rstrip("0123456789") for _, cell in found}
    column = cells.pop() if len(cells) == 1 else ""
    options, chosen = _options(reason, len(found), lists)
    read = reason.read or _read([one for one, _ in found], reason)
    who = _name(row)[:80] if len(found) == 1 else ""
    return Question(
        code=reason.code,
        rows=numbers,
        cell=reason.cell if len(found) == 1 else column,
        read=read,
        why=reason.why,
        options=options,
        chosen=chosen,
        typed=_typed(row, reason),
        key=reason.key if reason.code in (*reasons.MARKS, reasons.RULE) else "",
        slot=reason.slot,
        who="" if set(plain(who).split()) <= set(plain(read).split()) else who,
    )


def _read(rows: Sequence[KeptRow], reason: Reason) -> str:
    """What the rows are about, where no single cell is: the people's names, three at most."""
    if reason.code not in _OF_PEOPLE:
        return ""
    names = [_name(row) for row in rows]
    if len(names) > 3:
        names[2:] = [f"{len(names) - 2} more"]
    return words.listing(filter(None, names))


def _name(row: KeptRow) -> str:
    read = {**row.line.read, **row.choice}
    return " ".join(filter(None, (read.get("given_name", ""), read.get("family_name", ""))))


def _typed(row: KeptRow, reason: Reason) -> dict[str, str]:
    if reason.code == reasons.EMAIL:
        return {"email": reason.guess}
    if reason.code == reasons.NAME:
        read = row.line.read
        names = ("given_name", "family_name")
        if reason.guess:
            return dict(zip(names, reason.guess.split("\n"), strict=True))
        return {name: read.get(name, "")[:200] for name in names}
    if reason.code == reasons.MARK_TIME:
        return {"time": ""}
    return {WAIVER: ""} if reason.code == reasons.RULE else {}


def _options(reason: Reason, count: int, lists: Lists) -> tuple[Options, str]:
    """The answers to a question and the one to start from."""
    leave = (LEAVE, _leave(count))
    if reason.code in (reasons.PROFESSION, reasons.ORGANISATION):
        return (*_listed(reason, lists), leave), reason.guess
    if reason.code in (reasons.CLASH, reasons.FULL):
        return (leave, (WAIT, "Put on the waiting list")), LEAVE
    if reason.code in reasons.MARKS:
        options, chosen = _mark_options(reason, lists)
        leave = (LEAVE, _leave(count, "row"))
    else:
        options, chosen = _person_options(reason, count)
    return (*options, leave), chosen


def _leave(count: int, what: str = "") -> str:
    """ "Leave out", "Leave both out", "Leave all 3 out"; with "row", of rows."""
    if count == 1:
        return f"Leave the {what} out" if what else "Leave out"
    those = "both" if count == 2 else f"all {count}"
    return f"Leave {those} {what}s out" if what else f"Leave {those} out"


def _person_options(reason: Reason, count: int) -> tuple[Options, str]:
    match reason.code:
        case reasons.EMAIL:
            use = (USE, "Use this address")
            return (use, (NO_EMAIL, "Add without an address")), USE if reason.guess else ""
        case reasons.NAME:
            return ((USE, "Use this name"),), USE if reason.guess else ""
        case reasons.SHARED:
            people = words.plural(count, "person", "people")
            shared = (MAILBOX, f"A shared mailbox, {people}: nobody can sign in with it")
            return (shared, (ONE, "One person: keep the first row")), reason.guess
        case reasons.PERSON:
            same = (reason.key, "The same person, with the name we hold")
            return (same, (NEW, "Somebody else")), reason.key
        case reasons.RULE:
            return ((USE, "Let in, because"),), ""
        case _:
            return (), ""


def _mark_options(reason: Reason, lists: Lists) -> tuple[Options, str]:
    """What can be done with marks; the mark on our own register is never changed by a file."""
    skip = (SKIP, "Do not take this over")
    match reason.code:
        case reasons.MARK_SESSION:
            return (skip, *lists.sessions), ""
        case reasons.MARK_WORD:
            return ((PRESENT, "Present"), (ABSENT, "Absent"), skip), ""
        case reasons.MARK_TIME:
            return ((USE, "Use this time"), (PRESENT, "Present all the time"), skip), ""
        case reasons.MARK_HELD:
            return ((KEEP, "Keep the mark on our register"),), KEEP
        case reasons.MARK_TWICE:
            return ((KEEP, "Take the mark of the first column"),), ""
        case _:
            return (skip,), SKIP


def _listed(reason: Reason, lists: Lists) -> Options:
    if reason.code == reasons.PROFESSION:
        return (*lists.professions, (LATER, "Ask the person later"))
    new = [(f"{NEW}:{key}", f"New organisation in {name}") for key, name in lists.places]
    return (*new, (NONE, "Without an organisation"), *lists.organisations)


_KEPT_AS = {
    reasons.SHARED: "shared",
    reasons.PERSON: "person",
    reasons.PROFESSION: "profession",
    reasons.ORGANISATION: "organisation",
    reasons.CLASH: "seat",
    reasons.FULL: "seat",
}


def answers(question: Question, chosen: str, typed: dict[str, str]) -> dict[str, str | None]:
    """What the rows of a question keep when this was chosen."""
    if question.code == reasons.RULE:
        said = typed if chosen == USE else {chosen: "yes"}
        return {RULED: question.key, WAIVER: None, **said}
    if chosen in (LEAVE, NO_EMAIL):
        return {chosen: "yes"}
    if question.key:
        return {question.key: typed["time"] if chosen == USE else chosen}
    if chosen == USE:
        return dict(typed)
    return {_KEPT_AS[question.code]: chosen}
