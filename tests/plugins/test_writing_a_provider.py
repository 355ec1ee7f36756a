"""The page for authors of providers is true: its package is built from it and its tests pass."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from lms.contracts import (
    ComponentTemplate,
    CourseTemplate,
    EditionTemplate,
    Item,
    SurveyTemplate,
    SurveyUse,
)

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "writing-a-provider.md").read_text(encoding="utf-8")
FILE = re.compile(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```\n", re.S)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """The package of the page, written out file by file."""
    for name, text in FILE.findall(PAGE):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path


def test_the_package_on_the_page_passes_its_own_tests(package: Path) -> None:
    found = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "."],
        cwd=package,
        env=_environment(package),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert found.returncode == 0, found.stdout + found.stderr
    assert "4 passed" in found.stdout


def _environment(package: Path) -> dict[str, str]:
    """Our own, with the package to be found and without a test server: it starts one itself."""
    known = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
    return known | {"PYTHONPATH": os.pathsep.join([str(package), str(ROOT)])}


def test_the_entry_point_names_the_plugin(package: Path) -> None:
    project = tomllib.loads((package / "pyproject.toml").read_text(encoding="utf-8"))
    assert project["project"]["entry-points"]["lms.plugins"] == {"riverside": "riverside.plugin"}


@pytest.mark.parametrize(
    "shape",
    [CourseTemplate, EditionTemplate, ComponentTemplate, SurveyUse, SurveyTemplate, Item],
)
def test_the_page_names_every_field_an_author_may_write(shape: type) -> None:
    given_by_the_loader = {"provider"} | ({"key"} if shape is not Item else set())
    for field in fields(shape):
        if field.name not in given_by_the_loader:
            assert f"`{field.name}`" in PAGE or f"`{field.name}:" in PAGE, field.name
