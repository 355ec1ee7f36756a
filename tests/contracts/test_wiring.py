"""Every event is published and heard, or the list says which part of the product it waits for."""

from __future__ import annotations

import pytest

from lms.plugins import build_manager
from lms.registry import Registry
from lms.settings import Settings
from lms.wiring import ROOT, describe, event_uses

AWAITED = {
    "MessageBounced": "returned mail, reported by GOV.UK Notify",
    "PeopleMerged": "merging two rows of one person",
}
"""Events that are declared for what comes next; remove the line when it has come."""

USES = event_uses()
PAGE = ROOT / "docs" / "wiring.md"


def test_each_event_that_nothing_waits_for_is_published() -> None:
    silent = sorted(name for name, uses in USES.items() if not uses.published)
    assert silent == sorted(AWAITED)


@pytest.mark.parametrize("name", USES)
def test_each_event_is_on_the_wiring_page(name: str) -> None:
    assert f"| `{name}` |" in PAGE.read_text(encoding="utf-8")


def test_the_wiring_page_is_what_the_command_prints() -> None:
    registry = Registry(build_manager(Settings(environment="test", safe_mode=False)))
    assert PAGE.read_text(encoding="utf-8") == describe(registry), "run `lms wiring --write`"


def test_a_table_of_events_counts_as_publishing_what_it_names() -> None:
    assert "courses.services.cohorts" in USES["CohortPublished"].published


def test_a_match_counts_as_hearing() -> None:
    assert "surveys.plugin" in USES["CohortPublished"].heard
    assert "surveys.plugin" not in USES["CohortPublished"].published
