"""Somebody at a screen: each page they come to is looked at before they go on.

What a page may never do fails the journey at once: an accessibility violation, a fault of a
script or of the content policy, sideways scrolling. `LMS_PICTURES=folder` keeps what was seen.
"""

from __future__ import annotations

import io
import itertools
import os
import re
from pathlib import Path

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests import browsing

DESK, PHONE = 1280, 390
FAILED = "could not be shown"
HTML = "text/html; charset=utf-8"
SCRIPTS = re.compile(r"<script\b.*?</script>", re.DOTALL)
_number = itertools.count(1)


class Visitor:
    """A person with a browser of their own."""

    def __init__(self, context: BrowserContext, url: str, name: str, *, script: bool) -> None:
        self.context = context
        self.script = script
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

    def press(self, text: str, *, within: Locator | None = None) -> None:
        """Press the button or follow the link with these words; another page comes."""
        with self.page.expect_navigation():
            self.control(text, within).click()
        self.see()

    def control(self, text: str, within: Locator | None = None) -> Locator:
        """The first link or button with these words, or that goes on, for those who hear it."""
        exactly = self._controls(text, within)
        begins = self._controls(re.compile(rf"^{re.escape(text)}\b"), within)
        return exactly.first if exactly.count() else self._there(begins, text)

    def _controls(self, name: str | re.Pattern[str], within: Locator | None) -> Locator:
        place = within or self.page
        button = place.get_by_role("button", name=name, exact=True)
        return place.get_by_role("link", name=name, exact=True).or_(button)

    def download(self, text: str) -> io.BytesIO:
        """The file behind the link or button with these words."""
        with self.page.expect_download() as kept:
            self.control(text, self.page.get_by_role("main")).click()
        return io.BytesIO(Path(kept.value.path()).read_bytes())

    # -- filling in -------------------------------------------------------------------------

    def fill(self, label: str, value: str, *, within: Locator | None = None) -> None:
        """Type into the field with this label."""
        self._there((within or self.page).get_by_label(label, exact=True), label).fill(value)

    def tab_to(self, role: str, name: str = "", *, most: int = 60) -> None:
        """Press Tab until something of this role (and name) has the focus and shows that it has."""
        wanted = self.page.get_by_role(role, name=name, exact=True) if name else None  # type: ignore[arg-type]
        for _ in range(most):
            self.page.keyboard.press("Tab")
            here = self.page.locator(":focus-visible")
            found = wanted.and_(here) if wanted else self.page.get_by_role(role).and_(here)  # type: ignore[arg-type]
            if found.count():
                return
        raise AssertionError(f"Tab never came to a {role} {name!r} on {self.page.url}")

    def pick(self, label: str, option: str) -> None:
        """Choose from a list."""
        self._there(self.page.get_by_label(label, exact=True), label).select_option(label=option)

    def choose(self, question: str, *answers: str) -> None:
        """Choose answers to a question with radios or checkboxes."""
        group = self.group(question)
        for answer in answers:
            self._there(group.get_by_label(answer, exact=True), answer).check()

    def group(self, name: str) -> Locator:
        """A question's answers, or the fields of one person."""
        groups = self.page.get_by_role("group", name=re.compile(re.escape(name)))
        return self._there(groups, name)

    def _there(self, found: Locator, name: str) -> Locator:
        """The first of those found; a page that has none fails with what it says instead."""
        assert found.count(), f"no {name!r} on {self.page.url}: {self.said()}"
        return found.first

    # -- reading ----------------------------------------------------------------------------

    def see(self) -> None:
        """Look at the page as it stands."""
        self._picture()
        wrong = self._accessibility() + browsing.sideways(self.page) + self.faults
        if FAILED in self.said():
            wrong.append(f"A part of the page {FAILED}")
        assert not wrong, f"{self.page.url}\n" + "\n".join(wrong)

    def _accessibility(self) -> list[str]:
        """What axe finds. It cannot run where scripts are off: it reads the same page elsewhere."""
        if self.script:
            return browsing.accessibility(self.page)
        still = SCRIPTS.sub("", self.page.content())
        browser = self.context.browser
        assert browser
        with browser.new_context(viewport=self.page.viewport_size) as elsewhere:
            twin = elsewhere.new_page()
            twin.route(self.page.url, lambda route: route.fulfill(body=still, content_type=HTML))
            twin.goto(self.page.url)
            return browsing.accessibility(twin)

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
        header = self.page.get_by_role("rowheader", name=name)
        return self._there(self.page.locator("tr", has=header), name)

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
