"""Documents: what is left of a report after disclosure control, and everything made of that.

`protect` is the one door from a draft to something that can be seen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from lms.contracts import Draft
from lms.reports.disclosure import Earlier, Policy, Told, hide, told
from lms.reports.documents.document import Document
from lms.reports.documents.scope import Chosen, scope_of
from lms.reports.documents.writing import Heading, write

__all__ = ["Chosen", "Document", "Heading", "Protected", "protect"]


@dataclass(frozen=True)
class Protected:
    """A document, and the counts that whoever reads it has been told."""

    document: Document
    told: tuple[Told, ...]


def protect(
    draft: Draft, heading: Heading, policy: Policy, earlier: Earlier | None = None
) -> Protected:
    """What an audience may see of a draft, beside what it was told before. Raises `DraftError`."""
    hidden = hide(draft, policy, earlier)
    written = write(draft, heading, policy, hidden)
    document = replace(written, scope=scope_of(draft, heading.chosen))
    learnt = told(draft, hidden) if policy.hides and not document.empty else []
    return Protected(document, tuple(learnt))
