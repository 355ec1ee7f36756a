"""A message's words: made from a template once, kept as text, shown as plain text, HTML or staff's.

Templates extend `messages/frame.txt` and fill its blocks `subject`, `body` and `reason`; a subject
of several lines is said in the first that is short enough. In the kept text
`[Answer now]{{link survey}}` stands for a personal link and `**so**` for bold.
"""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from markupsafe import Markup, escape

from lms.contracts import Actor, Role
from lms.web.context import settings

PLACEHOLDER = re.compile(
    r"(?:\[(?P<label>[^\]\n]{1,120})\])?\{\{\s*link (?P<name>[a-z][a-z0-9_-]{0,60})\s*\}\}"
    r"|\*\*(?P<bold>[^*\n]{1,200})\*\*"
    r"|\{\{\s*(?P<code>code)\s*\}\}"
)
PERSONAL = "[personal link]"
SIGNS = (Role.COORDINATOR, Role.ADMINISTRATOR)
"""Who acts for the team, and so signs its messages by name."""
LONGEST_SUBJECT = 59
"""Signs that lists of messages show, of a subject that can be said in several ways."""


@dataclass(frozen=True)
class Piece:
    """A stretch of a message: `text`, `bold`, `link` (with its `name`) or `code`; and as kept."""

    kind: str
    text: str
    name: str = ""
    kept: str = ""


Addresses = Mapping[str, str | None]
"""Where the links of a message lead; None stands for a personal link that is not to be shown.
A name that is not here is no link, only somebody's text that looks like one."""


def link(label: str, name: str) -> str:
    """What a template writes where the link `name` shall stand with these words."""
    return f"[{label}]{{{{link {name}}}}}"


def make(
    template: str,
    values: Mapping[str, Any],
    *,
    first_name: str,
    by: Actor,
    to: uuid.UUID | None = None,
) -> tuple[str, str]:
    """Subject and body of one message. Values are said on one line, without hidden characters.

    `actor` is who did what it tells, by name, unless that is its reader; the team signs, with the
    name where they act for it.
    """
    known = settings()
    actor = one_line(by.name) if by.person_id not in (None, to) and by.link is None else ""
    sender = actor if by.has(*SIGNS) else ""
    rendered = current_app.jinja_env.get_template(template).render(
        cleaned(values)
        | {
            "first_name": one_line(first_name),
            "service": known.service_name,
            "authority": known.authority,
            "team": known.team,
            "phone": known.team_phone,
            "support_line": known.support_line,
            "actor": actor,
            "sign_off": ", ".join(filter(None, (sender, known.team, known.authority))),
            "link": link,
        }
    )
    subject, _, body = rendered.strip().partition("\n\n")
    return _fitting(subject.splitlines()), tidy(body)


def _fitting(ways: Sequence[str]) -> str:
    """The first way to say a subject that is short enough, or else the last."""
    said = [one_line(way) for way in ways]
    return next((way for way in said if len(way) <= LONGEST_SUBJECT), said[-1])


def cleaned(value: Any) -> Any:
    """The value with every text in it on one line; paragraphs come as lists, or as `Words`."""
    if isinstance(value, Words):
        return value
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, Mapping):
        return {name: cleaned(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [cleaned(each) for each in value]
    return value


class Words(str):
    """Text of several paragraphs whose line breaks are kept: our own, never what somebody typed."""


def one_line(text: str) -> str:
    """Without control characters or line breaks, so that it can stand in a header."""
    if text.isprintable():  # by far the most texts: nothing of the kind is in them
        return " ".join(text.split())
    signs = (" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    return " ".join("".join(c for c in signs if unicodedata.category(c) != "Cs").split())


def tidy(text: str) -> str:
    """Paragraphs with one empty line between them."""
    lines = "\n".join(line.strip() for line in text.replace("\r\n", "\n").split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def pieces(text: str) -> Iterator[Piece]:
    """The stretches of a text in order."""
    end = 0
    for found in PLACEHOLDER.finditer(text):
        if found.start() > end:
            yield Piece("text", text[end : found.start()])
        if found["name"]:
            yield Piece("link", found["label"] or "", found["name"], found[0])
        elif found["bold"]:
            yield Piece("bold", found["bold"])
        else:
            yield Piece("code", "")
        end = found.end()
    if end < len(text):
        yield Piece("text", text[end:])


def names(text: str) -> list[str]:
    """The links that stand in a text."""
    return [piece.name for piece in pieces(text) if piece.kind == "link"]


def plain(body: str, addresses: Addresses, code: str = "") -> str:
    """The body as plain text; a link's words stand before its address, on a line of their own."""
    paragraphs = []
    for paragraph in body.split("\n\n"):
        said = "".join(_plain(piece, addresses, code) for piece in pieces(paragraph))
        paragraphs.append("\n".join(line.strip() for line in said.split("\n") if line.strip()))
    return "\n\n".join(paragraphs) + "\n"


def _plain(piece: Piece, addresses: Addresses, code: str) -> str:
    if piece.kind == "code":
        return code
    if piece.kind != "link":
        return piece.text
    if piece.name not in addresses:
        return piece.kept
    address = addresses[piece.name] or PERSONAL
    return f"\n{piece.text}: {address}\n" if piece.text else address


def html(body: str, addresses: Addresses, code: str = "") -> Markup:
    """The body as HTML paragraphs with the same words; everything in it is text."""
    paragraphs = [
        Markup("<p>{}</p>").format(
            Markup("").join(_html(piece, addresses, code) for piece in pieces(paragraph))
        )
        for paragraph in body.split("\n\n")
    ]
    return Markup("").join(paragraphs)


def _html(piece: Piece, addresses: Addresses, code: str) -> Markup:
    if piece.kind == "bold":
        return Markup("<strong>{}</strong>").format(piece.text)
    if piece.kind == "code":
        return Markup("<strong>{}</strong>").format(code)
    if piece.kind == "link":
        return _link_html(piece, addresses)
    return Markup("<br>").join(escape(line) for line in piece.text.split("\n"))


def _link_html(piece: Piece, addresses: Addresses) -> Markup:
    if piece.name not in addresses:
        return escape(piece.kept)
    address = addresses[piece.name]
    if address is None:
        return escape(f"{piece.text}: {PERSONAL}" if piece.text else PERSONAL)
    return Markup('<a href="{}">{}</a>').format(address, piece.text or address)


def with_notes(
    values: Mapping[str, Any], notes: Iterable[tuple[str, Mapping[str, Any]]]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Values with the other rooms' words as `notes`, and their links under names of their own."""
    texts: list[str] = []
    links: dict[str, Any] = {}
    for number, (text, theirs) in enumerate(notes, start=1):
        renamed = {name: f"n{number}-{name}" for name in theirs}
        links |= {renamed[name]: target for name, target in theirs.items()}
        texts.append(_rename(text, renamed))
    return {**values, "notes": Words("\n\n".join(texts))}, links


def _rename(text: str, renamed: Mapping[str, str]) -> str:
    def new(found: re.Match[str]) -> str:
        if not found["name"] or found["name"] not in renamed:
            return found[0]
        label = f"[{found['label']}]" if found["label"] else ""
        return f"{label}{{{{link {renamed[found['name']]}}}}}"

    return PLACEHOLDER.sub(new, text)
