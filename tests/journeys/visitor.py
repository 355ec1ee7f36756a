"""Somebody at a screen: each page they come to is looked at before they go on.

What a page may never do fails the journey at once: an accessibility violation, a fault of a
script or of the content policy, sideways scrolling. `LMS_PICTURES=folder` keeps what was seen.
"""

from __future__ import annotations

import itertools
import os
import re
from pathlib import Path

from playwright.sync_api import BrowserContext, Download, Locator, Page, expect

from tests import browsing

DESK, PHONE = 1280, 390
_number = itertools.count(1)


class Visitor:
    """A person with a browser of their own."""

    def __init__(self, context: BrowserContext, url: str, name: str) -> None:
        self.context = context
        self.url = url
        self.name = name
        self.page: Page = context.new_page()
        self.faults = browsing.faults(self.page)

    # -- going ------------------------------------------------------------------------------

    def open(self, path: str, *, status: int = 200) -> None:
        """Open a page by its path on this site, or by a whole address from a message."""
        answer = self.page.goto(path if "://" in path else self.url + path)
        assert answer is not None
        assert answer.status == status, f"{path} answered {answer.status}: {self.said()[:500]}"
        self.see()

    def follow(self, text: str, *, within: Locator | None = None) -> None:
        """Follow the link with these words."""
        self._leave((within or self.page).get_by_role("link", name=text, exact=True).first)

    def press(self, text: str, *, within: Locator | None = None) -> None:
        """Press the button with these words."""
        self._leave((within or self.page).get_by_role("button", name=text, exact=True).first)

    def download(self, text: str) -> Path:
        """The file behind a link or button."""
        named = self.page.get_by_role("link", name=text)
        control = named.or_(self.page.get_by_role("button", name=text)).first
        with self.page.expect_download() as kept:
            control.click()
        file: Download = kept.value
        return Path(file.path())

    def _leave(self, control: Locator) -> None:
        with self.page.expect_navigation():
            control.click()
        self.see()

    # -- filling in -------------------------------------------------------------------------

    def fill(self, label: str, value: str, *, within: Locator | None = None) -> None:
        """Type into the field with this label."""
        (within or self.page).get_by_label(label, exact=True).first.fill(value)

    def choose(self, question: str, *answers: str) -> None:
        """Choose answers to a question with radios or checkboxes."""
        group = self.group(question)
        for answer in answers:
            group.get_by_label(answer, exact=True).check()

    def group(self, name: str) -> Locator:
        """A question's answers, or the fields of one person."""
        return self.page.get_by_role("group", name=re.compile(re.escape(name))).first

    # -- reading ----------------------------------------------------------------------------

    def see(self) -> None:
        """Look at the page as it stands."""
        self._picture()
        wrong = browsing.accessibility(self.page) + browsing.sideways(self.page) + self.faults
        assert not wrong, f"{self.page.url}\n" + "\n".join(wrong)

    def heading(self, text: str) -> None:
        """The page is the one with this heading."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(text)

    def reads(self, *texts: str) -> None:
        """The page says each of these."""
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text)

    def said(self) -> str:
        """The words of the page, with single spaces."""
        return " ".join(self.page.locator("body").inner_text().split())

    def row(self, name: str) -> Locator:
        """The row of a table that begins with this name."""
        return self.page.locator("tr", has=self.page.get_by_role("rowheader", name=name)).first

    def _picture(self) -> None:
        folder = os.environ.get("LMS_PICTURES")
        if folder:
            size = self.page.viewport_size or {"width": 0}
            title = re.sub(r"\W+", "-", self.page.title().rpartition(" – ")[0])[:60]
            name = f"{size['width']}-{os.getpid()}-{next(_number):03}-{self.name}-{title}.png"
            self.page.screenshot(path=Path(folder) / name, full_page=True)

    def leave(self) -> None:
        """Go away."""
        self.context.close()
