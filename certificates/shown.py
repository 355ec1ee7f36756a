"""What a certificate shows, frozen: the data behind the picture, and the limits of a name.

`services` takes it from a booking and keeps it as JSON beside the PDF; designs read it as `shown`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

NAME_STEPS = ((24, "name-36"), (31, "name-28"), (40, "name-22"), (76, "name-two"))
"""Widths, in average letters, up to which a name is set at 36, 28, 22 point and on two lines."""


@dataclass(frozen=True)
class Shown:
    """The facts printed on one certificate, all in words as they are to be read.

    `kind` is a `CertificateKind`; `kind_title` its heading, `kind_words` the verb between name and
    course. Hours are decimal text such as "6.5", "" for none; dates are words such as
    "4 March 2027"; `number` is in fours. A fact that does not apply is "".
    """

    kind: str
    kind_title: str
    kind_words: str
    name: str
    course: str
    format: str
    provider: str
    authority: str
    dates: str
    hours_participatory: str
    hours_cpd: str
    attended_hours_words: str
    outcomes: tuple[str, ...]
    tier: str
    year: str
    issued_on: str
    number: str
    verify_url: str
    signatory_name: str
    signatory_job: str
    seal_words: str
    trainer: str

    @property
    def title(self) -> str:
        """The document's title."""
        return f"{self.kind_title}: {self.course}, {self.name}"

    @property
    def hours_words(self) -> str:
        """ "6.5 participatory hours · 7 CPD hours", without what is not given."""
        given = (
            (self.hours_participatory, "participatory hour"),
            (self.hours_cpd, "CPD hour"),
        )
        return " · ".join(f"{n} {unit}{'' if n == '1' else 's'}" for n, unit in given if n)

    @property
    def verify_words(self) -> str:
        """The checking address as people type it, without its scheme."""
        return self.verify_url.split("://", 1)[-1]

    def as_json(self) -> dict[str, Any]:
        """As kept in the database and handed to the press."""
        return asdict(self) | {"outcomes": list(self.outcomes)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Shown:
        """Read what `as_json` wrote; a fact kept by a later version is left out."""
        known = {field.name: kept.get(field.name, "") for field in fields(cls)}
        return cls(**known | {"outcomes": tuple(kept.get("outcomes", ()))})


def name_class(name: str) -> str | None:
    """The CSS class of a name's size, or None when it is too long for any certificate."""
    width = sum(map(_width, name))
    return next((style for limit, style in NAME_STEPS if width <= limit), None)


def _width(character: str) -> float:
    """How much room a character takes, in average letters."""
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    if unicodedata.east_asian_width(character) in ("W", "F"):
        return 1.8
    if character in "mwMW" or character.isupper():
        return 1.3
    return 1
