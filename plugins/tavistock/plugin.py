"""What Tavistock Relationships brings: three courses, a design, its register and a rule.

`lms.plugins` loads it; `courses` asks the rule about Tavistock's own courses only.
"""

from __future__ import annotations

from pathlib import Path

from lms import content, hookimpl
from lms.contracts import (
    BookingFacts,
    CertificateDesign,
    CourseTemplate,
    Importer,
    Provider,
    Verdict,
)
from plugins.tavistock import completion, importers

KEY = "tavistock"
HERE = Path(__file__).parent


@hookimpl
def lms_provider() -> Provider:
    """The provider."""
    return Provider(
        key=KEY,
        name="Tavistock Relationships",
        about="Courses on thinking about couples, and accreditation to lead Parents as Partners.",
    )


@hookimpl
def lms_course_templates() -> tuple[CourseTemplate, ...]:
    """Its courses."""
    return content.courses(HERE / "content" / "courses", KEY)


@hookimpl
def lms_certificate_designs() -> tuple[CertificateDesign, ...]:
    """The design called "Letterpress"."""
    return content.designs(HERE / "designs", KEY)


@hookimpl
def lms_importers() -> tuple[Importer, ...]:
    """Its register."""
    return (importers.IMPORTER,)


@hookimpl
def lms_assess_completion(booking: BookingFacts) -> Verdict | None:
    """Who is accredited to lead Parents as Partners."""
    return completion.assess(booking)
