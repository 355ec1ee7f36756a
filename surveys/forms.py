"""Forms of the surveys room: answers by the questions of a snapshot, and the small ones.

Questions are no WTForms fields: their types read and draw them, so that a plugin may add one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from lms import web
from lms.contracts import JSON, Item
from lms.registry import current_registry
from lms.web import words


@dataclass(frozen=True)
class Question:
    """One question as its template draws it, with what was chosen or typed and what is wrong."""

    number: int
    item: Item
    name: str
    template: str
    values: tuple[str, ...]
    text: str
    error: str


@dataclass(frozen=True)
class Sheet:
    """All questions of a page, with the problems to sum up on top."""

    questions: tuple[Question, ...]
    error_summary: tuple[web.Problem, ...] = ()


def sheet(
    items: Sequence[Item],
    *,
    answers: Mapping[str, JSON] | None = None,
    raw: Mapping[str, Sequence[str]] | None = None,
    errors: Mapping[str, str] | None = None,
    above: str = "",
) -> Sheet:
    """The questions with what was kept (`answers`) or with what was just sent (`raw`).

    `above` is what is wrong with the whole of it.
    """
    errors = errors or {}
    types = current_registry().question_types
    questions = []
    for number, item in enumerate(items, 1):
        values = tuple(raw.get(item.key, ())) if raw is not None else _strings(answers, item.key)
        known = types.get(item.type)
        questions.append(
            Question(
                number=number,
                item=item,
                name=field_name(item.key),
                template=known.template if known else "surveys/questions/gone.html",
                values=values,
                text=values[0] if values else "",
                error=errors.get(item.key, ""),
            )
        )
    problems = [web.Problem(above)] if above else []
    problems += [web.Problem(one.error, f"#{one.name}") for one in questions if one.error]
    return Sheet(tuple(questions), tuple(problems))


def raw_answers(items: Sequence[Item], form: MultiDict[str, str]) -> dict[str, list[str]]:
    """The strings that a form sent for these items, by the item's key; all else is ignored."""
    return {item.key: form.getlist(field_name(item.key)) for item in items}


def field_name(key: str) -> str:
    """The name of an item's field in a form."""
    return f"q-{key}"


def missing_words(items: Sequence[Item], unanswered: Sequence[str]) -> dict[str, str]:
    """What to say at each question that was left, once, in the words of the question."""
    left = {item.key: item for item in items if item.type != "text"}
    return {
        key: f"{_asked_for(left[key])}, or send without it" for key in unanswered if key in left
    }


HOW = re.compile(
    r"\bhow (?P<much>\w+) (?P<verb>are|were|would|do) you (?P<rest>.+?)\?", re.IGNORECASE
)
MOST_SIGNS = 140
"""Of a question, in the line that asks for its answer."""


def _asked_for(item: Item) -> str:
    """ "Choose how confident you are about spotting early signs"; else the question's beginning."""
    if found := HOW.search(item.text):
        verb = "" if found["verb"].lower() == "do" else f" {found['verb'].lower()}"
        return _beginning(f"Choose how {found['much']} you{verb} {found['rest']}")
    verb = "Choose an answer" if item.options else "Answer"
    return _beginning(f"{verb}: {item.text.rstrip('?. ')}")


def _beginning(text: str) -> str:
    """At most so many signs of a line, cut between two words."""
    if len(text) <= MOST_SIGNS:
        return text
    return f"{text[:MOST_SIGNS].rsplit(' ', 1)[0]} …"


def left_words(count: int) -> str:
    """ "You left 1 question. Answer it, or send without it." """
    them = "it" if count == 1 else "them"
    return f"You left {words.plural(count, 'question')}. Answer {them}, or send without {them}."


def _strings(answers: Mapping[str, JSON] | None, key: str) -> tuple[str, ...]:
    value = (answers or {}).get(key)
    if value is None:
        return ()
    return tuple(str(one) for one in value) if isinstance(value, list) else (str(value),)


class RoomForm(web.Form):
    """Which of the people in the room am I?"""

    email = web.EmailField(
        "The e-mail address you booked with",
        missing="Enter the e-mail address you booked with",
        autocomplete="email",
    )


class ExtendForm(web.Form):
    """Until when, and why, a survey that has closed is open again."""

    days = web.IntegerField(
        "For how many days?", missing="Enter for how many days", smallest=1, largest=60, width=2
    )
    reason = web.TextField(
        "Why?",
        missing="Enter why",
        hint="Shown in the history",
        longest=500,
        no_family_details=True,
    )


class ProfessionForm(web.Form):
    """What is your job? Asked once, and never when it is known."""

    profession = web.SelectField("What is your job?", hint="We ask this once.", empty="Choose one")
