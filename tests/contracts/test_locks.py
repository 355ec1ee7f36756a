"""What is installed is locked: by hash, from any index, and as `pyproject.toml` says."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCKS = sorted(path.name for path in ROOT.glob("requirements*.txt"))
WANTED = {
    "requirements.txt": PROJECT["project"]["dependencies"],
    "requirements-dev.txt": PROJECT["dependency-groups"]["dev"],
    "requirements-setup.txt": PROJECT["dependency-groups"]["setup"],
    "requirements-node.txt": PROJECT["dependency-groups"]["node"],
}


def pins(lock: str) -> dict[str, list[str]]:
    """Locked versions by name: more than one where Python versions need different ones."""
    found: dict[str, list[str]] = {}
    for name, version in re.findall(r"(?m)^([\w.-]+)==([^\s;\\]+)", (ROOT / lock).read_text()):
        found.setdefault(canonicalize_name(name), []).append(version)
    return found


def test_every_lock_is_of_a_list_in_the_project() -> None:
    assert set(LOCKS) == set(WANTED)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_what_the_project_asks_for(lock: str) -> None:
    pinned = pins(lock)
    for line in WANTED[lock]:
        wanted = Requirement(line)
        versions = pinned.get(canonicalize_name(wanted.name), [])
        assert versions, f"{wanted.name} is not in {lock}: run make lock"
        assert all(wanted.specifier.contains(v) for v in versions), f"{line}: run make lock"


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_library_has_hashes_and_no_index_is_named(lock: str) -> None:
    text = (ROOT / lock).read_text()
    entries = re.split(r"(?m)^(?=[\w.-]+==)", text)[1:]
    assert [entry.split("\n")[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert not re.search(r"https?://|--index|--find-links|--trusted-host", text)


def test_development_uses_the_versions_that_production_runs() -> None:
    development = pins("requirements-dev.txt")
    for name, versions in pins("requirements.txt").items():
        assert development.get(name) == versions, name


def test_the_packages_of_npm_are_locked_by_hash_from_any_registry() -> None:
    folder = ROOT / "lms" / "web" / "assets"
    lock = json.loads((folder / "package-lock.json").read_text())
    packages = {name: each for name, each in lock["packages"].items() if name}
    assert [name for name, each in packages.items() if "integrity" not in each] == []
    assert "http" not in json.dumps([each.get("resolved", "") for each in packages.values()])
    asked = json.loads((folder / "package.json").read_text())
    for name, version in (asked["dependencies"] | asked["devDependencies"]).items():
        assert packages[f"node_modules/{name}"]["version"] == version
