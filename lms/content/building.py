"""Makes a contract's frozen dataclass of a YAML node, guided by the dataclass's own type hints.

`lms.content` calls it. No scalar is guessed at: `no`, `1:30` and `1.10` stay the words they are
wherever a text is wanted, and are refused wherever a number or a yes or no is.
"""

from __future__ import annotations

import re
import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from difflib import get_close_matches
from enum import Enum
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

import yaml

from lms.content.errors import ContentError

LONGEST = 2_000  # characters of a text


class Builder:
    """Builds from the nodes of one file, and remembers in which line each field stood."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.lines: dict[str, int] = {"": 1}

    def error(self, field: str, text: str) -> ContentError:
        """An error at a field, or at the nearest thing around it that has a line."""
        place = field
        while place and place not in self.lines:
            place = re.sub(r"(\.[^.\[\]]+|\[\d+\]|^[^.\[\]]+)$", "", place)
        return ContentError(self.file, self.lines[place], field, text)

    def build(
        self, node: yaml.Node, wanted: Any, path: str = "", given: Mapping[str, Any] | None = None
    ) -> Any:
        """The node as `wanted`: a dataclass, an enum, a text, a number, or a tuple of these."""
        self.lines.setdefault(path, node.start_mark.line + 1)
        if is_dataclass(wanted):
            return self._record(node, wanted, path, given or {})
        if get_origin(wanted) in (Union, types.UnionType):
            (wanted,) = (kind for kind in get_args(wanted) if kind is not types.NoneType)
            return self.build(node, wanted, path)
        if get_origin(wanted) is tuple:
            return self._several(node, get_args(wanted)[0], path)
        return self._scalar(node, wanted, path)

    def _record(self, node: yaml.Node, wanted: Any, path: str, given: Mapping[str, Any]) -> Any:
        if not isinstance(node, yaml.MappingNode):
            raise self.error(path, "must be fields with values, like `title: Think Couple`")
        hints = get_type_hints(wanted)
        known = {field.name: field for field in fields(wanted) if field.name not in given}
        values: dict[str, Any] = dict(given)
        for key, value in node.value:
            name = key.value
            place = f"{path}.{name}" if path else name
            self.lines[place] = key.start_mark.line + 1
            if name not in known:
                raise self.error(place, f"is not a field here{_perhaps(name, known)}")
            values[name] = self.build(value, hints[name], place)
        missing = [name for name in known if name not in values and _needed(known[name])]
        if missing:
            raise self.error(path, f"lacks {', '.join(missing)}")
        return wanted(**values)

    def _several(self, node: yaml.Node, kind: Any, path: str) -> tuple[Any, ...]:
        if get_origin(kind) is tuple:  # pairs are written as a mapping, in their order
            if not isinstance(node, yaml.MappingNode) or not node.value:
                raise self.error(path, "must be values with their words, like `1: Not at all`")
            return tuple(self._pair(key, value, path) for key, value in node.value)
        if not isinstance(node, yaml.SequenceNode) or not node.value:
            raise self.error(path, "must be a list, each line beginning with a dash")
        return tuple(
            self.build(part, kind, f"{path}[{place}]") for place, part in enumerate(node.value)
        )

    def _pair(self, key: yaml.Node, value: yaml.Node, path: str) -> tuple[str, str]:
        place = f"{path}.{key.value}"
        self.lines[place] = key.start_mark.line + 1
        return self._scalar(key, str, place), self._scalar(value, str, place)

    def _scalar(self, node: yaml.Node, kind: Any, path: str) -> Any:
        if not isinstance(node, yaml.ScalarNode):
            raise self.error(path, "must be one value, not a list or fields")
        text = node.value.strip()
        if not text:
            raise self.error(path, "is empty; fill it in or leave the line out")
        if len(text) > LONGEST:
            raise self.error(path, f"is longer than {LONGEST:,} characters")
        if kind is bool:
            return self._one_of(text, {"true": True, "false": False}, path)
        if kind is int:
            if not re.fullmatch(r"[0-9]{1,6}", text):
                raise self.error(path, f"must be a whole number, not {text[:40]!r}")
            return int(text)
        if isinstance(kind, type) and issubclass(kind, Enum):
            return self._one_of(text, {str(choice.value): choice for choice in kind}, path)
        return text

    def _one_of(self, text: str, choices: Mapping[str, Any], path: str) -> Any:
        if text not in choices:
            raise self.error(path, f"must be one of {', '.join(choices)}, not {text[:40]!r}")
        return choices[text]


def _needed(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _perhaps(name: str, known: Mapping[str, Any]) -> str:
    near = get_close_matches(name, known, 1)
    return f"; did you mean {near[0]}?" if near else f"; the fields are {', '.join(known)}"
