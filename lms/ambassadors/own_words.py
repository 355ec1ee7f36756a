"""People's own words where they stand in another sentence: cut short, or begun with "I will".

Forms and queries use it; nothing here changes what is kept.
"""

from __future__ import annotations

SAYS_I = ("i", "i'll", "i’ll", "i'm", "i’m")


def beginning(text: str, most: int = 60) -> str:
    """The first line of a text; one that is longer is cut after a word: 'Parents often…'."""
    line = " ".join(text.strip().partition("\n")[0].split())
    if len(line) <= most:
        return line
    head = line[:most]
    if line[most] != " " and " " in head:
        head = head.rpartition(" ")[0]
    return head.rstrip(" ,;:.–-") + "…"


def promise(text: str) -> str:
    """An objective as the whole sentence that "I will…" began: 'I will ask at every visit'."""
    said = text.strip()
    first = said.partition(" ")[0]
    if first.lower() in SAYS_I:
        return said[:1].upper() + said[1:]
    if first.lower() == "will":
        return f"I {said[:1].lower()}{said[1:]}"
    if first == "A" or first[1:].islower():
        said = said[:1].lower() + said[1:]
    return f"I will {said}"
