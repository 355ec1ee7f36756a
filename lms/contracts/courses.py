"""Providers, course templates, and what completion rules see and say.

Providers build templates; `courses` keeps them and asks for verdicts.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


@dataclass(frozen=True)
class Provider:
    """Who delivers training; `key` is the plugin's key and the prefix of its courses."""

    key: str
    name: str
    about: str = ""


@dataclass(frozen=True)
class Tables:
    """A plugin's tables: name prefix, model modules, and its own migrations (None: the core's)."""

    prefix: str
    modules: tuple[str, ...]
    migrations: str | None = None


@dataclass(frozen=True)
class ProfessionTemplate:
    """A job people have, as the core ships it; `aliases` are what registers call it."""

    code: str
    name: str
    aliases: tuple[str, ...] = ()


class Tier(StrEnum):
    """How deep a course goes."""

    FOUNDATION = "foundation"
    INTRODUCTORY = "introductory"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"
    TRAIN_THE_TRAINER = "train the trainer"


class ComponentKind(StrEnum):
    """A part of an edition that has to be done."""

    WORKSHOP = "workshop"
    E_LEARNING = "e-learning"


@dataclass(frozen=True)
class ComponentTemplate:
    """A part of an edition; `required_minutes` of attendance (or e-learning) complete it."""

    key: str
    title: str
    kind: ComponentKind
    required_minutes: int
    sessions: int = 1
    session_minutes: int = 0


@dataclass(frozen=True)
class EditionTemplate:
    """A format in which a course is given. Minutes as printed on the certificate."""

    key: str
    title: str
    cpd_minutes: int
    participatory_minutes: int
    components: tuple[ComponentTemplate, ...]
    tier: Tier | None = None
    audience: tuple[str, ...] = ()


class WaveKind(StrEnum):
    """When a survey is asked, relative to the course."""

    PRE = "pre"
    POST = "post"
    THEN_TEST = "then_test"
    FOLLOW_UP = "follow_up"


class Design(StrEnum):
    """How a cohort is surveyed."""

    PRE_POST = "pre_post"
    PRE_POST_FOLLOW_UP = "pre_post_follow_up"
    AFTER_ONLY = "after_only"


@dataclass(frozen=True)
class SurveyUse:
    """A survey that a course asks: which, when, and `months` later for a follow-up.

    `second` marks a page after the main one that may be skipped (course feedback).
    """

    survey: str
    kind: WaveKind
    months: int = 0
    second: bool = False


class CertificateKind(StrEnum):
    """What a certificate says was done."""

    ATTENDANCE = "attendance"
    COMPLETION = "completion"
    ACCREDITATION = "accreditation"


@dataclass(frozen=True)
class CertificateUse:
    """Which certificate a course gives, in whose design."""

    kind: CertificateKind
    design: str


@dataclass(frozen=True)
class QueueRule:
    """Who goes before others in a course's queue: the key of a `Priority`, and its points here.

    `words` end the sentence "People go before you when …", like "they are ambassadors".
    """

    key: str
    points: int
    words: str


class AfterLapse(StrEnum):
    """Where somebody waits on who did not answer an offer in time."""

    SAME_PLACE = "same place"
    END = "end"


@dataclass(frozen=True)
class CourseTemplate:
    """A course as its provider ships it. Keys are slugs; `provider` is the provider's key.

    `domestic_abuse_content` says in a sentence where the course speaks of domestic abuse: every
    course about conflict between parents must carry it. `queue` says who goes before others while
    people wait for it; among equals, first come is first.
    """

    key: str
    provider: str
    version: str
    title: str
    summary: str
    tier: Tier
    audience: tuple[str, ...]
    outcomes: tuple[str, ...]
    domestic_abuse_content: str
    editions: tuple[EditionTemplate, ...]
    surveys: tuple[SurveyUse, ...]
    design: Design
    certificate: CertificateUse
    also_called: tuple[str, ...] = ()
    follow_on_of: str | None = None
    audience_note: str = ""
    seal_words: str = ""
    needs_approval: bool = False
    recruits_ambassadors: bool = False
    notes: tuple[str, ...] = ()
    queue: tuple[QueueRule, ...] = ()
    after_lapse: AfterLapse = AfterLapse.SAME_PLACE


@dataclass(frozen=True)
class ComponentFacts:
    """A component of a booking: what it needs and what has been seen.

    `possible_minutes` is what could still be reached: attended plus sessions not yet marked.
    `let_in_minutes`, within those attended, are those that somebody of the team let count with a
    reason; a part on line that was let in is done.
    """

    key: str
    title: str
    kind: ComponentKind
    required_minutes: int
    attended_minutes: int
    possible_minutes: int
    completed_at: datetime | None
    let_in_minutes: int = 0


@dataclass(frozen=True)
class BookingFacts:
    """A booking as completion rules see it."""

    booking_id: uuid.UUID
    person_id: uuid.UUID
    course_key: str
    edition_key: str
    provider_key: str
    components: tuple[ComponentFacts, ...]
    all_marked: bool


@dataclass(frozen=True)
class Evidence:
    """One fact for or against completion, in words, with where it came from."""

    component: str
    text: str
    minutes: int
    source: str
    at: datetime | None = None


class Outcome(StrEnum):
    """What a completion rule says."""

    COMPLETED = "completed"
    NOT_YET = "not_yet"
    NOT_COMPLETED = "not_completed"


@dataclass(frozen=True)
class Verdict:
    """A rule's answer and its reasons in words ("6 h attended, 6 h 30 min needed")."""

    outcome: Outcome
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Training:
    """A person who was at a session that `trainer_id` (a person) taught, once per booking."""

    trainer_id: uuid.UUID
    person_id: uuid.UUID
    booking_id: uuid.UUID
    cohort_id: uuid.UUID
    label: str
    on: date
