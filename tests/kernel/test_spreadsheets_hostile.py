"""No file hurts the web: each one here is refused in a sentence, and the next file is read."""

from __future__ import annotations

import contextlib
import io
import os
import socket
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from lms.spreadsheets import MOST_BYTES, Table, UnreadableFile, read, reading, write_ods, write_xlsx
from lms.spreadsheets.parser import kinds
from lms.spreadsheets.parser.cells import Refused

GOOD = b"Name,E-mail\nA B,a@x.uk\n"


def refusal(data: bytes, name: str = "names.xlsx") -> str:
    """The sentence, after which reading still works."""
    with pytest.raises(UnreadableFile) as caught:
        read(data, name)
    assert read(GOOD, "good.csv")[0].rows[1] == ("A B", "a@x.uk")
    return str(caught.value)


def repacked(data: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """A workbook with some of its parts changed."""
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    change(parts)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, part in parts.items():
            target.writestr(name, part)
    return out.getvalue()


def xlsx() -> bytes:
    return write_xlsx([Table("People", ("Name", "E-mail"), [("A B", "a@x.uk")])])


def with_part(name: str, content: bytes) -> bytes:
    return repacked(xlsx(), lambda parts: parts.update({name: content}))


def with_sheet(rows: str) -> bytes:
    xml = (
        '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/'
        f'2006/main"><sheetData>{rows}</sheetData></worksheet>'
    )
    return with_part("xl/worksheets/sheet1.xml", xml.encode())


def test_a_cell_in_the_last_corner_is_named() -> None:
    cell = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'
    assert "cell XFD1048576" in refusal(with_sheet(cell))


def test_a_count_of_four_billion_strings_is_refused() -> None:
    strings = (
        b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        b'count="1" uniqueCount="4000000000"><si><t>x</t></si></sst>'
    )
    assert "damaged" in refusal(with_part("xl/sharedStrings.xml", strings))


def test_a_zip_that_unpacks_to_gigabytes_is_not_unpacked() -> None:
    row = '<row><c t="inlineStr"><is><t>' + " " * 60_000_000 + "x</t></is></c></row>"
    bomb = with_sheet(row)
    assert len(bomb) < 100_000
    assert "unpacks to far more" in refusal(bomb)


def test_a_zip_that_lies_about_its_sizes_is_counted_while_reading() -> None:
    data = bytearray(with_sheet('<row><c t="str"><v>' + "y" * 30_000_000 + "</v></c></row>"))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        true_size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    lie = data.replace(true_size.to_bytes(4, "little"), (2000).to_bytes(4, "little"))
    assert refusal(bytes(lie))


def test_an_archive_in_an_archive_and_a_way_out_of_the_folder_are_no_spreadsheet() -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("../../x", b"0" * 1000)
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("inner.zip", inner.getvalue())
    assert "zip archive" in refusal(outer.getvalue())
    assert "zip archive" in refusal(inner.getvalue())
    assert read(with_part("../../x", b"0"), "x.xlsx")[0].rows[1] == ("A B", "a@x.uk")
    assert not Path("../../x").exists()


def test_more_entries_than_a_list_has_are_refused() -> None:
    many = repacked(xlsx(), lambda parts: parts.update({f"xl/{n}.xml": b"x" for n in range(300)}))
    assert "unpacks to far more" in refusal(many)


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml", "_rels/.rels"]
)
def test_entities_and_document_types_are_refused(part: str) -> None:
    xml = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "1"><!ENTITY b SYSTEM "file:///etc/passwd">'
        b"]><worksheet>&a;&b;</worksheet>"
    )
    assert "damaged" in refusal(with_part(part, xml))


def test_an_ods_repeating_a_value_a_million_times_is_named_by_its_cell() -> None:
    def repeat(parts: dict[str, bytes]) -> None:
        parts["content.xml"] = parts["content.xml"].replace(
            b"<table:table-row>", b'<table:table-row table:number-rows-repeated="1000000">'
        )

    ods = write_ods([Table("People", (), [("A B",)])])
    assert "cell A1000000" in refusal(repacked(ods, repeat))


@pytest.mark.parametrize(
    ("part", "word"),
    [
        ("xl/externalLinks/externalLink1.xml", "other files"),
        ("xl/vbaProject.bin", "macros"),
        ("xl/embeddings/oleObject1.bin", "embedded"),
        ("xl/connections.xml", "fetches data"),
    ],
)
def test_links_macros_and_embedded_objects_are_refused_by_name(part: str, word: str) -> None:
    assert word in refusal(with_part(part, b"<x/>"))


COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty|nothing"),
        (b" \r\n\t\n", "empty"),
        (b"\0" * 5000, "empty"),
        (b"%PDF-1.7\n...", "The file is a PDF. Save it as Excel"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "picture"),
        (b"<html><table><tr><td>Name</td></tr></table></html>", "web page"),
        (b"\xef\xbb\xbf  <!DOCTYPE html><p>", "web page"),
        (b'<?xml version="1.0"?><Workbook/>', "XML"),
        (COMPOUND + "Workbook".encode("utf-16-le"), r"old Excel format \(\.xls\)"),
        (COMPOUND + "EncryptedPackage".encode("utf-16-le"), "password"),
        (os.urandom(4096).replace(b"PK", b"xx"), "no Excel, ODS or CSV"),
        (b"PK\x05\x06" + b"\0" * 18, "empty package"),
        (b"PK\x03\x04" + b"\0" * 40, "damaged"),
    ],
)
def test_what_is_no_spreadsheet_is_called_by_its_name(data: bytes, word: str) -> None:
    with pytest.raises(UnreadableFile, match=word):
        read(data, "names.csv")


