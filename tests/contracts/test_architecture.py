"""The page for newcomers names what there is: rooms, files, blocks and macros."""

from __future__ import annotations

import re

import pytest

from lms import plugins
from tests.contracts.source import ROOT

PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
WEB = ROOT / "lms" / "web" / "templates" / "web"
ROOMS = [module.removesuffix(".plugin").replace(".", "/") for module in plugins.ROOMS]


@pytest.mark.parametrize("room", ROOMS)
def test_each_room_is_named(room: str) -> None:
    assert f"`{room}`" in PAGE


def test_each_file_of_the_kernel_is_named() -> None:
    rooms = {room.removeprefix("lms/") for room in ROOMS}
    inside = {path.name for path in (ROOT / "lms").iterdir() if path.suffix == ".py"}
    inside |= {
        f"{path.name}/" for path in (ROOT / "lms").iterdir() if (path / "__init__.py").exists()
    }
    named = {name for name in inside if f"`{name}`" in PAGE}
    left = {name for name in inside - named if name.strip("/") not in rooms}
    assert left == {"__init__.py"}


def test_each_macro_of_the_templates_is_named_and_no_other() -> None:
    macros = set(re.findall(r"\{% set (\w+) = ", (WEB / "macros.html").read_text(encoding="utf-8")))
    assert set(re.findall(r"`ui\.(\w+)`", PAGE)) == macros


def test_each_block_of_the_base_page_is_named() -> None:
    blocks = set(
        re.findall(r"\{% block (\w+) %\}", (WEB / "base.html").read_text(encoding="utf-8"))
    )
    assert {block for block in blocks if f"`{block}`" not in PAGE} == set()


def test_each_page_it_points_to_is_there() -> None:
    for page in (ROOT / "docs").glob("*.md"):
        for target in re.findall(
            r"\]\(([\w.-]+\.md)(?:#[\w-]+)?\)", page.read_text(encoding="utf-8")
        ):
            assert (page.parent / target).exists(), f"{page.name} points to {target}"


def test_each_section_it_points_to_is_there() -> None:
    for page in (ROOT / "docs").glob("*.md"):
        text = page.read_text(encoding="utf-8")
        for target, section in re.findall(r"\]\(([\w.-]*\.md)?#([\w-]+)\)", text):
            into = (page.parent / target).read_text(encoding="utf-8") if target else text
            titles = re.findall(r"^#+ (.+)$", into, re.M)
            known = {
                re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-") for title in titles
            }
            assert section in known, f"{page.name} points to {target}#{section}"
