"""The press: a child process that turns design and data into PDF bytes, under limits.

`certificates.render` starts it as `python -m certificates.press`, speaks to it in framed JSON over
its standard input and output, and takes its death for an answer.
"""

from __future__ import annotations

import logging
import math
import resource
import signal
import sys
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NoReturn

from jinja2 import DictLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from weasyprint import CSS, HTML
from weasyprint.logger import LOGGER
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from certificates.designs import base_css, base_templates
from certificates.framing import receive, send
from certificates.shown import Shown, name_class
from lms import qr

MEMORY = 512 * 1024 * 1024
SECONDS = 20
PAGES = 1


class Refused(Exception):
    """The certificate cannot be printed; the message is a sentence for the coordinator."""


class NoFetcher(URLFetcher):  # type: ignore[misc]
    """A certificate needs nothing from anywhere: every address, whatever its scheme, is fatal."""

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> NoReturn:
        """Refuse."""
        raise FatalURLFetchingError(f"The design asks for {url[:80]!r}, and designs load nothing.")


class _Complaints(logging.Handler):
    """Keeps what WeasyPrint warns about, since a certificate is printed without a warning."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


class Printer:
    """WeasyPrint, and what is worth keeping between certificates: fonts, styles, templates."""

    def __init__(self) -> None:
        self.fonts = FontConfiguration()
        self.fetcher = NoFetcher()
        self.complaints = _Complaints()
        LOGGER.handlers[:] = [self.complaints]
        LOGGER.setLevel(logging.WARNING)
        self.environment = ImmutableSandboxedEnvironment(
            loader=DictLoader(base_templates()), autoescape=True, undefined=StrictUndefined
        )
        self.environment.filters |= {"sin": _sine, "cos": _cosine}
        self.template = lru_cache(32)(self.environment.from_string)
        self.style = lru_cache(64)(self._parse)

    def print(self, shown: Shown, template: str, css: str, colours: Mapping[str, str]) -> bytes:
        """The PDF of one certificate. Raises `Refused`."""
        size = name_class(shown.name)
        if size is None:
            raise Refused(f"The name is too long to print: it has {len(shown.name)} letters.")
        html = self.template(template).render(
            shown=shown, qr=_qr(shown), name_class=size, colours=colours
        )
        self.complaints.lines.clear()
        variables = "".join(f"--{name}:{value};" for name, value in sorted(colours.items()))
        document = HTML(string=html, url_fetcher=self.fetcher).render(
            font_config=self.fonts,
            stylesheets=[
                self.style(f":root{{{variables}}}"),
                self.style(base_css()),
                self.style(css),
            ],
            pdf_variant="pdf/ua-1",
        )
        if len(document.pages) != PAGES:
            raise Refused(f"The certificate takes {len(document.pages)} pages and must take one.")
        pdf: bytes = document.write_pdf(pdf_variant="pdf/ua-1")
        self._refuse_complaints()
        self._check_fonts(document)
        return pdf

    def _parse(self, css: str) -> CSS:
        parsed = CSS(string=css, font_config=self.fonts, url_fetcher=self.fetcher)
        self._refuse_complaints()  # here, so that a faulty style sheet is never a kept one
        return parsed

    def _refuse_complaints(self) -> None:
        if self.complaints.lines:
            raise Refused(_in_words(self.complaints.lines[0]))

    def _check_fonts(self, document: Any) -> None:
        families = {font.family for font in document.fonts.values()}
        if not any(family.startswith("Liberation") for family in families):
            raise Refused("The Liberation fonts are not installed (package fonts-liberation2).")


def _sine(degrees: float) -> float:
    """For designs that set words along a ring."""
    return math.sin(math.radians(degrees))


def _cosine(degrees: float) -> float:
    return math.cos(math.radians(degrees))


def _qr(shown: Shown) -> str:
    """The code that opens the page of this certificate."""
    words = f"opens the page that checks certificate {shown.number}"
    return qr.svg(shown.verify_url, words, css="qr")


def _in_words(complaint: str) -> str:
    if ".notdef" in complaint:
        return f"No font of this machine has all letters of it ({complaint})."
    return f"The design is faulty: {complaint}"


def answer(printer: Printer, asked: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    """The reply to one request: `{"error": ""}` and the bytes, or the reason in words."""
    try:
        pdf = printer.print(
            Shown.from_json(asked["shown"]), asked["template"], asked["css"], asked["colours"]
        )
    except MemoryError:
        raise
    except (Refused, FatalURLFetchingError) as error:
        return {"error": str(error)}, b""
    except TemplateError as error:
        return {"error": f"The design's template is faulty: {error}"}, b""
    except Exception as error:
        return {"error": f"The design cannot be printed: {type(error).__name__}: {error}"}, b""
    return {"error": ""}, pdf


def main() -> None:
    """Answer until the other side closes. Time is limited per certificate, by the alarm clock."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    printer = Printer()
    send(sys.stdout.buffer, {"error": ""})  # the libraries are there
    while asked := receive(sys.stdin.buffer):
        signal.alarm(SECONDS)  # kills: no handler is set
        reply = answer(printer, asked[0])
        signal.alarm(0)
        send(sys.stdout.buffer, *reply)


if __name__ == "__main__":
    main()
