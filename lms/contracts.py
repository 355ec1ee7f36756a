"""The frozen dataclasses that hooks take and return; nobody's behaviour lives here.

Rooms and guests build them, `lms.registry` checks and freezes them, templates show them.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

JSON = str | int | float | bool | None | list["JSON"] | dict[str, "JSON"]

# -- who acts --------------------------------------------------------------------------------


class Role(StrEnum):
    """What somebody may be. `TRAINEE` belongs to everyone who has signed in, for their own."""

    COORDINATOR = "coordinator"
    TRAINER = "trainer"
    AMBASSADOR = "ambassador"
    TRAINEE = "trainee"
    MANAGER = "manager"
    ANALYST = "analyst"
    ADMINISTRATOR = "administrator"


class ScopeKind(StrEnum):
    """How far a role reaches. `OWN` is never granted: it is what everybody has of themselves."""

    PROGRAMME = "programme"
    LOCALITY = "locality"
    ORGANISATION = "organisation"
    PROVIDER = "provider"
    COHORT = "cohort"
    OWN = "own"


@dataclass(frozen=True)
class Scope:
    """One place a role reaches: the whole programme (`id` is "") or one locality, cohort, ..."""

    kind: ScopeKind
    id: str = ""


@dataclass(frozen=True)
class Grant:
    """A role in a scope."""

    role: Role
    scope: Scope


@dataclass(frozen=True)
class LinkClaim:
    """What a valid personal link says: for what, about which row, for whom."""

    link_id: uuid.UUID
    purpose: str
    object_id: uuid.UUID
    used: bool


@dataclass(frozen=True)
class Actor:
    """Who is asking: a signed-in person, the holder of a personal link, nobody, or the system."""

    person_id: uuid.UUID | None
    name: str
    grants: tuple[Grant, ...] = ()
    link: LinkClaim | None = None

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles held anywhere, in the order of `Role`."""
        held = {grant.role for grant in self.grants}
        return tuple(role for role in Role if role in held)

    def has(self, *roles: Role) -> bool:
        """Whether any of these roles is held anywhere."""
        return any(grant.role in roles for grant in self.grants)


NOBODY = Actor(None, "nobody")
SYSTEM = Actor(
    None,
    "the system",
    tuple(Grant(role, Scope(ScopeKind.PROGRAMME)) for role in Role),
)
"""Jobs and the command line act as this; no request ever does."""


@dataclass(frozen=True)
class RequestFacts:
    """What is known when a request opens: the session's claims or a personal link's token."""

    session: Mapping[str, Any]
    purposes: tuple[str, ...] = ()
    token: str | None = None


@dataclass(frozen=True)
class Permission:
    """A thing people may do, the roles that may, and the rows it reaches.

    `scope` turns the actor's scopes into one SQL condition, used for lists and single rows alike;
    None means that the permission is not about rows.
    """

    name: str
    title: str
    roles: frozenset[Role]
    scope: Callable[[tuple[Scope, ...]], Any] | None = None


# -- providers and courses -------------------------------------------------------------------


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
class CourseTemplate:
    """A course as its provider ships it. Keys are slugs; `provider` is the provider's key.

    `domestic_abuse_content` says in a sentence where the course speaks of domestic abuse: every
    course about conflict between parents must carry it.
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
    notes: tuple[str, ...] = ()


# -- surveys ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Item:
    """One question. `options` are (value, words) in the order shown; values are strings."""

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


# -- certificates ----------------------------------------------------------------------------


@dataclass(frozen=True)
class CertificateDesign:
    """A certificate's look: a Jinja template and a style sheet, both as text, with a version."""

    key: str
    version: str
    title: str
    template: str
    css: str


# -- imports ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sheet:
    """A spreadsheet as read: its name and its rows of text; cells are "" where empty.

    Dates and numbers come as ISO or plain decimal text; `row_numbers[i]` is the number the
    spreadsheet shows for row i; `formulas` are addresses whose formula had no saved result.
    """

    name: str
    rows: tuple[tuple[str, ...], ...]
    row_numbers: tuple[int, ...]
    formulas: frozenset[str] = frozenset()


