"""A guest's type of question, asked in the envelope: its mistake never keeps an answer out.

`lms.registry` puts it around what guests offer; the surveys room sees an ordinary `QuestionType`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from lms.contracts import JSON, Item, QuestionType
from lms.envelope import Callers, Failed, Guest

HOOK = "lms_question_types"


class Careful(QuestionType):
    """Asks a guest's type; where that fails, keeps and says what was sent, as it is."""

    def __init__(self, inner: QuestionType, guest: Guest, callers: Callers) -> None:
        self.inner = inner
        self.guest = guest
        self.callers = callers

    @property
    def key(self) -> str:  # type: ignore[override]
        """The guest's key."""
        return self.inner.key

    @property
    def template(self) -> str:  # type: ignore[override]
        """The guest's template."""
        return self.inner.template

    def clean(self, item: Item, raw: Sequence[str]) -> JSON:
        """The stored answer; the guest's own `ValueError` is its sentence for the person."""

        def act() -> tuple[JSON, str]:
            try:
                answer = self.inner.clean(item, raw)
            except ValueError as error:
                return None, str(error) or "Answer in another way"
            json.dumps(answer, allow_nan=False)
            return answer, ""

        result = self.callers.guarded(self.guest, HOOK, act)
        if isinstance(result, Failed):
            return "\n".join(raw) or None
        answer, complaint = result
        if complaint:
            raise ValueError(complaint)
        return answer  # type: ignore[no-any-return]

    def words(self, item: Item, answer: JSON) -> str:
        """The answer in words."""
        said = self.callers.guarded(self.guest, HOOK, lambda: str(self.inner.words(item, answer)))
        return str(answer) if isinstance(said, Failed) else str(said)

    def score(self, item: Item, answer: JSON) -> float | None:
        """The answer as a number where it is one."""

        def act() -> float | None:
            score = self.inner.score(item, answer)
            return None if score is None else float(score)

        score = self.callers.guarded(self.guest, HOOK, act)
        return None if isinstance(score, Failed) else score