@pytest.mark.parametrize(
    ("types", "word"),
    [
        (b"application/vnd.ms-excel.sheet.binary.macroEnabled.main", "xlsb"),
        (b"application/vnd.ms-excel.sheet.macroEnabled.main+xml", "xlsm"),
        (b"wordprocessingml.document.main+xml", "no spreadsheet"),
    ],
)
def test_other_office_files_are_refused_by_name(types: bytes, word: str) -> None:
    assert word in refusal(with_part("[Content_Types].xml", b"<Types>" + types + b"</Types>"))


def test_a_csv_that_is_an_excel_file_is_read_as_what_it_is() -> None:
    assert read(xlsx(), "people.csv")[0].rows[1] == ("A B", "a@x.uk")


def test_a_zip_with_a_password_is_refused_as_such() -> None:
    locked = bytearray(xlsx())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (start := locked.find(signature, start)) >= 0:
            locked[start + offset] |= 1
            start += 4
    assert "password" in refusal(bytes(locked))


def test_too_many_rows_and_columns_are_refused_by_the_first_cell_outside() -> None:
    long = b"Name\n" + b"x\n" * 100_000
    assert "cell A10001" in refusal(long)
    wide = ",".join(["x"] * 16_384).encode()
    assert "cell CW1" in refusal(wide)


def test_a_field_of_a_megabyte_is_refused_by_its_row() -> None:
    assert "row 2" in refusal(b"Name\n" + b"x" * 1_000_000 + b"\n")


def test_a_file_over_the_limit_is_not_even_handed_to_the_child() -> None:
    assert "larger than 5 MB" in refusal(b"x" * (MOST_BYTES + 1))


def test_a_child_that_never_ends_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_BOOT", "while True: pass")
    monkeypatch.setattr(reading, "SECONDS", 0.3)
    with pytest.raises(UnreadableFile, match=r"We could not read this file, “x\.csv”\."):
        read(GOOD, "x.csv")


@pytest.mark.parametrize(
    "last_words",
    [
        "import os; os.abort()",
        "raise MemoryError",
        "import os; os.kill(os.getpid(), 9)",
        "x = bytearray(600 * 1024 * 1024)",
    ],
)
def test_a_child_that_dies_is_a_sentence(last_words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    boot = (
        f"import sys; sys.path.append(sys.argv[1]); import parser; parser.confine(); {last_words}"
    )
    monkeypatch.setattr(reading, "_BOOT", boot)
    with pytest.raises(UnreadableFile, match="We could not read this file"):
        read(GOOD, "x.csv")


def in_child(code: str) -> str:
    boot = (
        f"import sys; sys.path.append({reading._FOLDER!r}); import parser; parser.confine(); {code}"
    )
    done = subprocess.run([sys.executable, "-I", "-c", boot], capture_output=True, text=True)
    return done.stdout + done.stderr


def test_the_child_can_write_no_file(tmp_path: Path) -> None:
    target = tmp_path / "x"
    in_child(f"import signal; open({str(target)!r}, 'w').write('x' * 100000)")
    assert not target.exists() or target.read_bytes() == b""


def test_the_child_has_no_network_where_the_system_can_take_it_away() -> None:
    # Alone, as root may; else with a user namespace, as others may, but nobody in a changed root.
    unshare = (
        "import ctypes; c = ctypes.CDLL(None); print(c.unshare(1 << 30) and c.unshare(5 << 28))"
    )
    may = subprocess.run([sys.executable, "-c", unshare], capture_output=True).stdout == b"0\n"
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = ("127.0.0.1", server.getsockname()[1])
        said = in_child(f"import socket; socket.create_connection({address}, 1); print('through')")
    assert ("through" in said) == (not may)


def test_the_child_gets_neither_secrets_nor_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LMS_SECRET_KEY", "canary")
    monkeypatch.setattr(
        reading,
        "_BOOT",
        "import json, os, sys; sys.stdin.buffer.read(); "
        "json.dump({'refused': ' '.join(os.environ.values())}, sys.stdout)",
    )
    with pytest.raises(UnreadableFile) as caught:
        read(GOOD, "x.csv")
    assert "canary" not in str(caught.value)


SEEDS = [GOOD, xlsx(), write_ods([Table("People", ("Name",), [("A B",)])])]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.sampled_from(SEEDS), data=st.data())
def test_a_file_with_flipped_bytes_is_read_or_refused_and_nothing_else(
    seed: bytes, data: st.DataObject
) -> None:
    broken = bytearray(seed)
    for _ in range(data.draw(st.integers(1, 20))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(len(broken) // 2, len(broken)))
    with contextlib.suppress(UnreadableFile):
        sheets = read(bytes(broken[:cut]), "broken")
        assert all(len(row) == len(s.rows[0]) for s in sheets for row in s.rows)


@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=400).filter(lambda data: not data.startswith(b"PK")))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(Refused):
        assert kinds.parse(data)


def test_a_large_honest_workbook_is_read_within_seconds() -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("People")
    for number in range(5001):
        sheet.append([f"Person {number}", f"p{number}@x.uk", "Health visitor", "Herts", "Team"])
    out = io.BytesIO()
    book.save(out)
    assert len(read(out.getvalue(), "x.xlsx")[0].rows) == 5001


def test_compression_that_is_broken_in_the_middle_is_damage() -> None:
    data = bytearray(xlsx())
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
    start = info.header_offset + 30 + len(info.filename)
    data[start : start + info.compress_size] = zlib.compress(os.urandom(info.compress_size))[
        : info.compress_size
    ]
    assert "damaged" in refusal(bytes(data))