@dataclass(frozen=True)
class CanonicalRow:
    """One row of somebody's register in our words; all text, as read, trimmed.

    `cells` maps a field to the address it came from ("D12"). `component` is a component's key,
    `minutes` and `completed_on` describe an e-learning completion.
    """

    row_no: int
    given_name: str = ""
    family_name: str = ""
    email: str = ""
    profession: str = ""
    organisation: str = ""
    team: str = ""
    course: str = ""
    component: str = ""
    completed_on: str = ""
    minutes: str = ""
    source_ref: str = ""
    attendance: tuple[tuple[str, str], ...] = ()
    cells: Mapping[str, str] = field(default_factory=dict)


class ImportKind(StrEnum):
    """What a file brings: people for a cohort, or completions of e-learning."""

    PEOPLE = "people"
    COMPLETIONS = "completions"


@dataclass(frozen=True)
class Importer:
    """A provider's own file format.

    `recognises` says whether a sheet looks like it; `read` yields its rows in our words and may
    raise ValueError with the sentence to show.
    """

    key: str
    title: str
    kind: ImportKind
    columns: tuple[str, ...]
    recognises: Callable[[Sheet], bool]
    read: Callable[[Sheet], Iterator[CanonicalRow]]
    provider: str = ""


# -- completion ------------------------------------------------------------------------------


@dataclass(frozen=True)
class ComponentFacts:
    """A component of a booking: what it needs and what has been seen.

    `possible_minutes` is what could still be reached: attended plus sessions not yet marked.
    """

    key: str
    title: str
    kind: ComponentKind
    required_minutes: int
    attended_minutes: int
    possible_minutes: int
    completed_at: datetime | None


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
    """A rule's answer and its reasons in words ("6 h 10 min of 6 h 30 min")."""

    outcome: Outcome
    reasons: tuple[str, ...]


# -- pages -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class NavItem:
    """An entry of the navigation; `order` sorts (home 0, then tens), `section` marks it active."""

    title: str
    endpoint: str
    order: int
    section: str = ""


@dataclass(frozen=True)
class Todo:
    """A line of "What you need to do": what, why, by when, and the one verb with its address.

    `urgency` breaks ties of the same day, small first, in the order `docs/architecture.md` gives.
    """

    text: str
    reason: str
    verb: str
    url: str
    due: date | None
    urgency: int = 50


@dataclass(frozen=True)
class Agenda:
    """Something dated on the home page: a session, a survey that closes, a certificate.

    `kind` is "this_week", "coming_up" or "mine"; `facts` are label and value pairs.
    """

    kind: str
    title: str
    at: datetime | None
    facts: tuple[tuple[str, str], ...]
    verb: str
    url: str
    order: int = 50


class Place(StrEnum):
    """Where a panel may stand."""

    HOME = "home"
    COHORT = "cohort"
    COHORT_FACTS = "cohort_facts"
    COURSE = "course"
    PERSON = "person"
    BOOKED = "booked"
    BOOKING_MESSAGE = "booking_message"


@dataclass(frozen=True)
class Panel:
    """A piece of a page from another room or a guest: a heading and a template with its values.

    In `Place.BOOKING_MESSAGE` only `text` counts: plain words, where `{link name}` stands for the
    personal link `links[name]`.
    """

    title: str
    template: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    order: int = 50
    text: str = ""
    links: Mapping[str, uuid.UUID] = field(default_factory=dict)


@dataclass(frozen=True)
class BookingColumn:
    """A column that a room adds to the cohort's people table: words by booking, and a foot."""

    title: str
    order: int
    cells: Mapping[uuid.UUID, str]
    foot: str = ""


# -- jobs, people's data, reports ------------------------------------------------------------


@dataclass(frozen=True)
class Job:
    """Work done outside a request. Arguments are JSON: ids as strings, never rows or names.

    `run` may be a generator: the kernel commits at every `yield` and at the end, so a state can be
    durable before the outside world is touched. Jobs run at least once, perhaps twice at a time:
    "once" is the work's own (a unique key or a compare-and-set). `cron` (UTC) makes it periodic.
    """

    name: str
    run: Callable[..., Any]
    cron: str | None = None
    attempts: int = 5


@dataclass(frozen=True)
class PersonalRecord:
    """A part of what is held about a person: a heading and rows of label and value."""

    title: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Measure:
    """A named count with its definition, for reports."""

    key: str
    title: str
    definition: str
    count: Callable[..., int]


@dataclass(frozen=True)
class Report:
    """A report: the question it answers and the room's function that builds it."""

    slug: str
    question: str
    build: Callable[..., Any]


@dataclass(frozen=True)
class Priority:
    """Points in a queue, with the reason shown to people."""

    key: str
    points: int
    reason: str
