"""Certificate designs: what every design may build on, and the plain one that is always there.

A design's template may extend `base.html` and import `parts.html`; its variables are `shown` (see
`certificates.shown.Shown`), `qr`, `name_class` and `colours` (`brand` and `accent`, also the CSS
variables `--brand` and `--accent`). For words along a ring there are the filters `sin` and `cos`,
of degrees. Providers read theirs from a folder with `load`.
"""

from __future__ import annotations

from pathlib import Path

from lms.contracts import CertificateDesign

FOLDER = Path(__file__).parent


def load(folder: Path, *, key: str, version: str, title: str) -> CertificateDesign:
    """A design kept as `certificate.html` and `certificate.css` in a folder."""
    return CertificateDesign(
        key=key,
        version=version,
        title=title,
        template=(folder / "certificate.html").read_text(encoding="utf-8"),
        css=(folder / "certificate.css").read_text(encoding="utf-8"),
    )


def base_templates() -> dict[str, str]:
    """The templates every design may extend or import, by name."""
    return {
        file.name: file.read_text(encoding="utf-8") for file in (FOLDER / "base").glob("*.html")
    }


def base_css() -> str:
    """The style sheet under every design's own."""
    return (FOLDER / "base" / "base.css").read_text(encoding="utf-8")


PLAIN = load(FOLDER / "plain", key="core:plain", version="1", title="Plain")
"""For courses whose provider has no design, or is no longer installed."""
