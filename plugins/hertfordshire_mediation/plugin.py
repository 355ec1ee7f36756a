"""What the local mediation organisation in Hertfordshire brings: one course and its design.

`lms.plugins` loads it. The sources never name the organisation, so neither does anything here.
"""

from __future__ import annotations

from pathlib import Path

from lms import content, hookimpl
from lms.contracts import CertificateDesign, CourseTemplate, Provider

KEY = "hertfordshire_mediation"
HERE = Path(__file__).parent


@hookimpl
def lms_provider() -> Provider:
    """The provider."""
    return Provider(
        key=KEY,
        name="A local mediation organisation in Hertfordshire",
        about="Mediation for low-level conflict, for those who work with both parents.",
    )


@hookimpl
def lms_course_templates() -> tuple[CourseTemplate, ...]:
    """Its course."""
    return content.courses(HERE / "content" / "courses", KEY)


@hookimpl
def lms_certificate_designs() -> tuple[CertificateDesign, ...]:
    """The design called "Common ground"."""
    return content.designs(HERE / "designs", KEY)
