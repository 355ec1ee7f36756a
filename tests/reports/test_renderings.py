"""Page, CSV, Excel, ODS and PDF are read as an outsider reads them: what is hidden is in none."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree

import html5lib
import pypdf
import pytest
from openpyxl import load_workbook

from lms.contracts import Audience
from lms.reports.disclosure import POLICIES
from lms.reports.documents import protect
from lms.testing import Frozen, run_jobs_of
from lms.web.opening import LmsFlask
from tests import factories as make
from tests.reports.conftest import Sample, crowd, made
from tests.reports.kit import draft_of
from tests.reports.test_files import HEADING, excel_shows, texts

Sign = Callable[..., Any]
ASKED = "/reports/sample?by=cohort"
OUTSIDE = f"{ASKED}&audience=publication"
READ_ALOUD = ("alt", "aria-description", "aria-label", "aria-valuetext", "title")
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


def numbers(text: str) -> set[str]:
    """Every number of a text, whole: neither 3 nor 16 is in 3.00 or in 1,016."""
    return {found.replace(",", "").rstrip(".") for found in NUMBER.findall(text)}


@pytest.fixture
def people(sample: Sample, frozen: Frozen) -> Sample:
    """Two large cohorts and two that give few away, at a time that has none of their numbers."""
    frozen("2027-08-04 09:40")
    sample.people = crowd(A=1017, B=16, C=3, D=641)
    return sample


def analyst(as_role: Sign) -> Any:
    """The browser of somebody whose name, which a version says, has no number."""
    return as_role("analyst", who=make.person("Ana", "Okafor", email=None)).browser


def renderings(browser: Any, at: str) -> Iterator[tuple[str, str]]:
    """All words and figures of a report's page and of each of its files, by their kind."""
    tree = html5lib.parse(browser.get(at).text, namespaceHTMLElements=False)
    held = [each.get(name, "") for each in tree.iter() for name in READ_ALOUD]
    words = [" ".join(each.itertext()) for each in (tree.find(".//title"), tree.find(".//main"))]
    yield "page", " ".join([*words, *held])
    fetch = at.partition("?")[0] + "/download"
    shared = {"by": "cohort"} if "?" in at else {}

    def file(form: str) -> bytes:
        content: bytes = browser.post(fetch, data=shared | {"format": form}).data
        return content

    yield "csv", file("csv").decode("utf-8-sig")
    yield "xlsx", " ".join(_in_excel(file("xlsx")))
    yield "ods", " ".join(_in_ods(file("ods")))
    pack = browser.post(fetch, data=shared | {"format": "pdf"}).location
    run_jobs_of(browser.application)
    read = pypdf.PdfReader(io.BytesIO(browser.get(f"{pack}/pack.pdf").data))
    title = str(read.metadata.title) if read.metadata else ""
    yield "pdf", " ".join([title, *(page.extract_text() for page in read.pages)])


def _in_excel(content: bytes) -> Iterator[str]:
    """Every sheet's name and every cell."""
    for sheet in load_workbook(io.BytesIO(content)).worksheets:
        yield sheet.title
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            yield excel_shows(cell)


def _in_ods(content: bytes) -> Iterator[str]:
    """The same of an ODS file, with the numbers that its cells hold."""
    table = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
    office = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        tree = ElementTree.fromstring(packed.read("content.xml"))
    for sheet in tree.iter(f"{table}table"):
        yield sheet.get(f"{table}name", "")
        for cell in sheet.iter(f"{table}table-cell"):
            yield "".join(cell.itertext())
            if cell.get(f"{office}value-type") != "percentage":
                yield cell.get(f"{office}value", "")


def test_nothing_that_is_hidden_is_in_any_rendering(as_role: Sign, people: Sample) -> None:
    """The numbers of hidden cells, from one figure on, in every text, title, note and label."""
    draft = draft_of(people.people, "cohort")
    team, told = (
        texts(protect(draft, HEADING, POLICIES[audience]).document)
        for audience in (Audience.TEAM, Audience.PUBLICATION)
    )
    pairs = [pair for rows in zip(team, told, strict=True) for pair in zip(*rows, strict=True)]
    gone = numbers(" ".join(was for was, now in pairs if now == "[c]")) - {"0", "1"}
    kept = numbers(" ".join(now for _, now in pairs if now != "[c]"))
    gone -= kept
    assert {"2", "3", "12", "16", "153", "2.75", "0.71"} <= gone
    ana = analyst(as_role)
    at = made(ana, ana.press(OUTSIDE, "Make this version"))
    for kind, text in renderings(ana, at):
        found = numbers(text)
        assert (kind, found & gone) == (kind, set())
        assert (kind, kept - found) == (kind, set())
    for kind, text in renderings(ana, ASKED):  # the same eyes see them where they are told
        assert (kind, gone - numbers(text)) == (kind, set())


def test_screen_and_paper_say_the_same_to_the_digit(
    as_role: Sign, people: Sample, site: LmsFlask
) -> None:
    ana = analyst(as_role)
    at = made(ana, ana.press(OUTSIDE, "Make this version"))
    for address, audience in ((ASKED, Audience.TEAM), (at, Audience.PUBLICATION)):
        printed = " ".join(dict(renderings(ana, address))["pdf"].split())
        draft = draft_of(people.people, "cohort")
        for row in texts(protect(draft, HEADING, POLICIES[audience]).document):
            assert " ".join(row) in printed
