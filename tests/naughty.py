"""Words that break programs: what is kept as it was typed, and what is refused, in which words."""

from __future__ import annotations

KEPT = [
    "null",
    "undefined",
    "1/0",
    "<script>alert(1)</script>",
    "'; DROP TABLE person;--",
    '"quoted" & `ticked`',
    "{{7*7}}{% raw %}",
    '=HYPERLINK("http://x","y")',
    "👩🏽‍⚕️",
    "محمد",
    "Ó Súilleabháin",
    "%s%n\\",
]
REFUSED = [
    ("a\x00b", "has a character in it that cannot be kept. Type it again"),
    ("a\u202eb", "has a hidden sign in it that turns the writing round. Type it again"),
    ("a\u200bb", "has a character in it that cannot be read. Type it again"),
    ("Z" + "\u0301" * 200, "has too many accents on one letter. Type it again"),
]
