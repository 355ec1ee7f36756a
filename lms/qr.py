"""QR codes as SVG, wherever an address of our own is shown to a camera.

The room's page, the sheet of a message and the certificates' press draw with it; a style sheet
gives the size.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

import segno
from markupsafe import Markup

QUIET = 4
"""Light modules around the code, which readers need."""

_DRAWN = Markup(
    '<svg class="{css}" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" role="img">'
    '<title>QR code: {title}</title><path fill="#fff" d="M0 0h{size}v{size}h-{size}z"/>'
    '<path stroke="#000" stroke-width="1" fill="none" d="{path}"/></svg>'
)


def svg(address: str, title: str, *, css: str = "lms-qr") -> Markup:
    """The code of an address, dark on white with its quiet zone.

    `title` says what it does, in words that follow "QR code:"; it is the picture's accessible name.
    """
    code = segno.make(address, error="m", micro=False, boost_error=False)
    runs = [
        f"M{start + QUIET} {y + QUIET}.5h{length}"
        for y, row in enumerate(code.matrix)
        for start, length in _runs(row)
    ]
    size = len(code.matrix) + 2 * QUIET
    return _DRAWN.format(css=css, size=size, title=title, path="".join(runs))


def _runs(row: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Where dark modules begin in a row of the code, and how many follow each other."""
    for dark, modules in groupby(enumerate(row), key=itemgetter(1)):
        if dark:
            places = list(modules)
            yield places[0][0], len(places)
