"""Tells what a file is by its content, never by its name, and hands it to its reader.

The child's `main` calls `parse`; what we do not read is refused by name with the next step.
"""

from __future__ import annotations

import re

from . import csvtext, ods, xlsx
from .cells import Refused, SheetJSON
from .package import Package

SAVE_AS = "Save it as Excel (.xlsx), ODS or CSV and upload that."
LOCKED = (
    "The file is protected by a password. Open it, take the password off, save it and upload it "
    "again."
)

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", f"The file is a PDF. {SAVE_AS}"),
    (b"\x89PNG", f"The file is a picture. {SAVE_AS}"),
    (b"\xff\xd8\xff", f"The file is a picture. {SAVE_AS}"),
    (b"GIF8", f"The file is a picture. {SAVE_AS}"),
    (b"{\\rtf", f"The file is a text document (RTF). {SAVE_AS}"),
    (b"\x1f\x8b", "The file is compressed (gzip). Unpack it and upload the spreadsheet inside."),
    (b"7z\xbc\xaf", "The file is compressed (7z). Unpack it and upload the spreadsheet inside."),
    (b"Rar!", "The file is compressed (RAR). Unpack it and upload the spreadsheet inside."),
)


def parse(data: bytes) -> list[SheetJSON]:
    """All sheets of a file that hold anything. Raises `Refused`."""
    if not data.strip(b"\x00 \t\r\n"):
        raise Refused("The file is empty. Choose the file that holds your list.")
    for magic, sentence in _MAGIC:
        if data.startswith(magic):
            raise Refused(sentence)
    sheets = _reader(data)
    filled = [sheet for sheet in sheets if sheet["rows"]]
    if not filled:
        raise Refused("There is nothing in the file's cells. Choose the file that holds your list.")
    return filled


def _reader(data: bytes) -> list[SheetJSON]:
    if data.startswith(b"PK\x03\x04"):
        return _packed(Package(data))
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Refused(_compound(data))
    if data.startswith(b"PK"):
        raise Refused("The file is an empty package. Choose the file that holds your list.")
    decoded = csvtext.decode(data)
    _refuse_markup(decoded)
    return [csvtext.parse(decoded)]


def _compound(data: bytes) -> str:
    """An OLE file: an encrypted workbook, or one of Excel before 2007."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return LOCKED
    if "WordDocument".encode("utf-16-le") in data:
        return f"The file is a Word document. {SAVE_AS}"
    return (
        "The file is in the old Excel format (.xls). Open it, choose Save as, Excel workbook "
        "(.xlsx), and upload that."
    )


def _refuse_markup(decoded: str) -> None:
    start = decoded[:1000].lstrip().lower()
    if re.match(r"<(!doctype html|html|head|body|table|meta|!--)", start):
        raise Refused(
            "The file is a web page (HTML), though its name may say otherwise. "
            f"Open it in Excel or LibreOffice. {SAVE_AS}"
        )
    if start.startswith("<?xml"):
        raise Refused(f"The file is XML. Open it in Excel or LibreOffice. {SAVE_AS}")


def _packed(package: Package) -> list[SheetJSON]:
    if "mimetype" in package.names:
        return _open_document(package)
    if "[Content_Types].xml" in package.names:
        return _office(package)
    if any(name.endswith(".iwa") for name in package.names):
        raise Refused("The file is from Numbers. Choose Export to, Excel, and upload that.")
    raise Refused("The file is a zip archive. Unpack it and upload the spreadsheet inside.")


def _open_document(package: Package) -> list[SheetJSON]:
    kind = package.read("mimetype").decode("ascii", "replace").strip()
    if not kind.startswith("application/vnd.oasis.opendocument.spreadsheet"):
        raise Refused(f"The file is an OpenDocument file, but no spreadsheet. {SAVE_AS}")
    if b"encryption-data" in package.read("META-INF/manifest.xml"):
        raise Refused(LOCKED)
    return ods.parse(package)


_NO_MACROS = "Open it, choose Save as, Excel workbook (.xlsx), and upload that."


def _office(package: Package) -> list[SheetJSON]:
    types = package.read("[Content_Types].xml")
    if b"ms-excel.sheet.binary" in types:
        raise Refused(f"The file is a binary workbook (.xlsb). {_NO_MACROS}")
    if b"macroEnabled" in types or any("vbaproject" in n.lower() for n in package.names):
        raise Refused(f"The file holds macros (.xlsm), which we do not take. {_NO_MACROS}")
    if b"spreadsheetml" not in types:
        raise Refused(f"The file is an Office document, but no spreadsheet. {SAVE_AS}")
    for part, sentence in xlsx.REFUSED_PARTS:
        if any(name.lower().startswith(part) for name in package.names):
            raise Refused(sentence)
    return xlsx.parse(package)
