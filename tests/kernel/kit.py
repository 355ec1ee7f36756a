"""Plugins made on the spot, and what the kernel's tests look at in the database."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from flask import Blueprint
from sqlalchemy import select

from lms import hookimpl, plugins
from lms.contracts import SYSTEM
from lms.db import db
from lms.events import Event, publish
from lms.people.models import Locality
from lms.registry import Registry, current_registry
from lms.web.opening import LmsFlask

MakeApp = Callable[..., LmsFlask]


class Guest:
    """A plugin of the given name whose hooks are the given functions."""

    def __init__(self, name: str, **hooks: Callable[..., Any]) -> None:
        self.name = name
        for hook, function in hooks.items():
            setattr(self, hook, hookimpl(function))


def room(patch: pytest.MonkeyPatch, name: str, **hooks: Callable[..., Any]) -> None:
    """Add a room of this name behind the core's own, for as long as the test runs."""
    module = ModuleType(f"{name}.plugin")
    for hook, function in hooks.items():
        setattr(module, hook, hookimpl(function))
    patch.setitem(sys.modules, module.__name__, module)
    patch.setattr(plugins, "ROOMS", (*plugins.ROOMS, module.__name__))


def pages(name: str) -> Blueprint:
    """An empty blueprint for a guest; its pages are under `/x/<name>/`."""
    return Blueprint(name, __name__)


def note(what: str) -> None:
    """Leave a row that a test can find."""
    db.session.add(Locality(name=what, ons_code=secrets.token_hex(5)))


def notes() -> list[str]:
    """The rows that were left, by name."""
    return list(db.session.scalars(select(Locality.name).order_by(Locality.name)))


def happened() -> None:
    """An event with no meaning of its own."""
    publish(Event(by=SYSTEM))


def registry() -> Registry:
    """Of the application at hand."""
    return current_registry()


def troubles() -> list[tuple[str, str]]:
    """Who failed in which hook."""
    return [(trouble.plugin, trouble.hook) for trouble in current_registry().troubles]
