"""Page, CSV, Excel, ODS, command line and print are one document: they agree to the digit."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import html5lib
import pypdf
import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from sqlalchemy import select

from lms.cli import cli
from lms.contracts import (
    Audience,
    Count,
    DataTable,
    Definition,
    Derived,
    Draft,
    Form,
    Row,
    Sentence,
    Subject,
)
from lms.db import db
from lms.records import AuditEntry
from lms.reports.disclosure import POLICIES
from lms.reports.documents import Document, Heading, protect
from lms.reports.documents.files import as_file
from lms.reports.models import Release
from lms.spreadsheets import Table, write_xlsx
from lms.testing import run_jobs_of
from lms.web.opening import LmsFlask
from tests.reports.conftest import Sample, crowd, made
from tests.reports.kit import draft_of

Sign = Callable[..., Any]
NOW = datetime(2027, 3, 4, 16, 40, tzinfo=UTC)
HEADING = Heading("sample", "How did people answer?", "About.", NOW, (("By", "cohort"),), "Council")


def forms_of_figures() -> Draft:
    """One figure of every form, whole and negative, hidden and missing."""
    people, few = Count("n", 1234, Subject.PEOPLE), Count("few", 3, Subject.PEOPLE)
    figures = (
        people,
        few,
        Derived("share", 0.145, ("n",), Form.PERCENT),
        Derived("mean", 2.345, ("n",)),
        Derived("up", 1.005, ("n",), Form.CHANGE),
        Derived("down", -0.4, ("n",), Form.CHANGE),
        Derived("p", 0.00002, ("n",), Form.PROBABILITY),
        Derived("p2", 0.0476, ("n",), Form.PROBABILITY),
        Derived("cost", 1234.5, ("n",), Form.MONEY),
        Derived("whole", 2.5, ("n",), Form.WHOLE),
        Derived("none", None, ("n",)),
    )
    keys = ("n", "few", *(f.key for f in figures[2:]))
    columns = (*keys, "Asked")
    row = Row("=cmd|' /C calc'!A0", (*keys, "[x]"))
    return Draft(
        figures,
        (
            Sentence("{n} people, {share}, {cost} each ({none}).", quotable=True),
            DataTable("t", "Every: form/of*figure", "Who", columns, (row,), ("Of {n}.", "{few}!")),
        ),
        definitions=(Definition("Who", "Everybody."),),
        place="Hertfordshire",
    )


def documents() -> list[Document]:
    """Three to compare: every form, a breakdown for our team, and the same for publication."""
    people = crowd(A=40, B=16, C=3)
    return [
        protect(forms_of_figures(), HEADING, POLICIES[Audience.PARTNER]).document,
        protect(draft_of(people, "cohort"), HEADING, POLICIES[Audience.TEAM]).document,
        protect(draft_of(people, "cohort"), HEADING, POLICIES[Audience.PUBLICATION]).document,
    ]


def texts(document: Document) -> list[list[str]]:
    """Every row of its tables as it is written."""
    return [[row.label, *(c.text for c in row.cells)] for t in document.tables for row in t.rows]


def plain(text: str) -> str:
    """A figure without what only people read: thousands, the true minus, plus, pounds."""
    return text.replace(",", "").replace("−", "-").replace("+", "").replace("£", "")


def guarded(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Rows as files hold them: labels that look like formulas are text."""
    return [[row[0], *map(plain, row[1:])] for row in rows]


@pytest.mark.parametrize("number", range(3))
def test_csv_holds_the_figures_of_the_page(number: int) -> None:
    document = documents()[number]
    text = as_file([document], "csv").decode("utf-8-sig")
    rows = [row for row in csv.reader(io.StringIO(text)) if len(row) > 2][1:]
    assert [[row[0].removeprefix("'"), *row[1:]] for row in rows] == guarded(texts(document))
    assert as_file([document], "csv").startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("number", range(3))
def test_excel_holds_the_figures_of_the_page_as_numbers(number: int) -> None:
    document = documents()[number]
    book = load_workbook(io.BytesIO(as_file([document], "xlsx")))
    sheet, notes = book.worksheets
    rows = list(sheet.iter_rows(min_row=2))
    assert [[excel_shows(cell) for cell in row] for row in rows] == guarded(texts(document))
    assert rows[0][1].data_type == "n"
    assert sheet.merged_cells.ranges == set()
    assert notes.title == "Notes"
    said = [str(row[0].value) for row in notes.iter_rows()]
    assert document.policy_words in " ".join(said)
    assert any("Counted on 4 March 2027 at 4:40pm" in line for line in said)
    assert all(cell.data_type != "f" for row in rows for cell in row)


def excel_shows(cell: Any) -> str:
    """What Excel shows of a cell."""
    if cell.data_type != "n":
        return str(cell.value)
    if cell.number_format == "0%":
        return f"{cell.value:.0%}"
    places = len(cell.number_format.partition(".")[2]) if cell.number_format != "General" else 0
    return f"{cell.value:.{places}f}"


@pytest.mark.parametrize("number", range(3))
def test_ods_holds_the_figures_of_the_page(number: int) -> None:
    document = documents()[number]
    with zipfile.ZipFile(io.BytesIO(as_file([document], "ods"))) as packed:
        tree = ElementTree.fromstring(packed.read("content.xml"))
    table = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
    sheet = tree.findall(f".//{table}table")[0]
    rows = [
        ["".join(cell.itertext()) for cell in row.findall(f"{table}table-cell")]
        for row in sheet.findall(f"{table}table-row")
    ][1:]
    assert rows == guarded(texts(document))


