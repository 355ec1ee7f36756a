"""A real browser and what it is asked about a page: faults, accessibility, sideways scrolling.

The fixture `chromium` starts it; tests of the page's script and the journeys use it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, ConsoleMessage, Page, Response, sync_playwright

from lms.web.assets import MODULES

CHROMIUM = "/usr/bin/chromium"
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update")  # fmt: skip
AXE = MODULES / "axe-core" / "axe.min.js"
"""The script that a context adds to its pages before their own, where many are looked at."""
ASK_AXE = """
axe.run({resultTypes: ["violations"], selectors: false}).then(found => found.violations.map(
  rule => `${rule.id}: ${rule.help}: ${rule.nodes.map(node => node.html).join(" and ")}`))
"""
WIDTHS = "[document.scrollingElement.scrollWidth, document.scrollingElement.clientWidth]"


@contextmanager
def browser() -> Iterator[Browser]:
    """Chromium, until the block ends."""
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield started
        started.close()


def accessibility(page: Page) -> list[str]:
    """What axe finds wrong with the page. It runs beside the page's own content policy."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    found: list[str] = page.evaluate(ASK_AXE)
    return found


def sideways(page: Page) -> list[str]:
    """Whether the page is wider than its window."""
    wide, window = page.evaluate(WIDTHS)
    return [f"{wide} px wide in a window of {window} px"] if wide > window else []


def faults(page: Page) -> list[str]:
    """A list that fills with the page's errors: of scripts, of its policy, of what it loads."""
    found: list[str] = []

    def spoken(message: ConsoleMessage) -> None:
        # A document that answers 404 or 422 is a page like others; what it loads must be there.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            found.append(f"{page.url}: {message.text}")

    def answered(response: Response) -> None:
        is_document = response.request.is_navigation_request()
        if response.status >= (500 if is_document else 400):
            found.append(f"{response.request.method} {response.url}: {response.status}")

    page.on("pageerror", lambda error: found.append(f"{page.url}: {error}"))
    page.on("console", spoken)
    page.on("response", answered)
    return found
