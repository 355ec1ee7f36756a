"""Spreadsheets in and out: uploads read in a confined child process, downloads written safely.

Rooms call `read` and the three `write_*` functions; nothing here knows the database.
"""

from lms.spreadsheets.reading import MOST_BYTES, UnreadableFile, read
from lms.spreadsheets.writing import (
    CSV,
    ODS,
    TYPES,
    XLSX,
    Cell,
    Table,
    write,
    write_csv,
    write_ods,
    write_xlsx,
)

__all__ = [
    "CSV",
    "MOST_BYTES",
    "ODS",
    "TYPES",
    "XLSX",
    "Cell",
    "Table",
    "UnreadableFile",
    "read",
    "write",
    "write_csv",
    "write_ods",
    "write_xlsx",
]
