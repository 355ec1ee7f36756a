"""What a template must keep to beyond its types: the rules a provider's author has to know.

`lms.content` applies them to files, with their lines; a plugin that builds its templates in
Python may call `problems` itself. Each problem is a field and a sentence.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import singledispatch

from lms.contracts import (
    CertificateDesign,
    ComponentKind,
    ComponentTemplate,
    CourseTemplate,
    Design,
    EditionTemplate,
    Item,
    ProfessionTemplate,
    QueueRule,
    SurveyTemplate,
    SurveyUse,
    WaveKind,
)

Problem = tuple[str, str]

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
WORD = re.compile(r"[a-z][a-z0-9_]*")
PRIORITY = re.compile(rf"({WORD.pattern}\.)?{WORD.pattern}")
FULL_KEY = re.compile(rf"{WORD.pattern}:{SLUG.pattern}")
VERSION = re.compile(r"[1-9][0-9]{0,3}")
LONGEST_DAY = 12 * 60
MOST_MONTHS = 24
MOST_OUTCOMES = 4  # as many as a certificate has room for
LONGEST_OUTCOME = 80  # characters; one line of most certificates
MOST_POINTS = 1000
LONGEST_RULE = 120  # characters that end a sentence
CHOICES = frozenset({"scale", "choice", "choices"})


@singledispatch
def problems(template: object) -> Iterator[Problem]:
    """Each thing wrong with a template: the field's path and a sentence that says what to do."""
    yield from ()


@problems.register
def _course(course: CourseTemplate) -> Iterator[Problem]:
    yield from _slug("key", course.key)
    yield from _version(course.version)
    yield from _unlike("editions", (edition.key for edition in course.editions))
    yield from _unlike("audience", course.audience)
    if len(course.outcomes) > MOST_OUTCOMES:
        yield "outcomes", f"must be {MOST_OUTCOMES} or fewer: a certificate has room for no more"
    for place, outcome in enumerate(course.outcomes):
        if len(outcome) > LONGEST_OUTCOME:
            yield f"outcomes[{place}]", f"must have {LONGEST_OUTCOME} characters or fewer"
    if course.follow_on_of is not None:
        yield from _full_key("follow_on_of", course.follow_on_of)
    yield from _full_key("certificate.design", course.certificate.design)
    for place, edition in enumerate(course.editions):
        yield from _edition(edition, f"editions[{place}]")
    for place, use in enumerate(course.surveys):
        yield from _survey_use(use, f"surveys[{place}]")
    yield from _unlike("queue", (rule.key for rule in course.queue))
    for place, rule in enumerate(course.queue):
        yield from _queue_rule(rule, f"queue[{place}]")
    yield from _design(course)


def _queue_rule(rule: QueueRule, path: str) -> Iterator[Problem]:
    if not PRIORITY.fullmatch(rule.key):
        yield (
            f"{path}.key",
            "must be the key of a priority: small letters, digits and underscores, like "
            "`ambassador`, or after a plugin's name and a full stop",
        )
    if not 1 <= rule.points <= MOST_POINTS:
        yield f"{path}.points", f"must be from 1 to {MOST_POINTS}"
    if len(rule.words) > LONGEST_RULE:
        yield f"{path}.words", f"must have {LONGEST_RULE} characters or fewer"


def _edition(edition: EditionTemplate, path: str) -> Iterator[Problem]:
    yield from _slug(f"{path}.key", edition.key)
    yield from _unlike(f"{path}.components", (component.key for component in edition.components))
    if edition.participatory_minutes > edition.cpd_minutes:
        yield (
            f"{path}.participatory_minutes",
            f"must be {edition.cpd_minutes} or fewer, the CPD minutes it is part of",
        )
    if edition.cpd_minutes == 0:
        yield f"{path}.cpd_minutes", "must be more than 0"
    for place, component in enumerate(edition.components):
        yield from _component(component, f"{path}.components[{place}]")


