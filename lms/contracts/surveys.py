"""Questionnaires, question types and certificate designs as shipped.

Providers build them; `surveys` and `certificates` snapshot what was used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from lms.contracts.values import JSON


@dataclass(frozen=True)
class Item:
    """One question. `options` are (value, words) in the order shown; values are strings.

    `volunteers` is the answer by which somebody offers to help, told to the rooms by name.
    """

    key: str
    type: str
    text: str
    options: tuple[tuple[str, str], ...] = ()
    construct: str = ""
    hint: str = ""
    required: bool = False
    max_length: int = 0
    named: bool = False
    courses: tuple[str, ...] = ()
    volunteers: str = ""


@dataclass(frozen=True)
class SurveyTemplate:
    """A questionnaire as shipped; a changed one needs a new `version`.

    `primary` names the construct whose answer is the score kept for counting ("" for none).
    `origin` says whose wording it is.
    """

    key: str
    version: str
    provider: str
    title: str
    intro: str
    items: tuple[Item, ...]
    origin: str
    primary: str = ""


class QuestionType:
    """How one type of question is asked, read and said again; subclasses set `key`.

    `clean` gets the list of strings the form sent (empty when nothing was) and returns what is
    stored (JSON, None for "not answered"), or raises ValueError with the sentence to show.
    `template` is the name of a Jinja template that draws `item`, `name`, `value` and `error`.
    """

    key: ClassVar[str]
    template: ClassVar[str]

    def clean(self, item: Item, raw: Sequence[str]) -> JSON:
        """The stored answer."""
        raise NotImplementedError(self.key)

    def words(self, item: Item, answer: JSON) -> str:
        """The answer in words, for the respondent's own copy of their data."""
        raise NotImplementedError(self.key)

    def score(self, item: Item, answer: JSON) -> float | None:
        """The answer as a number where it is one."""
        return None


@dataclass(frozen=True)
class CertificateDesign:
    """A certificate's look: a Jinja template and a style sheet, both as text, with a version."""

    key: str
    version: str
    title: str
    template: str
    css: str


@dataclass(frozen=True)
class ConfidenceChange:
    """How a group's answers to the primary question changed, over those who gave both.

    `before` and `after` are means; both are None where too few answered twice to say.
    """

    pairs: int
    before: float | None
    after: float | None
