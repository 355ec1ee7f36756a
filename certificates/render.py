"""The door to the press: data and design in, the bytes of a PDF/UA out, or one sentence why not.

Only jobs and the demonstration call `render`; it takes a child process that is warm about 50 ms.
"""

from __future__ import annotations

from collections.abc import Mapping

from certificates.shown import Shown
from lms import press
from lms.contracts import CertificateDesign
from lms.press import NO_LIBRARIES

__all__ = ["NO_LIBRARIES", "PRESSES", "Press", "RenderError", "render"]

PRESSES = 2
"""Children that print at a time, each on a processor of its own."""
CHILD = "certificates.press"

RenderError = press.PressError
"""The certificate could not be printed; the message is a sentence for the coordinator."""


class Press(press.Press):
    """One child process that prints certificates; for one thread at a time."""

    def __init__(self) -> None:
        super().__init__(CHILD)

    def print(self, shown: Shown, design: CertificateDesign, colours: Mapping[str, str]) -> bytes:
        """The bytes of one certificate, the same for the same input. Raises `RenderError`."""
        return self.ask(_asked(shown, design, colours))


def _asked(
    shown: Shown, design: CertificateDesign, colours: Mapping[str, str]
) -> dict[str, object]:
    return {
        "shown": shown.as_json(),
        "template": design.template,
        "css": design.css,
        "colours": dict(colours),
    }


_presses = press.Presses(CHILD, PRESSES)


def render(shown: Shown, design: CertificateDesign, colours: Mapping[str, str]) -> bytes:
    """Print one certificate as PDF/UA-1, byte for byte the same each time.

    `colours` are the authority's `brand` and `accent` as `#rrggbb`. Two print at a time, others
    wait. Raises `RenderError` with the reason: a faulty design, letters no font has, a page too
    many, 20 seconds or 512 MB.
    """
    with _presses.one() as one:
        return one.ask(_asked(shown, design, colours))
