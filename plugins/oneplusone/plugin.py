"""What OnePlusOne brings: three courses, a certificate design and its export of e-learning.

`lms.plugins` loads it; everything it offers is read once, at start-up.
"""

from __future__ import annotations

from pathlib import Path

from lms import content, hookimpl
from lms.contracts import CertificateDesign, CourseTemplate, Importer, Provider
from plugins.oneplusone import importers

KEY = "oneplusone"
HERE = Path(__file__).parent


@hookimpl
def lms_provider() -> Provider:
    """The provider."""
    return Provider(
        key=KEY,
        name="OnePlusOne",
        about="Courses for anyone who meets parents, from a first conversation to heated conflict.",
    )


@hookimpl
def lms_course_templates() -> tuple[CourseTemplate, ...]:
    """Its courses."""
    return content.courses(HERE / "content" / "courses", KEY)


@hookimpl
def lms_certificate_designs() -> tuple[CertificateDesign, ...]:
    """The design called "Open page"."""
    return content.designs(HERE / "designs", KEY)


@hookimpl
def lms_importers() -> tuple[Importer, ...]:
    """Its export of e-learning completions."""
    return (importers.importer(lms_course_templates()),)
