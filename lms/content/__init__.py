"""Loads what a plugin ships as YAML: courses, surveys, certificate designs and plain lists.

A provider's `plugin.py` and the rooms call it at start-up; every fault is a `ContentError` that
names file, line and field. `docs/writing-a-provider.md` is the reference for authors.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

import yaml

from lms.content.building import Builder
from lms.content.errors import ContentError
from lms.content.reading import LARGEST, read
from lms.content.rules import problems
from lms.contracts import CertificateDesign, CourseTemplate, SurveyTemplate

__all__ = ["ContentError", "courses", "designs", "listed", "surveys"]

T = TypeVar("T")


def courses(folder: Path, provider: str) -> tuple[CourseTemplate, ...]:
    """The courses of a folder, one `<slug>.yaml` each, by file name."""
    return tuple(
        load(file, CourseTemplate, key=file.stem, provider=provider) for file in _files(folder)
    )


def surveys(folder: Path, provider: str) -> tuple[SurveyTemplate, ...]:
    """The surveys of a folder, one `<slug>.yaml` each, by file name."""
    return tuple(
        load(file, SurveyTemplate, key=file.stem, provider=provider) for file in _files(folder)
    )


@dataclass(frozen=True)
class _DesignFile:
    version: str
    title: str


def designs(folder: Path, provider: str) -> tuple[CertificateDesign, ...]:
    """The designs of a folder: in each `<slug>/` a `design.yaml` with its version and title, a
    `certificate.html` and a `certificate.css`.

    Both are read as text here and never opened again, so a certificate depends on what was loaded
    and not on what lies in the folder later.
    """
    return tuple(_design(file, provider) for file in _files(folder, "*/design.yaml"))


def listed(file: Path, kind: type[T]) -> tuple[T, ...]:
    """A file that is one list of things of a kind, such as the professions."""
    node, builder = read(file), Builder(file)
    made = builder.build(node, tuple[kind, ...])  # type: ignore[valid-type]
    for place, thing in enumerate(made):
        _keep_to_rules(builder, thing, f"[{place}].")
    return cast("tuple[T, ...]", made)


def load(file: Path, kind: type[T], **given: str) -> T:
    """One thing from one file; `given` are the fields that the file does not say."""
    node, builder = read(file), Builder(file)
    if not isinstance(node, yaml.MappingNode):
        raise ContentError(file, 1, "", "must be fields with values, like `title: Think Couple`")
    made = builder.build(node, kind, given=given)
    _keep_to_rules(builder, made)
    return cast("T", made)


def _design(file: Path, provider: str) -> CertificateDesign:
    about = load(file, _DesignFile)
    design = CertificateDesign(
        key=f"{provider}:{file.parent.name}",
        version=about.version,
        title=about.title,
        template=_text(file.with_name("certificate.html")),
        css=_text(file.with_name("certificate.css")),
    )
    _keep_to_rules(Builder(file), design)
    return design


def _keep_to_rules(builder: Builder, thing: Any, prefix: str = "") -> None:
    for field, text in problems(thing):
        raise builder.error(prefix + field, text)


def _files(folder: Path, pattern: str = "*.yaml") -> Iterator[Path]:
    if not folder.is_dir():
        raise ContentError(folder, 1, "", "is not a folder")
    yield from sorted(folder.glob(pattern))


def _text(file: Path) -> str:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(file, 1, "", f"cannot be read as UTF-8 text ({error})") from None
    if not text.strip() or len(text) > LARGEST:
        raise ContentError(file, 1, "", f"must have from 1 to {LARGEST:,} characters")
    return text
