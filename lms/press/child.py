"""The child's side: WeasyPrint without a network or files, under limits on time and memory.

A room's own module builds on `Printer` and calls `serve`; `python -m lms.press.child` prints plain
documents: their HTML and style sheets as they are given.
"""

from __future__ import annotations

import logging
import resource
import signal
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, NoReturn

from weasyprint import CSS, HTML
from weasyprint.logger import LOGGER
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from lms.press.framing import receive, send

MEMORY = 512 * 1024 * 1024
SECONDS = 20
VARIANT = "pdf/ua-1"


class Refused(Exception):
    """It cannot be printed; the message is a sentence for whoever asked."""


class NoFetcher(URLFetcher):  # type: ignore[misc]
    """What is printed needs nothing from anywhere: every address, of any scheme, is fatal."""

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> NoReturn:
        """Refuse."""
        raise FatalURLFetchingError(f"The design asks for {url[:80]!r}, and designs load nothing.")


class Complaints(logging.Handler):
    """Keeps what WeasyPrint warns about, since nothing is printed with a warning."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


class Printer:
    """WeasyPrint, and what is worth keeping between documents: fonts and parsed styles."""

    def __init__(self) -> None:
        self.fonts = FontConfiguration()
        self.fetcher = NoFetcher()
        self.complaints = Complaints()
        LOGGER.handlers[:] = [self.complaints]
        LOGGER.setLevel(logging.WARNING)
        self.style = lru_cache(64)(self._parse)

    def pdf(self, html: str, styles: Iterable[str], pages: int | None = None) -> bytes:
        """The PDF/UA of a document, of exactly so many pages if told. Raises `Refused`."""
        self.complaints.lines.clear()
        document = HTML(string=html, url_fetcher=self.fetcher).render(
            font_config=self.fonts,
            stylesheets=[self.style(css) for css in styles],
            pdf_variant=VARIANT,
        )
        if pages is not None and len(document.pages) != pages:
            raise Refused(f"It takes {len(document.pages)} pages and must take {pages}.")
        made: bytes = document.write_pdf(pdf_variant=VARIANT)
        self.refuse_complaints()
        self._check_fonts(document)
        return made

    def refuse_complaints(self) -> None:
        """Raise `Refused` for the first thing that WeasyPrint warned of."""
        if self.complaints.lines:
            raise Refused(_in_words(self.complaints.lines[0]))

    def _parse(self, css: str) -> CSS:
        parsed = CSS(string=css, font_config=self.fonts, url_fetcher=self.fetcher)
        self.refuse_complaints()  # here, so that a faulty style sheet is never a kept one
        return parsed

    def _check_fonts(self, document: Any) -> None:
        families = {font.family for font in document.fonts.values()}
        if not any(family.startswith("Liberation") for family in families):
            raise Refused("The Liberation fonts are not installed (package fonts-liberation2).")


def _in_words(complaint: str) -> str:
    if ".notdef" in complaint:
        return f"No font of this machine has all letters of it ({complaint})."
    return f"The design is faulty: {complaint}"


Answer = Callable[[Mapping[str, Any]], bytes]


def answered(answer: Answer, asked: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    """The reply to one request: `{"error": ""}` and the bytes, or the reason in words."""
    try:
        return {"error": ""}, answer(asked)
    except MemoryError:
        raise
    except (Refused, FatalURLFetchingError) as error:
        return {"error": str(error)}, b""
    except Exception as error:
        return {"error": f"The design cannot be printed: {type(error).__name__}: {error}"}, b""


def serve(start: Callable[[], Answer]) -> None:
    """Answer until the other side closes. Time is limited per document, by the alarm clock."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answer = start()
    send(sys.stdout.buffer, {"error": ""})  # the libraries are there
    while asked := receive(sys.stdin.buffer):
        signal.alarm(SECONDS)  # kills: no handler is set
        reply = answered(answer, asked[0])
        signal.alarm(0)
        send(sys.stdout.buffer, *reply)


def plainly() -> Answer:
    """Prints HTML with style sheets, as they are given."""
    printer = Printer()
    return lambda asked: printer.pdf(asked["html"], asked["styles"])


if __name__ == "__main__":
    serve(plainly)
