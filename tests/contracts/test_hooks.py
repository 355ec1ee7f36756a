"""Every hook is on the page as it is declared, has somebody who answers it, and is tried."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from lms import hookspecs
from lms.plugins import build_manager
from lms.registry import Registry
from lms.settings import Settings
from lms.wiring import hooks

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "hooks.md").read_text(encoding="utf-8")
GUEST = ROOT / "tests" / "guest" / "acme_training" / "acme_training" / "plugin.py"
HOOKS = {name: spec for name, spec in vars(hookspecs).items() if name.startswith("lms_")}

TRIED = {
    "lms_provider": "tests/kernel/test_registry.py",
    "lms_tables": "tests/guest/test_guest.py",
    "lms_blueprints": "tests/kernel/test_registry.py",
    "lms_permissions": "tests/kernel/test_permissions.py",
    "lms_course_templates": "tests/plugins/test_startup.py",
    "lms_survey_templates": "tests/kernel/test_registry.py",
    "lms_question_types": "tests/guest/journey.py",
    "lms_certificate_designs": "tests/plugins/test_startup.py",
    "lms_importers": "tests/kernel/test_registry.py",
    "lms_reports": "tests/guest/journey.py",
    "lms_measures": "tests/guest/journey.py",
    "lms_jobs": "tests/kernel/worker_kit.py",
    "lms_identify": "tests/web/gallery.py",
    "lms_nav_items": "tests/kernel/test_envelope.py",
    "lms_todos": "tests/kernel/test_envelope.py",
    "lms_agenda": "tests/guest/journey.py",
    "lms_panels": "tests/kernel/test_envelope.py",
    "lms_booking_columns": "tests/guest/journey.py",
    "lms_cohort_columns": "tests/guest/journey.py",
    "lms_booking_notes": "tests/guest/journey.py",
    "lms_booking_priority": "tests/guest/journey.py",
    "lms_report_options": "tests/reports/test_options.py",
    "lms_trainings": "tests/ambassadors/test_trainers.py",
    "lms_confidence": "tests/ambassadors/test_trainers.py",
    "lms_completion_evidence": "tests/guest/journey.py",
    "lms_assess_completion": "tests/kernel/test_registry.py",
    "lms_on_event": "tests/kernel/test_events.py",
    "lms_undo_blockers": "tests/guest/journey.py",
    "lms_personal_data": "tests/guest/journey.py",
    "lms_demonstration": "tests/kernel/test_registry.py",
}
"""Where each hook is tried. `journey.py` asks what Acme answers, and `test_guest.py` reads it."""

SEEN = {
    "lms_question_types": "question_drawn",
    "lms_reports": "report",
    "lms_measures": "measure",
    "lms_agenda": "agenda",
    "lms_booking_columns": "column",
    "lms_cohort_columns": "column_of_cohorts",
    "lms_booking_notes": "note_in_letter",
    "lms_booking_priority": "priority",
    "lms_completion_evidence": "evidence",
    "lms_undo_blockers": "blockers",
    "lms_personal_data": "held",
}
"""What of the journey shows that a hook was asked."""


def declared(name: str) -> str:
    """A hook's signature as the page prints it."""
    signature = inspect.signature(HOOKS[name])
    arguments = ", ".join(f"{p.name}: {p.annotation}" for p in signature.parameters.values())
    return f"{name}({arguments}) -> {signature.return_annotation}"


@pytest.mark.parametrize("name", HOOKS)
def test_each_hook_is_on_the_page_with_its_exact_signature(name: str) -> None:
    assert f"```python\n{declared(name)}\n```" in PAGE


def test_the_page_has_no_hook_that_is_not_declared() -> None:
    printed = re.findall(r"^```python\n(lms_\w+)\(", PAGE, re.M)
    assert sorted(printed) == sorted(HOOKS)


@pytest.mark.parametrize("name", HOOKS)
def test_each_hook_says_what_it_is_for(name: str) -> None:
    assert inspect.getdoc(HOOKS[name])


def test_each_hook_is_answered_by_a_room_a_provider_or_the_guest_of_the_tests() -> None:
    registry = Registry(build_manager(Settings(environment="test", safe_mode=False)))
    by_the_guest = set(re.findall(r"^def (lms_\w+)", GUEST.read_text(encoding="utf-8"), re.M))
    unanswered = [name for name, plugins in hooks(registry).items() if not plugins]
    assert sorted(set(unanswered) - by_the_guest) == []


@pytest.mark.parametrize("name", HOOKS)
def test_each_hook_is_tried_somewhere(name: str) -> None:
    place = ROOT / TRIED[name]
    assert place.exists()
    if name in SEEN:
        assert f'"{SEEN[name]}"' in place.read_text(encoding="utf-8")
        assert f'"{SEEN[name]}"' in (ROOT / "tests/guest/test_guest.py").read_text(encoding="utf-8")
    elif place.is_file() and place.name != "test_guest.py":
        assert name in place.read_text(encoding="utf-8")


def test_what_is_said_to_be_tried_is_a_hook() -> None:
    assert set(TRIED) == set(HOOKS)
