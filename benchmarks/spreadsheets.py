"""How long it takes to read an upload, in its child process as in the product."""

from __future__ import annotations

import io
import statistics
import time

import openpyxl

from lms.spreadsheets.reading import read


def seconds(rows: int, times: int = 3) -> float:
    """The median time to read a register of so many people."""
    data = _workbook(rows)
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        (sheet,) = read(data, "register.xlsx")
        taken.append(time.perf_counter() - began)
        assert len(sheet.rows) == rows + 1
    return statistics.median(taken)


def _workbook(rows: int) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Register")
    sheet.append(["Name", "E-mail", "Organisation", "Job"])
    for number in range(rows):
        name = f"Person {number}, Example"
        sheet.append(
            [name, f"person{number}@council.example", "Children's services", "Social worker"]
        )
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
