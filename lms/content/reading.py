"""Turns a YAML file into a tree of nodes without ever making a Python object of what it says.

`lms.content` calls it; tags, anchors, aliases, duplicate keys and huge files are refused.
"""

from __future__ import annotations

from pathlib import Path
from typing import cast

import yaml
from yaml.events import AliasEvent, NodeEvent

from lms.content.errors import ContentError

LARGEST = 200_000  # bytes; the longest course is a fiftieth of it
DEEPEST = 12


class _Refused(yaml.MarkedYAMLError):
    """A thing that YAML allows and a content file does not."""


class _Loader(yaml.SafeLoader):
    """Composes nodes only: nothing is constructed, so no tag can call anything."""

    depth = 0

    def compose_node(
        self, parent: yaml.Node | None, index: yaml.Node | int | None
    ) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            raise _refused("write it out: anchors (&) and aliases (*) are not allowed", event)
        if getattr(event, "tag", None):
            raise _refused(f"leave out the tag {event.tag}: tags are not allowed", event)
        self.depth += 1
        if self.depth > DEEPEST:
            raise _refused(f"is nested more than {DEEPEST} levels deep", event)
        node = super().compose_node(parent, index)  # type: ignore[arg-type]
        self.depth -= 1
        return node

    def compose_mapping_node(self, anchor: str | None) -> yaml.MappingNode:  # type: ignore[override]
        node: yaml.MappingNode = super().compose_mapping_node(anchor)  # type: ignore[arg-type]
        seen: dict[str, int] = {}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _Refused(problem="name the field with a word", problem_mark=key.start_mark)
            if key.value in seen:
                raise _Refused(
                    problem=f"the field {key.value} stands twice, first in line {seen[key.value]}",
                    problem_mark=key.start_mark,
                )
            seen[key.value] = key.start_mark.line + 1
        return node


def _refused(problem: str, event: NodeEvent) -> _Refused:
    return _Refused(problem=problem, problem_mark=cast("yaml.Mark | None", event.start_mark))


def read(file: Path) -> yaml.Node:
    """The file's one document. Raises `ContentError` with the line."""
    text = _text(file)
    try:
        node = _Loader(text).get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise ContentError(file, line, "", error.problem or "is not YAML") from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        sign = ord(text[error.position])
        raise ContentError(
            file, line, "", f"holds the character U+{sign:04X}; take it out"
        ) from None
    if node is None:
        raise ContentError(file, 1, "", "is empty")
    return node


def _text(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            raw = opened.read(LARGEST + 1)
    except OSError as error:
        raise ContentError(file, 1, "", f"cannot be read ({error.strerror})") from None
    if len(raw) > LARGEST:
        raise ContentError(file, 1, "", f"is longer than {LARGEST:,} bytes")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ContentError(file, line, "", "is not UTF-8; save it as UTF-8") from None
