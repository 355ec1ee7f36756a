"""The catalogue follows the plugins: courses, editions and components are taken over at upgrade.

Nothing is ever removed: what a plugin no longer ships is withdrawn and stays readable.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import select

from courses.models import Component, Course, Edition
from lms import audit, clock
from lms.contracts import (
    SYSTEM,
    ComponentKind,
    ComponentTemplate,
    CourseTemplate,
    EditionTemplate,
)
from lms.db import db
from lms.registry import current_registry


def synchronise() -> None:
    """Bring the catalogue to what the loaded plugins ship; doing it again changes nothing."""
    registry = current_registry()
    held = {course.key: course for course in db.session.scalars(select(Course))}
    for key, template in registry.courses.items():
        provider = registry.providers[template.provider].name
        _take_over(key, template, provider, held.get(key))
    for key, course in held.items():
        if key not in registry.courses:
            gone = course.provider_key not in registry.providers
            _set_state(course, "provider_gone" if gone else "withdrawn")
    db.session.flush()


def as_stored(template: CourseTemplate, provider_name: str) -> dict[str, Any]:
    """A template as JSON, with the provider's name, so that it can be read without its plugin."""
    stored: dict[str, Any] = _plain(asdict(template))
    return stored | {"provider_name": provider_name}


def _take_over(key: str, template: CourseTemplate, provider: str, course: Course | None) -> None:
    stored = as_stored(template, provider)
    if course is None:
        course = Course(
            key=key,
            slug=_slug(template),
            provider_key=template.provider,
            title=template.title,
            template=stored,
            editions=[],
        )
        db.session.add(course)
        db.session.flush()
    elif course.template != stored:
        course.template, course.title = stored, template.title
        course.template_version += 1
        audit.write("updated", "courses_course", course.id, by=SYSTEM)
    _set_state(course, "offered")
    _editions(course, template.editions)


def _slug(template: CourseTemplate) -> str:
    """The course's own key; with its provider's before it where another course has that."""
    taken = db.session.scalar(select(Course.id).where(Course.slug == template.key))
    return f"{template.provider}-{template.key}" if taken else template.key


def _set_state(course: Course, state: str) -> None:
    if course.state != state:
        course.state = state


def _editions(course: Course, templates: Sequence[EditionTemplate]) -> None:
    query = select(Edition).where(Edition.course_id == course.id)
    held = {edition.key: edition for edition in db.session.scalars(query)}
    for template in templates:
        edition = held.pop(template.key, None) or _new_edition(course, template.key)
        edition.title = template.title
        edition.format = format_of(template)
        edition.cpd_minutes = template.cpd_minutes
        edition.participatory_minutes = template.participatory_minutes
        edition.retired_at = None
        db.session.add(edition)
        db.session.flush()
        _components(edition, template.components)
    for edition in held.values():
        edition.retired_at = edition.retired_at or clock.now()


def _new_edition(course: Course, key: str) -> Edition:
    return Edition(course_id=course.id, key=key, components=[])


def format_of(template: EditionTemplate) -> str:
    """workshop, e-learning, or blended where there are both."""
    kinds = {component.kind for component in template.components}
    if len(kinds) > 1:
        return "blended"
    return "e-learning" if ComponentKind.E_LEARNING in kinds else "workshop"


def _components(edition: Edition, templates: Sequence[ComponentTemplate]) -> None:
    query = select(Component).where(Component.edition_id == edition.id)
    held = {component.key: component for component in db.session.scalars(query)}
    for position, template in enumerate(templates):
        component = held.pop(template.key, None) or Component(
            edition_id=edition.id, key=template.key
        )
        component.title = template.title
        component.kind = template.kind.value
        component.required_minutes = template.required_minutes
        component.position = position
        component.retired_at = None
        db.session.add(component)
    for component in held.values():
        component.retired_at = component.retired_at or clock.now()


def _plain(value: Any) -> Any:
    """Tuples as lists and enumerations as their values: what JSON gives back."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return str(value.value) if hasattr(value, "value") else value
