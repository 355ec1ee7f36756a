"""The child process that turns a design and its data into the PDF of a certificate.

`certificates.render` has it run as `python -m certificates.press`; limits, fonts and the way they
speak are those of `lms.press`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jinja2 import DictLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from certificates.designs import base_css, base_templates
from certificates.shown import Shown, name_class
from lms import qr
from lms.press import child
from lms.press.child import Refused

PAGES = 1


class Printer(child.Printer):
    """What is worth keeping between certificates: fonts, styles, and templates in a sandbox."""

    def __init__(self) -> None:
        super().__init__()
        self.environment = ImmutableSandboxedEnvironment(
            loader=DictLoader(base_templates()), autoescape=True, undefined=StrictUndefined
        )
        self.environment.filters |= {"sin": _sine, "cos": _cosine}
        self.template = lru_cache(32)(self.environment.from_string)

    def print(self, shown: Shown, template: str, css: str, colours: Mapping[str, str]) -> bytes:
        """The PDF of one certificate. Raises `Refused`."""
        size = name_class(shown.name)
        if size is None:
            raise Refused(f"The name is too long to print: it has {len(shown.name)} letters.")
        try:
            html = self.template(template).render(
                shown=shown, qr=_qr(shown), name_class=size, colours=colours
            )
        except TemplateError as error:
            raise Refused(f"The design's template is faulty: {error}") from error
        variables = "".join(f"--{name}:{value};" for name, value in sorted(colours.items()))
        return self.pdf(html, (f":root{{{variables}}}", base_css(), css), PAGES)


def _sine(degrees: float) -> float:
    """For designs that set words along a ring."""
    return math.sin(math.radians(degrees))


def _cosine(degrees: float) -> float:
    return math.cos(math.radians(degrees))


def _qr(shown: Shown) -> str:
    """The code that opens the page of this certificate."""
    words = f"opens the page that checks certificate {shown.number}"
    return qr.svg(shown.verify_url, words, css="qr")


def start() -> child.Answer:
    """Prints the certificates that are asked for."""
    printer = Printer()

    def answer(asked: Mapping[str, Any]) -> bytes:
        shown = Shown.from_json(asked["shown"])
        return printer.print(shown, asked["template"], asked["css"], asked["colours"])

    return answer


if __name__ == "__main__":
    child.serve(start)
