"""Collects once what plugins offer, refuses duplicates by name, and calls guests in an envelope.

Everyone else sees typed accessors here; only this module and `lms.events` touch pluggy.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar, cast

import pluggy
from flask import current_app, url_for

from lms import clock
from lms.careful import Careful
from lms.content.rules import problems
from lms.contracts import (
    Actor,
    Agenda,
    BookingColumn,
    BookingFacts,
    BookingNote,
    CertificateDesign,
    CohortColumn,
    ConfidenceChange,
    CourseTemplate,
    Evidence,
    Importer,
    Job,
    Measure,
    NavItem,
    Option,
    Panel,
    Permission,
    PersonalRecord,
    Place,
    Priority,
    Provider,
    QuestionType,
    Report,
    RequestFacts,
    SurveyTemplate,
    Tables,
    Todo,
    Training,
    Verdict,
)
from lms.envelope import Callers, Check, Failed, Guest, Trouble, flat
from lms.plugins import PluginError, PluginInfo, home_of, version_of

if TYPE_CHECKING:
    from flask import Blueprint

    from lms.events import Event

T = TypeVar("T")


class Registry:
    """What the loaded plugins offer: frozen at start-up, the same for every request."""

    def __init__(self, manager: pluggy.PluginManager) -> None:
        self.manager = manager
        self.callers = Callers(manager)
        self.guests = self.callers.guests
        self.troubles = self.callers.troubles
        self.owners: dict[tuple[type, str], Guest] = {}
        self.providers = self._keyed("lms_provider", Provider, lambda p: p.key)
        self.tables = self._keyed("lms_tables", Tables, lambda t: t.prefix)
        self.permissions = self._keyed("lms_permissions", Permission, lambda p: p.name)
        self.courses = self._keyed(
            "lms_course_templates", CourseTemplate, lambda c: f"{c.provider}:{c.key}"
        )
        self.surveys = self._keyed(
            "lms_survey_templates", SurveyTemplate, lambda s: f"{s.provider}:{s.key}"
        )
        self.designs = self._keyed("lms_certificate_designs", CertificateDesign, lambda d: d.key)
        self.importers = self._keyed("lms_importers", Importer, lambda i: i.key)
        self.reports = self._keyed("lms_reports", Report, lambda r: r.slug)
        self.measures = self._keyed("lms_measures", Measure, lambda m: m.key)
        self.jobs = self._keyed("lms_jobs", Job, lambda j: j.name)
        self.question_types = self._question_types()
        self._check_references()

    # -- collecting

    def _collect(self, hook: str) -> Iterable[tuple[Guest, Any]]:
        for guest in self.guests:
            caller = self.callers.caller(hook, guest)
            if caller is None:
                continue
            try:
                results = caller()
                yield from ((guest, item) for item in flat(results))
            except (Exception, SystemExit) as error:
                said = str(error) or type(error).__name__
                raise PluginError(f"Plugin {guest.name}, hook {hook}: {said}") from error

    def _keyed(self, hook: str, kind: type[T], key: Callable[[T], str]) -> MappingProxyType[str, T]:
        found: dict[str, T] = {}
        for guest, item in self._collect(hook):
            if not isinstance(item, kind):
                raise PluginError(
                    f"Plugin {guest.name}, hook {hook}: expected {kind.__name__}, "
                    f"got {type(item).__name__}"
                )
            name = key(item)
            _check_name(guest, kind, name)
            for field, text in problems(item):
                raise PluginError(f"Plugin {guest.name}, {kind.__name__} {name!r}: {field} {text}")
            if name in found:
                raise PluginError(
                    f"{kind.__name__} {name!r} is offered by both "
                    f"{self.owners[kind, name].name} and "
                    f"{guest.name}. Rename or disable one of them."
                )
            found[name], self.owners[kind, name] = item, guest
        return MappingProxyType(found)

    def _question_types(self) -> MappingProxyType[str, QuestionType]:
        found: dict[str, QuestionType] = {}
        owners: dict[str, str] = {}
        for guest, item in self._collect("lms_question_types"):
            if not (isinstance(item, type) and issubclass(item, QuestionType)):
                raise PluginError(
                    f"Plugin {guest.name}, hook lms_question_types: {item!r} is no QuestionType"
                )
            if item.key in found:
                raise PluginError(
                    f"Question type {item.key!r} is offered by both {owners[item.key]} and "
                    f"{guest.name}. Rename or disable one of them."
                )
            made = item()
            found[item.key] = made if guest.room else Careful(made, guest, self.callers)
            owners[item.key] = guest.name
        return MappingProxyType(found)

    def _check_references(self) -> None:
        for name, course in self.courses.items():
            if course.provider not in self.providers:
                raise PluginError(f"Course {name!r} names an unknown provider")
            if course.certificate.design not in self.designs:
                raise PluginError(
                    f"Course {name!r}: there is no certificate design {course.certificate.design!r}"
                )
            for use in course.surveys:
                if use.survey not in self.surveys:
                    raise PluginError(f"Course {name!r}: there is no survey {use.survey!r}")
        self._check_items()

    def _check_items(self) -> None:
        for name, survey in self.surveys.items():
            for item in survey.items:
                if item.type not in self.question_types:
                    raise PluginError(
                        f"Survey {name!r}, item {item.key!r}: no question type {item.type!r}"
                    )

    def blueprints(self) -> Iterable[tuple[Guest, Blueprint]]:
        """Pages of every plugin, with whose they are."""
        return cast("Iterable[tuple[Guest, Blueprint]]", self._collect("lms_blueprints"))

    # -- asking

    def identify(self, facts: RequestFacts) -> Actor | None:
        """The first plugin's answer to who is asking."""
        return self._first("lms_identify", Actor, request_facts=facts)

    def nav(self, actor: Actor) -> list[NavItem]:
        """The navigation for an actor, sorted; one entry per endpoint."""
        items = self._ask("lms_nav_items", NavItem, _leads_somewhere, actor=actor)[0]
        unique = {item.endpoint: item for item in items}
        return sorted(unique.values(), key=lambda item: (item.order, item.title))

    def todos(self, actor: Actor, today: date) -> tuple[list[Todo], list[Failed]]:
        """What the actor needs to do, by deadline then urgency; and the plugins that failed."""
        items, failed = self._ask("lms_todos", Todo, actor=actor, today=today)
        return sorted(items, key=lambda todo: todo.rank), failed

    def agenda(self, actor: Actor, today: date) -> list[Agenda]:
        """Dated things of the actor's home page, soonest first."""
        items = self._ask("lms_agenda", Agenda, actor=actor, today=today)[0]
        last = datetime.max.replace(tzinfo=clock.LONDON)
        return sorted(items, key=lambda a: (a.order, a.at or last, a.title))

    def panels(
        self, place: Place, subject_id: uuid.UUID, actor: Actor
    ) -> tuple[list[Panel], list[Failed]]:
        """Pieces of a page, in order; and the plugins whose piece failed."""
        items, failed = self._ask(
            "lms_panels", Panel, place=place, subject_id=subject_id, actor=actor
        )
        return sorted(items, key=lambda p: (p.order, p.title)), failed

    def booking_columns(self, cohort_id: uuid.UUID, actor: Actor) -> list[BookingColumn]:
        """Columns other rooms add to a cohort's people table, in order."""
        items = self._ask("lms_booking_columns", BookingColumn, cohort_id=cohort_id, actor=actor)[0]
        return sorted(items, key=lambda c: (c.order, c.title))

    def cohort_columns(self, cohort_ids: Sequence[uuid.UUID], actor: Actor) -> list[CohortColumn]:
        """Columns other rooms add to a list of cohorts, in order, asked once for all its rows."""
        items = self._ask("lms_cohort_columns", CohortColumn, cohort_ids=cohort_ids, actor=actor)[0]
        return sorted(items, key=lambda c: (c.order, c.title))

    def booking_notes(self, message: str, booking_ids: Sequence[uuid.UUID]) -> list[BookingNote]:
        """What other rooms add to the messages about these bookings, in order, for many at once."""
        items = self._ask(
            "lms_booking_notes", BookingNote, message=message, booking_ids=booking_ids
        )[0]
        return sorted(items, key=lambda note: note.order)

    def booking_priority(self, person_id: uuid.UUID, course: str) -> list[Priority]:
        """Points of a person in a course's queue, with their reasons, from every plugin."""
        return self._ask("lms_booking_priority", Priority, person_id=person_id, course=course)[0]

    def report_options(self, actor: Actor) -> list[Option]:
        """Courses and cohorts by which an actor may narrow reports, in the rooms' order."""
        return self._ask("lms_report_options", Option, actor=actor)[0]

    def trainings(self, person_ids: Sequence[uuid.UUID]) -> list[Training]:
        """Whom these people have trained, as every plugin knows."""
        return self._ask("lms_trainings", Training, person_ids=person_ids)[0]

    def confidence(self, booking_ids: Sequence[uuid.UUID]) -> list[ConfidenceChange]:
        """How confidence changed over these bookings together."""
        return self._ask("lms_confidence", ConfidenceChange, booking_ids=booking_ids)[0]

    def completion_evidence(self, booking: BookingFacts) -> list[Evidence]:
        """Facts about a completion from every plugin."""
        return self._ask("lms_completion_evidence", Evidence, booking=booking)[0]

    def assess_completion(
        self, booking: BookingFacts, evidence: Sequence[Evidence]
    ) -> Verdict | None:
        """The verdict of the course's own provider, if it has a rule of its own.

        Only the plugin that speaks for the provider is asked, so that no provider judges
        another's course.
        """
        for guest in self.guests:
            if self._provider_of(guest) == booking.provider_key:
                answer = self.callers.call(
                    guest, "lms_assess_completion", booking=booking, evidence=tuple(evidence)
                )
                if isinstance(answer, Verdict):
                    return answer
        return None

    def undo_blockers(self, batch_id: uuid.UUID) -> list[str]:
        """Sentences that say what hangs on an import."""
        return self._ask("lms_undo_blockers", str, batch_id=batch_id)[0]

    def personal_data(self, person_id: uuid.UUID) -> tuple[list[PersonalRecord], list[Failed]]:
        """All that is held about a person; a plugin that failed is named, never left out."""
        return self._ask("lms_personal_data", PersonalRecord, person_id=person_id)

    def notify(self, event: Event) -> None:
        """Tell every plugin of an event; rooms first, and only rooms may refuse."""
        for guest in self.guests:
            self.callers.call(guest, "lms_on_event", event=event)

    def demonstrate(self, today: date, seed: int) -> list[str]:
        """Have every plugin build its part of the demonstration; the names of those with one."""
        builders = [
            (guest, caller)
            for guest in self.guests
            if (caller := self.callers.caller("lms_demonstration", guest)) is not None
        ]
        for _, caller in builders:
            caller(today=today, seed=seed)
        return [guest.name for guest, _ in builders]

    # -- describing

    def plugins(self) -> list[PluginInfo]:
        """The loaded plugins with what each adds."""
        return [
            PluginInfo(
                name=guest.name,
                room=guest.room,
                home=home_of(guest.plugin),
                version=version_of(guest.plugin),
                adds=tuple(
                    sorted(c.name for c in self.manager.get_hookcallers(guest.plugin) or ())
                ),
            )
            for guest in self.guests
        ]

    def switched_off(self) -> list[str]:
        """Guests that failed too often and are not called until the restart."""
        return [guest.name for guest in self.guests if guest.switched_off]

    # -- the envelope

    def _provider_of(self, guest: Guest) -> str | None:
        caller = self.callers.caller("lms_provider", guest)
        for item in flat(caller() if caller else None):
            return str(item.key)
        return None

    def _ask(
        self, hook: str, kind: type[T], check: Check | None = None, **kwargs: Any
    ) -> tuple[list[T], list[Failed]]:
        items: list[T] = []
        failed: list[Failed] = []
        for guest in self.guests:
            answer = self.callers.call(guest, hook, kind=kind, check=check, **kwargs)
            if isinstance(answer, Failed):
                failed.append(answer)
            elif answer is not None:
                items.extend(answer)
        return items, failed

    def _first(self, hook: str, kind: type[T], **kwargs: Any) -> T | None:
        for guest in self.guests:
            answer = self.callers.call(guest, hook, **kwargs)
            if isinstance(answer, kind):
                return answer
        return None


def _check_name(guest: Guest, kind: type, name: str) -> None:
    """A guest's names begin with its own, so that nobody takes what it adds for another's."""
    own = {
        Provider: guest.name,
        Tables: guest.name,
        Permission: f"{guest.name}.",
        Job: f"{guest.name}.",
        CourseTemplate: f"{guest.name}:",
        CertificateDesign: f"{guest.name}:",
        SurveyTemplate: f"{guest.name}:",
        Importer: f"{guest.name}:",
    }.get(kind, "")
    exact = kind in (Provider, Tables)
    if not guest.room and (name != own if exact else not name.startswith(own)):
        must = "be" if exact else "begin with"
        raise PluginError(
            f"Plugin {guest.name}, {kind.__name__} {name!r}: its name must {must} {own!r}"
        )


def _leads_somewhere(item: NavItem) -> str:
    """The entry's address; raises when there is none, which would break every page."""
    return url_for(item.endpoint)


def current_registry() -> Registry:
    """The registry of the current application."""
    return cast(Registry, current_app.extensions["lms"])


__all__ = ["Failed", "Guest", "PluginInfo", "Registry", "Trouble", "current_registry"]
