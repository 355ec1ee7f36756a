"""Everybody hears of everything in the order in which it happened; rooms may refuse, guests not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from lms import db as door
from lms.contracts import SYSTEM
from lms.db import Complaint
from lms.events import Event, publish
from lms.web.opening import LmsFlask
from tests.kernel.kit import Guest, happened, note, notes, room, troubles

Inside = Callable[..., LmsFlask]


@dataclass(frozen=True)
class Boiled(Event):
    """The water boils."""


@dataclass(frozen=True)
class Poured(Event):
    """The tea is in the cup."""


@dataclass(frozen=True)
class Drunk(Event):
    """The cup is empty."""


@pytest.fixture
def heard() -> list[tuple[str, str]]:
    """Who heard what, in order."""
    return []


def writer(heard: list[tuple[str, str]], name: str) -> Callable[[Event], None]:
    """A listener that writes down what it hears."""

    def lms_on_event(event: Event) -> None:
        heard.append((name, type(event).__name__))

    return lms_on_event


def test_rooms_hear_before_guests_and_guests_by_their_names(
    inside: Inside, heard: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    room(monkeypatch, "zebras", lms_on_event=writer(heard, "zebras"))
    guests = [Guest(name, lms_on_event=writer(heard, name)) for name in ("walnut", "acorn")]
    inside(*guests)
    happened()
    assert [name for name, _ in heard] == ["zebras", "acorn", "walnut"]


def test_what_a_room_publishes_in_turn_is_told_after_all_have_heard_the_first(
    inside: Inside, heard: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(event: Event) -> None:
        heard.append(("first", type(event).__name__))
        if isinstance(event, Boiled):
            publish(Poured(by=SYSTEM))
            publish(Drunk(by=SYSTEM))
            heard.append(("first", "has answered"))

    room(monkeypatch, "first", lms_on_event=answer)
    inside(Guest("second", lms_on_event=writer(heard, "second")))
    publish(Boiled(by=SYSTEM))
    assert heard == [
        ("first", "Boiled"),
        ("first", "has answered"),
        ("second", "Boiled"),
        ("first", "Poured"),
        ("second", "Poured"),
        ("first", "Drunk"),
        ("second", "Drunk"),
    ]


def test_a_room_may_refuse_and_nothing_waits_for_the_next_event(
    inside: Inside, heard: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    refusing = [True]

    def refuse(event: Event) -> None:
        if refusing.pop() if refusing else False:
            publish(Poured(by=SYSTEM))
            raise Complaint("name", "Not today")

    room(monkeypatch, "strict", lms_on_event=refuse)
    inside(Guest("second", lms_on_event=writer(heard, "second")))
    with pytest.raises(Complaint, match="Not today"):
        happened()
    assert heard == []
    happened()
    assert heard == [("second", "Event")]


def test_a_listener_works_in_the_publishers_transaction(
    inside: Inside, monkeypatch: pytest.MonkeyPatch
) -> None:
    room(monkeypatch, "clerk", lms_on_event=lambda event: note("by the listener"))
    inside()
    note("by the publisher")
    happened()
    assert notes() == ["by the listener", "by the publisher"]
    door.rollback()
    assert notes() == []


def test_a_guest_that_fails_keeps_nobody_from_hearing(
    inside: Inside, heard: list[tuple[str, str]]
) -> None:
    def fail(event: Event) -> None:
        raise ValueError("no tea")

    inside(Guest("acorn", lms_on_event=fail), Guest("walnut", lms_on_event=writer(heard, "walnut")))
    happened()
    assert heard == [("walnut", "Event")]
    assert troubles() == [("acorn", "lms_on_event")]


def test_a_guest_only_hears_so_that_nothing_is_told_that_was_then_undone(
    inside: Inside, heard: list[tuple[str, str]]
) -> None:
    def answer(event: Event) -> None:
        if not isinstance(event, Poured):
            publish(Poured(by=SYSTEM))

    inside(
        Guest("acorn", lms_on_event=answer), Guest("walnut", lms_on_event=writer(heard, "walnut"))
    )
    happened()
    assert heard == [("walnut", "Event")]
    assert troubles() == [("acorn", "lms_on_event")]
