"""The three presets of disclosure control: our team, a partner, publication.

`lms.reports.disclosure.hide` follows a policy; documents keep its words.
"""

from __future__ import annotations

from dataclasses import dataclass

from lms.contracts import Audience, Subject


@dataclass(frozen=True)
class Policy:
    """How small a group may be that an audience is told of.

    Counts of people from 1 to `fewest` less one are hidden, and what was answered by fewer than
    `fewest_answers`; with 0 nothing is.
    """

    audience: Audience
    words: str
    fewest: int = 0
    fewest_answers: int = 0

    @property
    def hides(self) -> bool:
        """Whether anything is hidden at all."""
        return self.fewest > 0

    @property
    def sentence(self) -> str:
        """What is hidden, for whoever reads the figures without the page."""
        if not self.hides:
            return "Nothing is hidden: for our own team only."
        said = f"Counts from 1 to {self.fewest - 1}"
        if self.fewest_answers > self.fewest:
            said += f", results from the answers of fewer than {self.fewest_answers} people"
        return f"{said}, and figures from which these could be worked out are hidden."

    def threshold(self, subject: Subject, *, base: bool) -> int:
        """The smallest group that may be told: of answers, what results are based on needs more.

        Any number of things may be.
        """
        if subject is Subject.THINGS:
            return 0
        return self.fewest_answers if base and subject is Subject.ANSWERS else self.fewest


POLICIES = {
    policy.audience: policy
    for policy in (
        Policy(Audience.TEAM, "our team only"),
        Policy(Audience.PARTNER, "a partner organisation", fewest=5, fewest_answers=5),
        Policy(Audience.PUBLICATION, "publication", fewest=5, fewest_answers=10),
    )
}
