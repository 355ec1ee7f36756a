"""What Hertfordshire runs itself: training for the ambassadors who train their colleagues.

`lms.plugins` loads it; another authority may leave it out and ship its own in the same way.
"""

from __future__ import annotations

from pathlib import Path

from lms import content, hookimpl
from lms.contracts import CertificateDesign, CourseTemplate, Provider

KEY = "hertfordshire"
HERE = Path(__file__).parent


@hookimpl
def lms_provider() -> Provider:
    """The provider."""
    return Provider(
        key=KEY,
        name="Hertfordshire workforce development",
        about="In-house training for ambassadors.",
    )


@hookimpl
def lms_course_templates() -> tuple[CourseTemplate, ...]:
    """Its course."""
    return content.courses(HERE / "content" / "courses", KEY)


@hookimpl
def lms_certificate_designs() -> tuple[CertificateDesign, ...]:
    """The design called "Growing circles", in the authority's own colours."""
    return content.designs(HERE / "designs", KEY)
