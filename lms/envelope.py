"""The envelope around every call into a guest: flush, savepoint, time limit, check, catch.

`lms.registry` calls plugins through `Callers`; a room's error is the request's, a guest's is not.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, is_dataclass
from datetime import datetime
from functools import cache
from itertools import islice
from typing import Any

import pluggy
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import text

from lms import clock
from lms.containment import Interrupted, contained
from lms.db import db
from lms.plugins import PluginError, is_room

log = logging.getLogger("lms.plugins")

Check = Callable[[Any], object]

RESULT_LIMIT = 1000
"""No hook needs more results than this; an endless generator is cut off and reported."""
GUEST_STATEMENT_TIMEOUT = "2s"
FAILURES, WINDOW = 3, 600.0
"""So many failures in so many seconds switch a guest's calls off until the restart."""


@dataclass(frozen=True)
class Trouble:
    """A failure of a guest, for the plugins page and `lms doctor`."""

    plugin: str
    hook: str
    message: str
    at: datetime


@dataclass(frozen=True)
class Failed:
    """Stands for a guest's answer when its call failed."""

    plugin: str


class Guest:
    """One plugin and its record of failures."""

    def __init__(self, name: str, plugin: object) -> None:
        self.name = name
        self.plugin = plugin
        self.room = is_room(name)
        self.failures: deque[float] = deque(maxlen=FAILURES)

    @property
    def switched_off(self) -> bool:
        """Whether it failed too often lately; rooms never are."""
        full = len(self.failures) == FAILURES
        return not self.room and full and self.failures[-1] - self.failures[0] < WINDOW


class Callers:
    """Calls one hook of one plugin, in the envelope where the plugin is a guest."""

    def __init__(self, manager: pluggy.PluginManager) -> None:
        self.manager = manager
        self.guests = _in_order(manager)
        self.troubles: deque[Trouble] = deque(maxlen=50)
        self._callers: dict[tuple[str, str], pluggy.HookCaller | None] = {}

    def caller(self, hook: str, guest: Guest) -> pluggy.HookCaller | None:
        """The caller of one hook of one plugin alone, made once; None where it has none."""
        key = (hook, guest.name)
        if key not in self._callers:
            others = [p for p in self.manager.get_plugins() if p is not guest.plugin]
            caller = self.manager.subset_hook_caller(hook, remove_plugins=others)
            self._callers[key] = caller if caller.get_hookimpls() else None
        return self._callers[key]

    def call(
        self,
        guest: Guest,
        hook: str,
        kind: type | None = None,
        check: Check | None = None,
        **kwargs: Any,
    ) -> Any:
        """The plugin's answer: items of `kind` (or its first answer), None, or `Failed`.

        `check` raises on a guest's item that would break the page it is for.
        """
        caller = self.caller(hook, guest)
        if caller is None:
            return None
        if guest.room:
            return _result(caller(**kwargs), kind, limit=None)
        return self.guarded(
            guest, hook, lambda: _checked(_result(caller(**kwargs), kind), kind, check)
        )

    def guarded(self, guest: Guest, hook: str, act: Callable[[], Any]) -> Any:
        """What a guest's `act` gives, in the envelope; `Failed` when it fails or is off."""
        if guest.switched_off:
            return Failed(guest.name)
        # What the room has written goes first, so that its own error is not the guest's.
        db.session.flush()
        try:
            return self._in_envelope(guest, act)
        except (Exception, SystemExit, Interrupted) as error:
            self._record(guest, hook, error)
            return Failed(guest.name)

    def _in_envelope(self, guest: Guest, act: Callable[[], Any]) -> Any:
        """Savepoint, time limit, own tables only; everything of a failed call vanishes."""
        session = db.session
        started = time.monotonic()
        with session.begin_nested():
            previous = session.execute(text("show statement_timeout")).scalar_one()
            _set_timeout(GUEST_STATEMENT_TIMEOUT)
            with contained(guest.name):
                result = act()
                session.flush()
                session.execute(text("set constraints all immediate"))
            _set_timeout(previous)
        if (seconds := time.monotonic() - started) > 1:
            log.warning("plugin %s was slow: %.1f s", guest.name, seconds)
        return result

    def _record(self, guest: Guest, hook: str, error: BaseException) -> None:
        guest.failures.append(time.monotonic())
        message = f"{type(error).__name__}: {error}".splitlines()[0][:300]
        self.troubles.append(Trouble(guest.name, hook, message, clock.now()))
        log.error("plugin %s failed in %s: %s", guest.name, hook, type(error).__name__)
        if guest.switched_off:
            log.error("plugin %s is switched off until the restart", guest.name)


def _set_timeout(value: str) -> None:
    db.session.execute(
        text("select set_config('statement_timeout', :value, true)"), {"value": value}
    )


def _in_order(manager: pluggy.PluginManager) -> tuple[Guest, ...]:
    """Rooms in the order of the house, then guests by name."""
    named = [Guest(name, plugin) for name, plugin in manager.list_name_plugin() if plugin]
    rooms = [guest for guest in named if guest.room]
    return (*rooms, *sorted((g for g in named if not g.room), key=lambda g: g.name))


def flat(results: Any, limit: int | None = RESULT_LIMIT) -> Iterable[Any]:
    """The items of a hook's answer: a list of answers, each an item, an iterable or None.

    Raises `PluginError` for more than `limit` items of one answer.
    """
    answers = results if isinstance(results, list) else [results]
    for answer in answers:
        if answer is None:
            continue
        if isinstance(answer, (list, tuple, set, frozenset)) or hasattr(answer, "__next__"):
            items = list(islice(answer, None if limit is None else limit + 1))
            if limit is not None and len(items) > limit:
                raise PluginError(f"gave more than {limit} results")
            yield from items
        else:
            yield answer


def _result(raw: Any, kind: type | None, limit: int | None = RESULT_LIMIT) -> Any:
    """A call's answer: items where a kind is asked for, else the first answer."""
    if kind is None:
        return raw[0] if isinstance(raw, list) and raw else raw or None
    items = list(flat(raw, limit))
    for item in items:
        if not isinstance(item, kind):
            raise PluginError(f"expected {kind.__name__}, got {type(item).__name__}")
    return items


def _checked(result: Any, kind: type | None, check: Check | None) -> Any:
    """A guest's items with every field of its type: a date that is a word would break the page."""
    if kind is None or not is_dataclass(kind):
        return result
    items = [_well_formed(item, kind) for item in result]
    if check is not None:
        for item in items:
            check(item)
    return items


def _well_formed(item: Any, kind: type) -> Any:
    try:
        return _shape(kind).validate_python(vars(item))
    except ValidationError as error:
        wrong = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, wrong["loc"]))
        raise PluginError(f"{kind.__name__}, {where}: {wrong['msg']}") from None


@cache
def _shape(kind: type) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
