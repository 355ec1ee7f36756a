"""What the home page shows: every room's to-dos and dates, in the order people need them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from lms import clock
from lms.contracts import Actor, Agenda, Role, Todo
from lms.errors import NotFound
from lms.people import demo
from lms.people.queries import places
from lms.people.todos import for_administrators
from lms.permissions import allowed
from lms.registry import Failed, current_registry

SHOWN = 10


@dataclass(frozen=True)
class Home:
    """The page's parts, in their order."""

    this_week: Sequence[Agenda]
    todos: Sequence[Todo]
    total: int
    failed: Sequence[Failed]
    coming_up: Sequence[Agenda]
    mine: Sequence[Agenda]
    next: Agenda | None
    first_steps: bool
    roles: tuple[Role, ...]
    checked_at: datetime
    watches: bool
    wrong: Sequence[Todo]

    @property
    def staff(self) -> bool:
        """Whether the reader has any role beyond being trained and being an ambassador."""
        return is_staff(self.roles)

    @property
    def more(self) -> int:
        """How many to-dos are not shown."""
        return self.total - len(self.todos)


def page_for(actor: Actor, today: date, *, all_todos: bool) -> Home:
    """Everything of the page, asked once."""
    registry = current_registry()
    todos, failed = registry.todos(actor, today)
    agenda = registry.agenda(actor, today)
    own = [one for one in agenda if one.kind in ("mine", "asked")]
    if is_staff(actor.roles):
        todos += [_todo(one) for one in own if one.kind == "asked"]
        todos.sort(key=lambda todo: todo.rank)
        own = [one for one in own if one.kind == "mine"]
    dated = [one for one in agenda if one.at and one.at >= clock.now()]
    return Home(
        this_week=[one for one in agenda if one.kind == "this_week"],
        todos=todos if all_todos else todos[:SHOWN],
        total=len(todos),
        failed=failed,
        coming_up=[one for one in agenda if one.kind == "coming_up"],
        mine=own,
        next=min(dated, key=lambda one: one.at or clock.now(), default=None),
        first_steps=allowed(actor, "organisations.manage") and not places.any_organisation(),
        roles=actor.roles,
        checked_at=clock.now(),
        watches=allowed(actor, "plugins.view"),
        wrong=list(for_administrators(actor)),
    )


def is_staff(roles: Iterable[Role]) -> bool:
    """Whether one of these roles is more than being trained and being an ambassador."""
    return any(role not in (Role.TRAINEE, Role.AMBASSADOR) for role in roles)


def _todo(asked: Agenda) -> Todo:
    """What somebody is asked for themselves, as a line among what they do for others."""
    facts = (f"{label}: {value}" if label else value for label, value in asked.facts)
    return Todo(asked.title, " · ".join(facts), asked.verb, asked.url, asked.due)


def personas_open() -> bool:
    """Whether the demonstration's personas may be shown here."""
    try:
        demo.require_open()
    except NotFound:
        return False
    return True
