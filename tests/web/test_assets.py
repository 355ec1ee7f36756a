"""The built style sheet and script: hashed names, our own look, and nothing from elsewhere."""

from __future__ import annotations

import hashlib
import re

from lms.web.assets import BUILD, build, names


def built(name: str) -> str:
    return (BUILD / names()[name]).read_text()


def test_a_file_is_called_by_its_content_so_browsers_may_keep_it_for_ever() -> None:
    for name, file in names().items():
        content = hashlib.sha256((BUILD / file).read_bytes()).hexdigest()
        assert re.search(r"-(\w{10})\.", file)[1] == content[:10], name


def test_building_again_changes_nothing_and_leaves_no_old_file() -> None:
    assert build() is False
    assert {path.name for path in BUILD.iterdir()} == {*names().values(), "manifest.json"}


def test_the_look_is_the_authoritys_own_without_crown_or_gds_transport() -> None:
    style = built("lms.css")
    assert "var(--lms-brand)" in style
    assert "GDS Transport" not in style
    assert "crest" not in style
    assert "@font-face" not in style


def test_nothing_is_fetched_from_elsewhere() -> None:
    assert "url(" not in built("lms.css").replace("url(data:", "")
    for name in ("lms.js", "govuk-frontend.js"):
        for imported in re.findall(r"""(?:from|import)\s*["']([^"']+)["']""", built(name)):
            assert imported.startswith("./")
            assert (BUILD / imported).is_file(), f"{name} imports {imported}"
