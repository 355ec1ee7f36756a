"""No template opens a hole: nothing unescaped, nothing inline, and each form carries its word."""

from __future__ import annotations

import ast
import re
from html.parser import HTMLParser
from pathlib import Path

from tests.contracts.source import ROOT, files, short, tree

PRINTED = "/designs/"
"""Certificates are printed in a sandbox, from templates with style sheets of their own."""
PAGES = [path for path in files(".html") if PRINTED not in path.as_posix()]
JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.S)
INCLUDE = re.compile(r"""\{%-? include ["']([^"']+)["'][^%]*%\}""")
WORD = re.compile(r"ui\.csrf\(\)|ui\.hidden\(|csrf_token|\bcsrf\(\)|forms_macros")


class Tags(HTMLParser):
    """The tags of a template with what Jinja writes taken out."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note it."""
        self.found.append((tag, dict(attrs)))


def tags(text: str) -> list[tuple[str, dict[str, str | None]]]:
    """Start tags with their attributes."""
    return Tags(JINJA.sub("", text)).found


def text_of(path: Path) -> str:
    """A template with the pieces it includes in their places."""
    return INCLUDE.sub(
        lambda found: next(
            (text_of(piece) for piece in PAGES if piece.as_posix().endswith(f"/{found[1]}")), ""
        ),
        path.read_text(encoding="utf-8"),
    )


def test_nothing_is_marked_as_safe() -> None:
    unescaped = re.compile(r"\|\s*safe\b|autoescape\s+false", re.I)
    found = [short(path) for path in files(".html") if unescaped.search(text_of(path))]
    assert found == []


MARKED = {
    "lms/web/chrome.py": "a panel that Jinja has drawn already, escaping what it was given",
    "lms/web/forms/fields.py": "a field that its macro has drawn already, in the same way",
}
"""Where text becomes HTML as it is, and why that is right."""


def test_hardly_any_code_makes_html_by_itself() -> None:
    found = {
        short(path)
        for path in files(".py")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Markup")
        if not (len(node.args) == 1 and isinstance(node.args[0], ast.Constant))
    }
    assert sorted(found - set(MARKED)) == []


def test_no_style_script_or_handler_is_written_into_a_page() -> None:
    found = [
        f"{short(path)}: <{tag} {name}>"
        for path in PAGES
        for tag, attributes in tags(text_of(path))
        for name in (*attributes, *(["itself"] if tag == "style" else []))
        if name == "style" or name.startswith("on") or name == "itself"
    ]
    assert found == []


def test_each_script_has_the_pages_nonce() -> None:
    scripts = [
        (short(path), found)
        for path in PAGES
        for found in re.findall(r"<script\b[^>]*>", text_of(path))
    ]
    assert [at for at, found in scripts if 'nonce="{{ csp_nonce() }}"' not in found] == []
    assert {at for at, _ in scripts} == {"lms/web/templates/web/base.html"}


def test_each_form_that_changes_something_carries_the_pages_word() -> None:
    bare = []
    for path in PAGES:
        for form in re.findall(r"<form\b.*?</form>", text_of(path), re.S):
            if re.search(r'method="post"', form.split(">")[0], re.I) and not WORD.search(form):
                bare.append(f"{short(path)}: {form.splitlines()[0][:80]}")
    assert bare == []


def test_no_form_that_only_looks_sends_the_word_into_an_address() -> None:
    found = [
        short(path)
        for path in PAGES
        for form in re.findall(r"<form\b.*?</form>", text_of(path), re.S)
        if 'method="post"' not in form.split(">")[0] and WORD.search(form)
    ]
    assert found == []


def test_nothing_is_fetched_from_elsewhere() -> None:
    found = [
        f"{short(path)}: {tag} {value}"
        for path in PAGES
        for tag, attributes in tags(text_of(path))
        if tag in ("script", "link", "img", "iframe", "source", "video", "audio", "embed", "object")
        for value in (attributes.get("src"), attributes.get("href"))
        if value and re.match(r"(https?:)?//", value)
    ]
    assert found == []


def test_a_link_that_opens_elsewhere_gives_nothing_away() -> None:
    found = [
        short(path)
        for path in PAGES
        for tag, attributes in tags(text_of(path))
        if tag == "a" and attributes.get("target") == "_blank"
        if "noopener" not in (attributes.get("rel") or "")
    ]
    assert found == []


def test_every_page_has_been_found() -> None:
    assert len(PAGES) > 60
    assert (ROOT / "lms/web/templates/web/base.html") in PAGES