def test_the_page_shows_the_same(as_role: Sign, sample: Sample) -> None:
    sample.people = crowd(A=40, B=16, C=3)
    ana = as_role("analyst").browser
    page = html5lib.parse(
        ana.get("/reports/sample?by=cohort").get_data(as_text=True), namespaceHTMLElements=False
    )
    shown = [
        [" ".join("".join(cell.itertext()).split()) for cell in row]
        for row in page.findall(".//table/tbody/tr")
    ]
    document = protect(draft_of(sample.people, "cohort"), HEADING, POLICIES[Audience.TEAM]).document
    assert shown == texts(document)
    got = ana.press("/reports/sample?by=cohort", format="csv")
    rows = list(csv.reader(io.StringIO(got.data.decode("utf-8-sig"))))
    assert [row for row in rows if len(row) > 2][1:] == guarded(texts(document))
    assert got.headers["Cache-Control"] == "no-store"
    entry = db.session.scalars(
        select(AuditEntry).where(AuditEntry.verb == "report.downloaded")
    ).one()
    assert entry.after == {
        "report": "sample",
        "format": "csv",
        "audience": "team",
        "filters": "Filters: Broken down by: cohort.",
        "rows": 4,
    }


def test_the_command_line_gives_the_bytes_of_the_download(
    as_role: Sign, site: LmsFlask, sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample.people = crowd(A=40, B=16, C=3)
    ana = as_role("analyst").browser
    got = ana.press("/reports/sample?start=2026-01&end=2026-03&by=job", format="csv").data
    monkeypatch.setattr("lms.cli.report.application", lambda: site.app_context())
    db.session.remove()
    arguments = ["report", "sample", "--from", "2026-01", "--to", "2026-03", "--breakdown", "job"]
    said = CliRunner().invoke(cli, arguments)
    assert said.exit_code == 0, said.output
    assert _timeless(said.stdout_bytes) == _timeless(got)
    outside = CliRunner().invoke(cli, [*arguments, "--audience", "publication"])
    assert b"[c]" in outside.stdout_bytes
    assert db.session.scalars(select(Release.audience)).all() == ["publication"]


def _timeless(content: bytes) -> list[bytes]:
    return [line for line in content.splitlines() if b"Counted on" not in line]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("nothing", "there is no report 'nothing'"),
        ("sample --from March", "'March' is no month"),
        ("sample --from 2027-05 --to 2027-03", "2027-03 is before 2027-05"),
        ("sample --locality Atlantis", "there is no 'Atlantis'"),
        ("sample --breakdown shoe", "'shoe' is none of: cohort, place, job"),
        ("sample --choice a=b", "'a=b' is none of: none"),
    ],
)
def test_the_command_line_says_what_it_does_not_know(
    site: LmsFlask, monkeypatch: pytest.MonkeyPatch, arguments: str, said: str
) -> None:
    monkeypatch.setattr("lms.cli.report.application", lambda: site.app_context())
    done = CliRunner().invoke(cli, ["report", *arguments.split()])
    assert (done.exit_code, said in done.output) == (2, True), done.output


def test_a_pack_is_printed_by_a_job_and_holds_no_hidden_figure(
    as_role: Sign, site: LmsFlask, sample: Sample
) -> None:
    sample.people = crowd(A=40, B=16, C=3)
    signed = as_role("analyst")
    version = signed.browser.press(
        "/reports/sample?audience=publication&by=cohort", "Make this version"
    )
    asked = signed.browser.press(made(signed.browser, version), format="pdf")
    assert "being made" in signed.browser.get(asked.location).get_data(as_text=True)
    run_jobs_of(site)
    assert "Download the PDF" in signed.browser.get(asked.location).get_data(as_text=True)
    pdf = signed.browser.get(f"{asked.location}/pack.pdf").data
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    text = " ".join(page.extract_text() for page in reader.pages)
    assert "How did people answer?" in text
    assert "[c]" in text
    title = (
        "How did people answer? Hertfordshire, October 2026 to March 2027, "
        "version 1 for publication"
    )
    assert reader.metadata
    assert reader.metadata.title == title
    assert title in " ".join(text.split())
    assert b"pdfuaid:part" in reader.trailer["/Root"]["/Metadata"].get_data()
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    other = as_role("analyst").browser
    assert other.get(asked.location).status_code == 404
    assert other.get(f"{asked.location}/pack.pdf").status_code == 404


def test_the_sheets_of_a_book_have_names_that_tell_them_apart_and_columns_wide_enough() -> None:
    first, second = "The same people before and after", "The same people before and after, in short"
    tables = [Table(name, ("When", "Mean"), [("Before " * 8, 2)]) for name in (first, second)]
    book = load_workbook(io.BytesIO(write_xlsx(tables, ["Said."])))
    names = book.sheetnames
    assert names == ["1 The same people before", "2 In short", "Notes"]
    assert book.worksheets[0].column_dimensions["A"].width > 40
    helping = "Helping with a problem: the same people before and after"
    titles = (helping, f"{helping}, in short", "By job: helping with a problem", helping)
    many = write_xlsx([Table(title, ("When",), []) for title in titles], ["Said."])
    assert load_workbook(io.BytesIO(many)).sheetnames == [
        "1 Helping with a problem",
        "2 In short",
        "3 By job",
        "4 The same people before",
        "Notes",
    ]
