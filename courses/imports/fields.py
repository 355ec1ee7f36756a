"""What the columns of a register are called, and which columns are never kept.

`columns` asks it about every heading; the page that explains imports lists the same words.
"""

from __future__ import annotations

import re

from lms.spreadsheets.headings import plain

NAME, GIVEN, FAMILY, EMAIL = "name", "given_name", "family_name", "email"
PROFESSION, ORGANISATION, TEAM = "profession", "organisation", "team"

FIELDS = {
    NAME: "Name in one column",
    GIVEN: "First name",
    FAMILY: "Last name",
    EMAIL: "E-mail address",
    PROFESSION: "Job",
    ORGANISATION: "Organisation",
    TEAM: "Team",
}
"""The fields in the order pages show them, with their words."""

SHORT = FIELDS | {NAME: "Name", EMAIL: "E-mail"}
"""The same in a line."""

EXACT = {
    NAME: """name|full name|names|your name|participants?|participant name|delegates?|delegate name|
        attendees?|attendee name|staff name|name of staff|staff member|employee|employee name|
        trainee|trainee name|learner|learner name|practitioner|practitioner name|colleague|
        contact name|name of participant|name of delegate|name of attendee|
        (fore|first|given) ?names?( and)? (sur|last |family )names?""",
    GIVEN: "first ?names?|fore ?names?|given names?|christian name|first|preferred name|known as",
    FAMILY: "sur ?names?|last ?names?|family names?|second name|last",
    EMAIL: """e ?mails?|e ?mail (address(es)?|addr|add)|(work|contact|nhs|business|your|primary)
        e ?mail( address)?|e ?mail work|mail|mail address""",
    PROFESSION: """jobs?|job titles?|profession|role|job role|occupation|position|post|post title|
        designation|discipline|staff group|professional group|professional background|your role|
        role title|job title role|role job title|title of post""",
    ORGANISATION: """organi[sz]ations?|organi[sz]ation name|name of organi[sz]ation|agency|employer|
        company|trust|work ?place|place of work|organi[sz]ation (agency|employer)|school|setting|
        employing organi[sz]ation|gp practice|surgery""",
    TEAM: """team|team name|department|dept|service|directorate|section|unit|team service|
        service team""",
}
FAMILY_FIRST = r"""(name )?(sur|last |family )names?,? ?(and )?(fore|first |given )names?"""

CONTAINED = (
    (EMAIL, r"\be ?mail\b"),
    (FAMILY, r"\b(surname|last name|family name)\b"),
    (GIVEN, r"\b(first name|forename|given name)\b"),
    (ORGANISATION, r"\b(organi[sz]ation|employer|agency)\b"),
    (PROFESSION, r"\b(job|profession|occupation|role)\b"),
    (TEAM, r"\b(team|department)\b"),
    (NAME, r"\bnames?\b"),
)
SOMEBODY_ELSE = re.compile(
    r"\b(manager|managers|supervisor|line|approver|emergency|next of kin|trainer|facilitator|"
    r"course|session|venue|room|child|parent|file|event|budget|referr?er|booked by|invoice)\b"
)

SENSITIVE = re.compile(
    r"(ni|nino|national insurance)( (no|number|num))?|nhs (no|number|num)|"
    r"dob|d o b|birth ?(date|day)|date of birth( .*)?|age( band| group| range)?|"
    r"bank( (account|details|name|sort code)( (no|number|name))?)?|sort code|"
    r"account (no|number|name)|iban|passport( (no|number))?|driving licen[cs]e( (no|number))?|"
    r"home (address|postcode|post code|phone|telephone)|gender|sex|sexual orientation|"
    r"ethnic(ity| (group|origin|background))|religion( or belief)?|disabilit(y|ies)( status)?"
)
"""Headings of columns that an import has no use for and that nobody should store by accident."""


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile("".join(line.strip() for line in words.splitlines()))


_EXACT = {field: _pattern(words) for field, words in EXACT.items()}
_FAMILY_FIRST = _pattern(FAMILY_FIRST)
_CONTAINED = [(field, re.compile(words)) for field, words in CONTAINED]


def exactly(heading: str) -> str | None:
    """The field whose name this heading is, word for word."""
    words = plain(heading)
    if _FAMILY_FIRST.fullmatch(words):
        return NAME
    return next((field for field, names in _EXACT.items() if names.fullmatch(words)), None)


def roughly(heading: str) -> str | None:
    """The field a longer heading asks for, as in "What is your work e-mail address?"."""
    words = plain(heading)
    if not words or len(words.split()) > 10 or SOMEBODY_ELSE.search(words):
        return None
    return next((field for field, word in _CONTAINED if word.search(words)), None)


def family_first(heading: str) -> bool:
    """Whether names under this heading begin with the family's: "Surname, Forename"."""
    return _FAMILY_FIRST.fullmatch(plain(heading)) is not None


def sensitive(heading: str) -> bool:
    """Whether a column of this heading is dropped before anything is stored."""
    return SENSITIVE.fullmatch(plain(heading)) is not None
