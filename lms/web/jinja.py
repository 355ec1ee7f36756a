"""The template machinery: strict names, GOV.UK's macros, our filters.

`setup` calls `init_app` once per application.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader, StrictUndefined, Undefined
from jinja2.utils import missing

from lms.web import context, paging, words
from lms.web.forms import csrf
from lms.web.forms.fields import MACROS


class StrictNames(StrictUndefined):
    """A name that no view gave, or an attribute that is not there, is an error.

    An absent key of a dictionary is not: GOV.UK's macros are written to be called with few.
    """

    def __new__(
        cls, hint: str | None = None, obj: Any = missing, name: str | None = None, *args: Any
    ) -> Any:
        """The mild kind for keys of dictionaries and for what the language itself leaves open:
        an `if` without `else`, a macro's `caller`, the macros' own word `undefined`.
        """
        if isinstance(obj, Mapping) or name in (None, "undefined", "caller"):
            return Undefined(hint, obj, name, *args)
        return super().__new__(cls)


class Macros:
    """`web/macros.html` under one name, compiled when a page first needs it."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def __getattr__(self, name: str) -> Any:
        return getattr(self._app.jinja_env.get_template(MACROS).module, name)


def init_app(app: Flask) -> None:
    """Set Jinja up; `ui` is the macros, for every template."""
    ours = app.jinja_loader
    govuk = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")})
    app.jinja_loader = ChoiceLoader([ours, govuk] if ours else [govuk])
    env = app.jinja_env
    env.undefined = StrictNames
    env.trim_blocks = True
    env.lstrip_blocks = True
    env.filters.update(words.FILTERS)
    env.globals.update(
        null=None,  # what GOV.UK's macros call it
        csrf_token=csrf.token,
        csp_nonce=context.nonce,
        page_url=paging.page_url,
        count_of=words.count_of,
        plural=words.plural,
        listing=words.listing,
        date_range=words.date_range,
        time_range=words.time_range,
    )
    env.globals["ui"] = Macros(app)
