"""The bundled providers at start-up, and what a fault in a guest's content says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from lms import content, hookimpl
from lms.contracts import CertificateDesign, CourseTemplate, Provider
from lms.plugins import PluginError, build_manager
from lms.registry import Registry
from lms.settings import Settings
from plugins.oneplusone import plugin as oneplusone


class Guest:
    """A provider whose content lies in a folder of the test, or is given as it is."""

    name = "guest"

    def __init__(self, folder: Path | None = None, courses: Iterable[CourseTemplate] = ()) -> None:
        self.folder = folder
        self.courses = courses

    @hookimpl
    def lms_provider(self) -> Provider:
        """The provider."""
        return Provider("guest", "A guest")

    @hookimpl
    def lms_course_templates(self) -> Iterable[CourseTemplate]:
        """From the folder, or as given."""
        return content.courses(self.folder, "guest") if self.folder else self.courses

    @hookimpl
    def lms_certificate_designs(self) -> Iterable[CertificateDesign]:
        """One that is as it should be."""
        return (CertificateDesign("guest:wide", "1", "Wide", "<p></p>", "p {}"),)


def started(*extra: object, **changes: object) -> Registry:
    """The registry of an application with these plugins beside the bundled ones."""
    return Registry(build_manager(Settings(environment="test", **changes), extra))


def test_the_bundled_providers_load_and_everything_they_name_is_there() -> None:
    registry = started()
    assert set(registry.providers) == {
        "oneplusone",
        "tavistock",
        "hertfordshire_mediation",
        "hertfordshire",
    }
    assert len(registry.courses) == 8
    assert {"oneplusone:e-learning", "tavistock:register"} <= set(registry.importers)


def test_a_provider_can_be_left_out_and_the_others_stay() -> None:
    registry = started(disabled_plugins=("tavistock",))
    assert "tavistock" not in registry.providers
    assert len(registry.courses) == 5


def test_a_fault_in_a_guests_file_stops_the_start_with_plugin_file_and_line(
    tmp_path: Path,
) -> None:
    (tmp_path / "listening.yaml").write_text('version: "1"\ntitle: Listening\nsumary: x\n')
    with pytest.raises(PluginError) as caught:
        started(Guest(tmp_path))
    said = str(caught.value)
    assert "Plugin guest" in said
    assert f"{tmp_path / 'listening.yaml'}:3: sumary: is not a field here" in said


def test_a_template_built_in_python_is_held_to_the_same_rules() -> None:
    course = oneplusone.lms_course_templates()[0]
    wrong = replace(course, provider="guest", key="Not a slug")
    with pytest.raises(PluginError, match=r"Plugin guest, CourseTemplate .*: key must be small"):
        started(Guest(courses=(wrong,)))


def test_a_course_that_names_a_survey_nobody_ships_stops_the_start() -> None:
    course = oneplusone.lms_course_templates()[0]
    uses = tuple(replace(use, survey="guest:nothing") for use in course.surveys)
    with pytest.raises(PluginError, match="guest:nothing"):
        started(Guest(courses=(replace(course, provider="guest", surveys=uses),)))
