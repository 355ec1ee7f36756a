"""Decides on every row of a file: add, already there, needs attention, left out, each once.

Pure: `services` gives it the lines, what the person has answered and what we hold, at staging,
after every answer and once more when "Add" is pressed.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from courses.imports import addresses, lines, marking, reasons, sharing
from courses.imports.drafts import (
    ASKED,
    HAVE,
    LEAVE,
    LONGEST_NAME,
    OUT,
    Choice,
    Decision,
    Draft,
    decision,
    keep_first,
)
from courses.imports.known import Known, KnownPerson, Named
from courses.imports.lines import Line
from courses.imports.reasons import Reason
from lms.people import spelling
from lms.web import words
from lms.web.forms import clean

WAIT, LATER, NEW, NONE = "wait", "later", "new", "none"
WAIVER, RULED = "waiver", "rule"
"""Why rows are let in against a rule, and the rule in words of which this or `LEAVE` was said."""

_OUT = {
    lines.TITLE: "Above the headings",
    lines.HEADING: "The headings",
    lines.AGAIN: "The headings again",
    lines.BLANK: "A blank row",
    lines.TOTAL: "A total",
    lines.SIGNATURE: "A line to sign or a note",
    lines.OTHER: "Nothing in the columns that we read",
}


def assess(found: Sequence[Line], choices: Mapping[int, Choice], known: Known) -> list[Decision]:
    """A decision for every line, in their order."""
    drafts = {
        line.row_no: Draft(line, choices.get(line.row_no, {}))
        for line in found
        if line.kind == lines.PERSON
    }
    _Assessor(list(drafts.values()), known).run()
    return [
        decision(drafts[line.row_no]) if line.row_no in drafts else left_out(line) for line in found
    ]


def left_out(line: Line) -> Decision:
    """A row that is no person, and what it is instead."""
    return Decision(line.row_no, OUT, (Reason(line.kind, _OUT[line.kind]),))


class _Assessor:
    """Goes over the rows step by step; each step sees only rows that are still open."""

    def __init__(self, drafts: list[Draft], known: Known) -> None:
        self.drafts = drafts
        self.known = known
        answered = [draft.choice for draft in drafts if RULED in draft.choice]
        self.ruled = {choice[RULED]: choice for choice in reversed(answered)}

    def run(self) -> None:
        """All steps, in order."""
        for draft in self.drafts:
            self._leave_out(draft)
        for step in (self._name, self._email):
            self._each(step)
        self._slips()
        sharing.same_address(self._open(), self.known)
        self._same_name()
        for step in (self._match, self._spelling, self._profession, self._organisation):
            self._each(step)
        self._same_person()
        for step in (self._booked, self._rules, self._clash):
            self._each(step)
        self._seats()
        self._marks()

    def _each(self, step: Callable[[Draft], None]) -> None:
        for draft in self.drafts:
            if not draft.decided:
                step(draft)

    def _open(self) -> Iterable[Draft]:
        return (draft for draft in self.drafts if not draft.decided)

    # -- the row itself

    def _leave_out(self, draft: Draft) -> None:
        if draft.choice.get(LEAVE):
            draft.end(OUT, reasons.left_out(draft.choice.get(ASKED, "")))

    def _name(self, draft: Draft) -> None:
        read, choice = draft.line.read, draft.choice
        given = choice.get("given_name", read.get("given_name", ""))
        family = choice.get("family_name", read.get("family_name", ""))
        where = "name" if "name" in draft.line.at else "family_name"
        typed = "given_name" in choice
        try:
            draft.given, draft.family = clean.text(given), clean.text(family)
        except ValueError as error:
            draft.ask(reasons.NAME, f"The name {error}", where)
            return
        if not typed and draft.line.unsaved & {"given_name", "family_name", "name"}:
            draft.ask(reasons.NAME, reasons.FORMULA, where)
        elif not any(sign.isalpha() for sign in draft.given + draft.family):
            draft.ask(reasons.NAME, "No name", where)
        elif max(len(draft.given), len(draft.family)) > LONGEST_NAME:
            draft.ask(reasons.NAME, f"A name of more than {LONGEST_NAME} characters", where)
        elif "@" in draft.given + draft.family and not typed:
            draft.ask(reasons.NAME, "An e-mail address where the name should be", where)

    def _email(self, draft: Draft) -> None:
        if draft.choice.get("no_email"):
            return
        typed = draft.choice.get("email", "")
        found = addresses.read(typed or draft.line.read.get("email", ""))
        if not typed and "email" in draft.line.unsaved:
            draft.ask(reasons.EMAIL, reasons.FORMULA, "email")
        elif found.wrong:
            draft.ask(reasons.EMAIL, found.wrong, "email", guess=found.guess)
        draft.email = found.email

    def _slips(self) -> None:
        slips = addresses.slips(draft.email for draft in self._open() if draft.email)
        for draft in self._open():
            name, _, domain = draft.email.partition("@")
            if domain in slips and not draft.choice.get("email"):
                why = f"Perhaps a slip: others in this file have @{slips[domain]}"
                draft.ask(reasons.EMAIL, why, "email", guess=f"{name}@{slips[domain]}")

    # -- rows against one another

    def _same_name(self) -> None:
        """Rows without an address: the same name at the same employer is the same person."""
        together: defaultdict[tuple[str, str], list[Draft]] = defaultdict(list)
        for draft in self._open():
            if not draft.email and not draft.reasons:
                employer = draft.line.read.get("organisation", "").casefold()
                together[draft.key, employer].append(draft)
        for group in together.values():
            keep_first(group)

    def _same_person(self) -> None:
        together: defaultdict[uuid.UUID, list[Draft]] = defaultdict(list)
        for draft in self._open():
            if draft.person and not draft.reasons:
                together[draft.person.id].append(draft)
        for group in together.values():
            keep_first(group)

    # -- rows against what we hold

    def _match(self, draft: Draft) -> None:
        if draft.reasons:
            return
        holder = self.known.by_email.get(draft.email) if draft.email else None
        if holder is None:
            self._match_by_name(draft)
        elif _is_same(holder, draft):
            draft.person = holder
        elif draft.choice.get("person") == NEW:
            draft.email, draft.shares = "", draft.email
        else:
            why = f"Same e-mail as {holder.name}, added {_day(holder)}. {reasons.IF_TWO}"
            if lost := sharing.losing(holder, self.known):
                why = f"{why}. {lost}"
            draft.ask(reasons.PERSON, why, _name_field(draft), key=str(holder.id))

    def _match_by_name(self, draft: Draft) -> None:
        chosen = draft.choice.get("person", "")
        employer = self.known.organisations.exactly(draft.line.read.get("organisation", ""))
        for person in self.known.by_name.get(draft.key, ()):
            if chosen == str(person.id):
                draft.person = person
                return
            if employer and person.organisation_id == employer.id and chosen != NEW:
                why = f"Same name and organisation as {person.name}, added {_day(person)}" + (
                    " with another address" if draft.email else ""
                )
                draft.ask(reasons.PERSON, why, _name_field(draft), key=str(person.id))
                return

    def _spelling(self, draft: Draft) -> None:
        """A new name in capitals is written as it usually is; whoever we hold keeps theirs."""
        usual = spelling.usual(draft.given, draft.family)
        if usual is None or draft.person or "given_name" in draft.choice:
            return
        if usual.sure:
            draft.given, draft.family = usual.given, usual.family
            draft.notes.append(Reason(reasons.NOTE, f"{spelling.ODD}: added as {usual.name}"))
        else:
            why, guess = f"{spelling.ODD}. Is this right?", f"{usual.given}\n{usual.family}"
            draft.ask(reasons.NAME, why, _name_field(draft), guess=guess)

    def _profession(self, draft: Draft) -> None:
        if draft.held:
            return
        text, chosen = draft.line.read.get("profession", ""), draft.choice.get("profession", "")
        if chosen == LATER or not (text or "profession" in draft.line.unsaved):
            return
        listed = self.known.professions
        if found := listed.get(chosen) or listed.exactly(text):
            draft.profession_id = found.id
            if text and not found.is_called(text):
                why = f"Job “{text}” is added as {found.name}"
                draft.notes.append(Reason(reasons.NOTE, why))
            return
        like = listed.like(text) if text else None
        key = text.casefold() or f"row {draft.line.row_no}"
        guess = str(like.id) if like else ""
        draft.ask(reasons.PROFESSION, _unlisted(like), "profession", key=key, guess=guess)

    def _organisation(self, draft: Draft) -> None:
        if draft.held:
            return
        text, chosen = draft.line.read.get("organisation", ""), draft.choice.get("organisation", "")
        unsaved = "organisation" in draft.line.unsaved
        if chosen == NONE or not (text or unsaved):
            return
        listed = self.known.organisations
        if found := listed.get(chosen) or (None if unsaved else listed.exactly(text)):
            draft.organisation_id = found.id
            return
        like = listed.nearest(text)
        place = self._place(chosen, like)
        if place and not unsaved and len(text) <= LONGEST_NAME:
            draft.new_organisation = Named(uuid.uuid5(place, text.casefold()), text, place)
            draft.notes.append(Reason(reasons.NOTE, f"New organisation: {text}"))
            return
        guess = str(like.id) if like else ""
        key = text.casefold() or f"row {draft.line.row_no}"
        draft.ask(reasons.ORGANISATION, _unlisted(like), "organisation", key=key, guess=guess)

    def _place(self, chosen: str, like: Named | None) -> uuid.UUID | None:
        """Where a new organisation is: as chosen, or in the cohort's only place."""
        for place in self.known.localities:
            if chosen == f"{NEW}:{place.id}":
                return place.id
        if len(self.known.localities) == 1 and not like and not chosen:
            return self.known.localities[0].id
        return None

    def _booked(self, draft: Draft) -> None:
        if draft.person and draft.person.id in self.known.booked:
            draft.end(HAVE, "Already booked on this cohort")

    def _rules(self, draft: Draft) -> None:
        """What was answered of a rule holds for rows that come to it when others are answered."""
        broken = "; ".join([*self._first_course(draft), *self._other_job(draft)])
        if not broken or draft.reasons:
            return
        mine = draft.choice.get(RULED) == broken
        answered = draft.choice if mine else self.ruled.get(broken, {})
        if waiver := answered.get(WAIVER, ""):
            draft.waiver = waiver
            draft.notes.append(Reason(reasons.NOTE, f"Let in: {waiver}"))
        elif answered:
            draft.end(OUT, f"Left out, as you answered for others: {broken}")
        else:
            draft.reasons.append(Reason(reasons.RULE, broken, key=broken))

    def _first_course(self, draft: Draft) -> list[str]:
        finished = self.known.finished
        if finished is None or (draft.held and draft.held.id in finished):
            return []
        return [f"Has not finished {self.known.first_course}"]

    def _other_job(self, draft: Draft) -> list[str]:
        wanted = self.known.for_profession
        job = draft.held.profession_id if draft.held else draft.profession_id
        return [f"This date is for: {wanted.name}"] if wanted and job != wanted.id else []

    def _clash(self, draft: Draft) -> None:
        sentence = self.known.clashes.get(draft.person.id) if draft.person else None
        if sentence and not draft.reasons:
            self._ask_seat(draft, reasons.CLASH, sentence)

    def _seats(self) -> None:
        """Places go to the rows in their order; who comes after the last one is asked about."""
        left = self.known.places_left
        for draft in self._open():
            if draft.reasons or draft.waits:
                continue
            if left > 0:
                left -= 1
            else:
                self._ask_seat(draft, reasons.FULL, "No place is left for this row")
        for draft in self._open():
            if not draft.email and not draft.held:
                why = "Shares a mailbox: print their letter" if draft.shares else "No e-mail: print"
                draft.notes.append(Reason(reasons.NOTE, why))
            elif draft.person is None and draft.email in self.known.said:
                draft.notes.append(Reason(reasons.NOTE, reasons.SAID_BEFORE))

    def _marks(self) -> None:
        """What a register says of sessions, for all who are booked or will be."""
        kept = [draft for draft in self.drafts if not draft.ended or draft.ended[0] == HAVE]
        marks = (mark for draft in kept for mark in draft.line.marks)
        columns = marking.sessions_of(marks, self.known.sessions)
        for draft in kept:
            if draft.line.marks and draft.waits:
                draft.notes.append(Reason(reasons.NOTE, "Their marks are not taken over"))
            elif draft.line.marks:
                marking.judge(draft, self.known, columns)

    def _ask_seat(self, draft: Draft, code: str, why: str) -> None:
        if draft.choice.get("seat") == WAIT:
            draft.waits = True
            draft.notes.append(Reason(reasons.NOTE, "Joins the waiting list"))
        else:
            key = code if code == reasons.FULL else ""
            draft.reasons.append(Reason(code, why, key=key))


def _is_same(holder: KnownPerson, draft: Draft) -> bool:
    """Whether the row is who holds its address: by name, by answer, or as we may not ask."""
    chosen = draft.choice.get("person") == str(holder.id)
    return chosen or not holder.in_reach or holder.key == draft.key


def _unlisted(like: Named | None) -> str:
    """Why a job or an organisation is asked about; what is chosen beforehand is called a guess."""
    return f"Not on our list; perhaps {like.name}" if like else "Not on our list"


def _name_field(draft: Draft) -> str:
    return "name" if "name" in draft.line.at else "family_name"


def _day(person: KnownPerson) -> str:
    return words.short_date(person.added_at)
