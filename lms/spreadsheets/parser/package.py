"""A zip package opened with suspicion: entries, unpacked size and ratio are limited while reading.

The readers of XLSX and ODS take what they have checked from here and build a clean package of it,
so that the library that reads the cells never sees a byte that was not counted.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from xml.parsers import expat

from .cells import Refused

MOST_ENTRIES = 200
MOST_UNPACKED = 100 * 1024 * 1024
MOST_RATIO = 100
FREE = 1024 * 1024  # the ratio says nothing about the first megabyte
CHUNK = 64 * 1024

DAMAGED = "The file is damaged. Open it, save it again under a new name and upload that."
TOO_LARGE = (
    "The file unpacks to far more than a list of people needs, so we did not open it. Copy your "
    "list into a new spreadsheet, save it and upload that."
)


class Package:
    """The entries of a zip file by name; reading counts against one budget for the whole file."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError) as error:
            raise Refused(DAMAGED) from error
        entries = self._zip.infolist()
        if len(entries) > MOST_ENTRIES:
            raise Refused(TOO_LARGE)
        if any(entry.flag_bits & 0x1 for entry in entries):
            raise Refused(
                "The file is protected by a password. Open it, take the password off, save it and "
                "upload it again."
            )
        self.names = frozenset(entry.filename for entry in entries)
        self._packed = len(data)
        self._unpacked = 0

    def read(self, name: str) -> bytes:
        """A whole entry; an absent one is empty."""
        return b"".join(self.chunks(name))

    def chunks(self, name: str) -> Iterator[bytes]:
        """An entry piece by piece, counted. Raises `Refused`."""
        if name not in self.names:
            return
        try:
            with self._zip.open(name) as entry:
                while piece := entry.read(CHUNK):
                    self._count(len(piece))
                    yield piece
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
            raise Refused(DAMAGED) from error
        except (NotImplementedError, ValueError) as error:  # an unknown way of packing
            raise Refused(DAMAGED) from error

    def _count(self, size: int) -> None:
        self._unpacked += size
        beyond = self._unpacked > max(FREE, MOST_RATIO * self._packed)
        if self._unpacked > MOST_UNPACKED or beyond:
            raise Refused(TOO_LARGE)


class Copy:
    """A new, uncompressed package made of checked entries."""

    def __init__(self, source: Package) -> None:
        self._source = source
        self._buffer = io.BytesIO()
        self._zip = zipfile.ZipFile(self._buffer, "w", zipfile.ZIP_STORED)

    def take(self, name: str, scanner: Scanner) -> None:
        """Copy an XML entry while the scanner reads it; an absent one is left out."""
        if name not in self._source.names:
            return
        with self._zip.open(name, "w") as out:
            for piece in self._source.chunks(name):
                scanner.feed(piece)
                out.write(piece)
        scanner.end()

    def add(self, name: str, data: bytes) -> None:
        """Add an entry as it is."""
        self._zip.writestr(name, data)

    def finish(self) -> io.BytesIO:
        """The package, ready to be read."""
        self._zip.close()
        self._buffer.seek(0)
        return self._buffer


Attributes = dict[str, str]


class Scanner:
    """Walks XML without building a tree; a document type, and so every entity, is refused.

    Subclasses take elements in `start` and `finish` by their local names and text in `said`;
    attribute names are local too.
    """

    def __init__(self) -> None:
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = _refuse_doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._finish
        self._parser.CharacterDataHandler = self.said
        self._local: dict[str, str] = {}

    def feed(self, piece: bytes) -> None:
        """The next bytes of the document."""
        self._guarded(lambda: self._parser.Parse(piece, False))

    def end(self) -> None:
        """The document is complete."""
        self._guarded(lambda: self._parser.Parse(b"", True))

    def _guarded(self, parse: Callable[[], object]) -> None:
        try:
            parse()
        except (expat.ExpatError, LookupError, ValueError) as error:
            raise Refused(DAMAGED) from error

    def _name(self, name: str) -> str:
        local = self._local.get(name)
        if local is None:
            local = self._local[name] = name.rpartition(" ")[2]
        return local

    def _start(self, name: str, attributes: Attributes) -> None:
        self.start(self._name(name), {self._name(key): value for key, value in attributes.items()})

    def _finish(self, name: str) -> None:
        self.finish(self._name(name))

    def start(self, name: str, attributes: Attributes) -> None:
        """An element begins."""

    def finish(self, name: str) -> None:
        """An element ends."""

    def said(self, words: str) -> None:
        """Text inside an element, perhaps in pieces."""


def _refuse_doctype(*_: object) -> None:
    raise Refused(DAMAGED)
