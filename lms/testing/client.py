"""A client that is a browser where it matters: it carries the form's word and reads the page.

The fixture `client` makes one; each HTML answer must parse, and rows a test has written are
committed before a request, which runs as in production, in a context of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context
from functools import partial
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask import has_app_context
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms import db as door
from lms.db import db

UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
WORD = "csrf_token"


class PageClient(FlaskClient):
    """Flask's test client with pages that must parse and forms that can be filled in."""

    shown: Element = Element("html")
    """The page that came last; an empty one where the answer was none."""

    def open(self, *args: Any, csrf: bool = True, **kwargs: Any) -> TestResponse:
        """Send one request; `csrf=False` leaves out the word that our own pages' forms carry."""
        if csrf and args and isinstance(args[0], str):
            self._add_word(args[0], kwargs)
        send = partial(super().open, *args, **(kwargs | {"buffered": True}))
        response: TestResponse = in_own_context(send)
        is_page = response.mimetype == "text/html" and response.data
        self.shown = check(response) if is_page else Element("html")
        return response

    def press(self, path: str, button: str | None = None, /, **fields: Any) -> TestResponse:
        """Open a page, fill in a form and send it, as somebody without JavaScript does.

        The form is the first that posts, has all these fields and, when given, this button. What
        it holds already (hidden fields, chosen radios, typed text) is sent along.
        """
        answer = self.get(path)
        if answer.status_code != 200:
            raise AssertionError(f"GET {path} answered {answer.status_code}")
        form = _form(self.shown, fields, button)
        data = _values(form) | {k: v for k, v in fields.items() if v is not None}
        for name in [name for name, value in fields.items() if value is None]:
            data.pop(name, None)
        return self.post(
            form.get("action") or path, data=data, content_type=form.get("enctype"), csrf=False
        )

    def _add_word(self, path: str, kwargs: dict[str, Any]) -> None:
        """A browser gets the word with the form: from the page at the same address, if any."""
        headers = dict(kwargs.get("headers") or {})
        if kwargs.get("method") not in UNSAFE or "X-CSRF-Token" in headers:
            return
        data = kwargs.get("data")
        if isinstance(data, dict) and WORD in data:
            return
        kwargs["headers"] = headers | {"X-CSRF-Token": self._word_for(path)}

    def _word_for(self, path: str) -> str:
        for page in (path, "/sign-in"):
            self.open(page, method="GET")
            if word := _word(self.shown):
                return word
        raise AssertionError(f"neither {path} nor the sign-in page has a form")


def keep() -> None:
    """Commit what the test has written, so that others see it."""
    if has_app_context():
        door.commit()


def in_own_context(act: Callable[[], Any]) -> Any:
    """Run something that pushes its own application context, as another process would."""
    keep()
    result = Context().run(act)
    if has_app_context():
        db.session.expire_all()
    return result


def check(response: TestResponse) -> Element:
    """The page as a tree; raises when it is not valid enough for a strict parser."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    try:
        tree: Element = parser.parse(response.get_data(as_text=True))
    except html5lib.html5parser.ParseError as error:
        where, what, _ = parser.errors[-1] if parser.errors else ((0, 0), str(error), None)
        raise AssertionError(
            f"{response.request.path}: line {where[0]}, column {where[1]}: {what} ({error})"
        ) from error
    return tree


def text_of(element: Element) -> str:
    """The words of an element, with single spaces."""
    return " ".join(" ".join(element.itertext()).split())


def _word(page: Element) -> str | None:
    for field in page.iter("input"):
        if field.get("name") == WORD:
            return field.get("value")
    return None


def _form(page: Element, fields: dict[str, Any], button: str | None) -> Element:
    for form in page.iter("form"):
        names = {field.get("name") for kind in KINDS for field in form.iter(kind)}
        labels = {text_of(element) for element in form.iter("button")}
        posts = (form.get("method") or "get").lower() == "post"
        if posts and names >= set(fields) and (button is None or button in labels):
            return form
    raise AssertionError(f"no form with {sorted(fields)} and the button {button!r}")


KINDS = ("input", "select", "textarea", "button")


def _values(form: Element) -> dict[str, Any]:
    """What the form holds, as a browser would send it."""
    held: dict[str, list[str]] = {}
    for field in form.iter("input"):
        kind, name = field.get("type", "text"), field.get("name")
        unset = kind in ("radio", "checkbox") and field.get("checked") is None
        if name and not unset and kind not in ("submit", "button", "file", "image"):
            held.setdefault(name, []).append(field.get("value") or "")
    for field in form.iter("textarea"):
        held.setdefault(field.get("name") or "", []).append(field.text or "")
    for field in form.iter("select"):
        options = list(field.iter("option"))
        chosen = [o for o in options if o.get("selected") is not None] or options[:1]
        for option in chosen:
            held.setdefault(field.get("name") or "", []).append(
                option.get("value", text_of(option))
            )
    return {name: held[name] if len(held[name]) > 1 else held[name][0] for name in held}
