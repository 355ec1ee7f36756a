"""Sets of indicators that come along, to begin one's own with; read from `content/indicators`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[1] / "content" / "indicators"


@dataclass(frozen=True)
class Line:
    """An indicator of an example: a measure's key, or with "" a number of this kind to enter."""

    title: str
    source: str
    measure: str = ""
    kind: str = "count"


@dataclass(frozen=True)
class Example:
    """A set to begin with."""

    key: str
    title: str
    about: str
    lines: tuple[Line, ...]


@cache
def examples() -> tuple[Example, ...]:
    """Every set that comes along, by name of its file."""
    return tuple(_read(path) for path in sorted(FOLDER.glob("*.yaml")))


def find(key: str) -> Example | None:
    """The example of a key."""
    return next((one for one in examples() if one.key == key), None)


def _read(path: Path) -> Example:
    held: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    lines = tuple(Line(**line) for line in held["indicators"])
    return Example(path.stem, held["title"], held["about"], lines)
