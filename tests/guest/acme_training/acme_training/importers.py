"""Acme's list: one column with a name and an address."""

import re

from lms.contracts import CanonicalRow, Importer, ImportKind

LINE = re.compile(r"(?P<given>\S+) (?P<family>[^<]+) <(?P<email>[^>]+)>")


def recognises(sheet):
    return bool(sheet.rows) and sheet.rows[0][0] == "Acme Training list"


def read(sheet):
    for number, row in zip(sheet.row_numbers[1:], sheet.rows[1:], strict=True):
        found = LINE.fullmatch(row[0])
        if found is None:
            yield CanonicalRow(row_no=number, family_name=row[0])
        else:
            yield CanonicalRow(
                row_no=number,
                given_name=found["given"],
                family_name=found["family"].strip(),
                email=found["email"],
                cells={"email": f"A{number}"},
            )


LIST = Importer(
    key="acme_training:list",
    title="Acme Training: list",
    kind=ImportKind.PEOPLE,
    columns=("Acme Training list",),
    recognises=recognises,
    read=read,
    provider="acme_training",
)
