"""What people answer: before, after and some months later, so that together it comes out as it
was published.

Counts are exact (28 of 82 before and 68 after feel quite or very comfortable: 34 % and 83 %); who
says what is drawn by chance around their job, so that early years staff gain most, then health
visitors, then GPs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

Answers = dict[str, int]

SHARES: dict[str, tuple[float, float, float]] = {
    "identifying": (0.40, 0.85, 0.78),
    "knowledge": (0.45, 0.91, 0.84),
    "asking": (0.38, 0.80, 0.73),
    "helping": (0.34, 0.83, 0.76),
    "signposting": (0.30, 0.86, 0.80),
}
"""Of each question: the share who choose one of the two highest answers before, after, later."""

STARTS = {"early-years": -0.7, "health-visitor": 0.1, "gp": 0.5}
ENDS = {"early-years": 0.6, "health-visitor": 0.2, "gp": -0.25}
"""How high each job stands before and after, against everybody else's nought."""


@dataclass
class Voice:
    """One person's answers to the five questions, each time they are asked."""

    before: Answers = field(default_factory=dict)
    after: Answers = field(default_factory=dict)
    later: Answers = field(default_factory=dict)


def speak(jobs: Sequence[str], random: Random) -> list[Voice]:
    """A voice for each of these people, with the shares exact over all of them."""
    voices = [Voice() for _ in jobs]
    start = [STARTS.get(job, 0.0) + random.gauss(0, 0.7) for job in jobs]
    end = [
        ENDS.get(job, 0.0) + 0.4 * at_first + random.gauss(0, 0.5)
        for job, at_first in zip(jobs, start, strict=True)
    ]
    for question, (before, after, later) in SHARES.items():
        for voice, answer in zip(voices, _answers(start, before, random), strict=True):
            voice.before[question] = answer
        for voice, answer in zip(voices, _answers(end, after, random), strict=True):
            voice.after[question] = max(answer, min(voice.before[question], 3))
        for voice, answer in zip(voices, _answers(end, later, random), strict=True):
            voice.later[question] = answer
    return voices


def _answers(levels: Sequence[float], share: float, random: Random) -> list[int]:
    """1 to 5 for each level; exactly this share of them, the highest, are 4 or 5."""
    noisy = [level + random.gauss(0, 0.5) for level in levels]
    order = sorted(range(len(levels)), key=lambda index: -noisy[index])
    high = round(share * len(levels))
    answers = [0] * len(levels)
    for rank, index in enumerate(order):
        if rank < high:
            answers[index] = 5 if rank < high * share / 2 else 4
        else:
            answers[index] = _low((rank - high) / max(1, len(levels) - high))
    return answers


def _low(depth: float) -> int:
    """3, 2 or 1: how far down among those who do not answer high."""
    return 3 if depth < 0.55 else 2 if depth < 0.92 else 1


AGREE = (2, 3, 4, 5)
COMMENTS = (
    "More practice in threes, please. That was where it clicked for me.",
    "The film about the new baby stayed with me all week.",
    "Good pace. A shorter lunch and an earlier finish would help part-time staff.",
    "I would like a half day more on separated parents.",
    "Very useful to sit with people from other services.",
    "The part about telling conflict from abuse should come earlier.",
    "Clear and kind. I have already used the three steps.",
    "In ten-minute appointments this is hard. A card with the questions would help.",
    "Please keep the trainer!",
    "Parking was difficult and I missed the first quarter of an hour.",
    "A refresher after six months would be good.",
)
ONLINE_COMMENT = "The e-learning beforehand meant we could get going straight away."
BARRIERS = ("time", "caseload", "chance", "unsure", "parents", "onward", "manager", "forms", "job")


def comments(random: Random, *, online: bool) -> list[str]:
    """What people of one run say in their own words, each thing once."""
    said = [*COMMENTS, ONLINE_COMMENT] if online else list(COMMENTS)
    random.shuffle(said)
    return said[:7]


def feedback(random: Random, *, comment: str, ambassador: str | None) -> dict[str, object]:
    """The page after the five questions; `ambassador` is the answer where that is asked."""
    said: dict[str, object] = {
        key: random.choices(AGREE, (2, 5, 45, 48))[0]
        for key in ("appropriate", "relevant", "understanding", "skills", "confidence")
    }
    said["usable"] = random.choices(("now", "helped", "not_here", "unsure"), (62, 25, 5, 8))[0]
    said["manager_support"] = random.choices(
        ("agreed", "likely", "unlikely", "not_asked", "none"), (35, 40, 4, 17, 4)
    )[0]
    said["length"] = random.choices(("short", "right", "long"), (18, 72, 10))[0]
    if comment:
        said["keep_or_change"] = comment
    if ambassador:
        said["ambassador"] = ambassador
    return said


def since_then(random: Random) -> dict[str, object]:
    """The page some months later: used or not, counts, what got in the way."""
    used = random.choices(("often", "sometimes", "once_or_twice", "not_yet"), (22, 41, 24, 13))[0]
    busy = {"often": (8, 30), "sometimes": (3, 9), "once_or_twice": (1, 3), "not_yet": (0, 0)}[used]
    talks = random.randint(*busy)
    said: dict[str, object] = {
        "used": used,
        "conversations": talks,
        "referrals_counselling": random.randint(0, talks // 3),
        "referrals_mediation": random.randint(0, talks // 5),
    }
    if random.random() < 0.6:
        hindered = set(random.sample(BARRIERS, random.randint(1, 2)))
        said["got_in_the_way"] = [one for one in BARRIERS if one in hindered]
    return said
