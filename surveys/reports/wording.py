"""The words for questions and answers in reports: what people "were", before and afterwards.

`surveys.reports` calls it. The five questions of the core have phrases of their own; a provider's
question is quoted as it was asked.
"""

from __future__ import annotations

from lms.contracts import Item

CORE = "core:practitioner-confidence"

LABELS = {
    "identifying": "Spotting difficulty early",
    "knowledge": "Knowing about relationships",
    "asking": "Asking about the relationship",
    "helping": "Helping with a problem",
    "signposting": "Knowing where to send a parent",
}
"""The core's questions in a few words, for selects and rows."""

PHRASES = {
    "identifying": (
        "quite or very confident that they would spot the early signs that parents' relationship "
        "is in difficulty"
    ),
    "knowledge": (
        "quite or very confident in what they knew about relationships between parents and what "
        "puts them under strain"
    ),
    "asking": (
        "quite or very likely to ask about their relationship if they thought parents were having "
        "difficulties"
    ),
    "helping": "quite or very comfortable helping a parent with a problem in their relationship",
    "signposting": (
        "quite or very confident about where to send a parent who needs specialist help with "
        "their relationship"
    ),
}
"""What people were, in the questions' own words."""

TOP = 2
"""How many of the highest answers are told together, as in "quite or very"."""

SELF_REPORT = (
    "People chose to come and the answers are their own. There is no comparison group, so we "
    "cannot say that the course caused the change."
)
AFTER_ONLY = (
    "This course was surveyed only afterwards. The figures show how people felt then, not how "
    "much they changed."
)
FROM_MEMORY = (
    "These 'before' answers were given afterwards, from memory. People often remember themselves "
    "as less able than they said at the time."
)


def label(survey: str, item: Item) -> str:
    """A question in a few words."""
    return LABELS.get(item.key, item.text) if survey == CORE else item.text


def phrase(survey: str, item: Item) -> str:
    """What those were who chose one of the highest answers, to stand behind "were"."""
    if survey == CORE and item.key in PHRASES:
        return PHRASES[item.key]
    chosen = " or ".join(f"“{words}”" for _, words in item.options[-TOP:])
    return f"among those who chose {chosen} for “{item.text}”"


def values(item: Item) -> tuple[int, ...]:
    """The answers' numbers, lowest first."""
    return tuple(int(value) for value, _ in item.options)


def top(item: Item) -> frozenset[int]:
    """The highest answers."""
    return frozenset(values(item)[-TOP:])


def top_words(item: Item) -> str:
    """'Quite or very comfortable', or both answers where they end in different words."""
    low, high = (words for _, words in item.options[-TOP:])
    first, *rest = low.split()
    second, *same = high.split()
    if rest == same:
        return " ".join([first, "or", second.lower(), *rest])
    return f"{low} or {high[:1].lower()}{high[1:]}"