def _component(component: ComponentTemplate, path: str) -> Iterator[Problem]:
    yield from _slug(f"{path}.key", component.key)
    if component.required_minutes == 0:
        yield f"{path}.required_minutes", "must be more than 0"
    if component.kind is ComponentKind.E_LEARNING:
        if component.session_minutes:
            yield f"{path}.session_minutes", "must be left out: e-learning has no sessions"
        return
    if not 1 <= component.sessions <= 60:
        yield f"{path}.sessions", "must be from 1 to 60"
    if not 0 < component.session_minutes <= LONGEST_DAY:
        yield f"{path}.session_minutes", f"must be from 1 to {LONGEST_DAY}, the minutes of a day"
    elif component.required_minutes > component.sessions * component.session_minutes:
        yield (
            f"{path}.required_minutes",
            f"must be {component.sessions * component.session_minutes} or fewer: "
            "that is all the time its sessions have",
        )


def _survey_use(use: SurveyUse, path: str) -> Iterator[Problem]:
    yield from _full_key(f"{path}.survey", use.survey)
    if use.kind is WaveKind.FOLLOW_UP and not 1 <= use.months <= MOST_MONTHS:
        yield f"{path}.months", f"must be from 1 to {MOST_MONTHS} for a follow-up"
    if use.kind is not WaveKind.FOLLOW_UP and use.months:
        yield f"{path}.months", "must be left out: only a follow-up comes months later"


def _design(course: CourseTemplate) -> Iterator[Problem]:
    needed = {
        Design.PRE_POST: {WaveKind.PRE, WaveKind.POST},
        Design.PRE_POST_FOLLOW_UP: {WaveKind.PRE, WaveKind.POST, WaveKind.FOLLOW_UP},
        Design.AFTER_ONLY: {WaveKind.POST},
    }[course.design]
    missing = needed - {use.kind for use in course.surveys if not use.second}
    if missing:
        kinds = ", ".join(sorted(missing))
        yield "design", f"{course.design} needs surveys of kind {kinds}; add them or change it"


@problems.register
def _survey(survey: SurveyTemplate) -> Iterator[Problem]:
    yield from _slug("key", survey.key)
    yield from _version(survey.version)
    yield from _unlike("items", (item.key for item in survey.items))
    for place, item in enumerate(survey.items):
        yield from _item(item, f"items[{place}]")
    if survey.primary and survey.primary not in {item.construct for item in survey.items}:
        yield "primary", f"must be the construct of an item, and none has {survey.primary!r}"


def _item(item: Item, path: str) -> Iterator[Problem]:
    if not WORD.fullmatch(item.key):
        yield f"{path}.key", "must be small letters, digits and _, beginning with a letter"
    if item.type in CHOICES and len(item.options) < 2:
        yield f"{path}.options", f"must offer two or more: the type is {item.type}"
    if item.type == "scale" and any(not value.isdecimal() for value, _ in item.options):
        yield f"{path}.options", "must have numbers as values: they are counted as a score"
    yield from _unlike(f"{path}.options", (value for value, _ in item.options))
    for place, course in enumerate(item.courses):
        yield from _full_key(f"{path}.courses[{place}]", course)


@problems.register
def _certificate(design: CertificateDesign) -> Iterator[Problem]:
    yield from _full_key("key", design.key)
    yield from _version(design.version)


@problems.register
def _profession(profession: ProfessionTemplate) -> Iterator[Problem]:
    yield from _slug("code", profession.code)


def _slug(path: str, value: str) -> Iterator[Problem]:
    if not SLUG.fullmatch(value):
        yield path, f"must be small letters, digits and single hyphens, not {value[:40]!r}"


def _full_key(path: str, value: str) -> Iterator[Problem]:
    if not FULL_KEY.fullmatch(value):
        yield path, f"must be provider:slug, like oneplusone:brief-encounters, not {value[:40]!r}"


def _version(value: str) -> Iterator[Problem]:
    if not VERSION.fullmatch(value):
        yield "version", f"must be a whole number from 1, not {value[:40]!r}"


def _unlike(path: str, values: Iterable[str]) -> Iterator[Problem]:
    twice = [value for value, count in Counter(values).items() if count > 1]
    if twice:
        yield path, f"must differ from each other, and {twice[0]!r} stands more than once"
