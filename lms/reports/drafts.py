"""Asks a report's own room for its draft, in the envelope where that is a guest.

Services and views call it; what comes out has not been protected yet and is shown to nobody.
"""

from __future__ import annotations

from datetime import datetime

from lms.contracts import Actor, Audience, Derived, Draft, Filter, Report
from lms.envelope import Failed
from lms.registry import current_registry
from lms.reports.asking import Asked, Offered, filter_words, fingerprint, named, offered
from lms.reports.disclosure import POLICIES, DraftError
from lms.reports.documents import Chosen, Document, Heading, protect
from lms.web.context import settings

FAILED = (
    "This report could not be counted: the part of the system that makes it has failed. "
    "Administrators see which on the plugins page."
)


class ReportFailed(RuntimeError):
    """A guest's report failed; the message is a sentence for whoever asked."""


def draft_of(asked: Asked, actor: Actor, as_of: datetime) -> Draft:
    """The figures of a report before anything is hidden. Raises `ReportFailed` for a guest's."""
    registry = current_registry()
    report, query = asked.report, asked.query(actor, as_of)
    owner = registry.owners[Report, report.slug]
    if owner.room:
        return report.build(query)

    def act() -> Draft:
        draft = report.build(query)
        if not isinstance(draft, Draft):
            raise DraftError(f"expected Draft, got {type(draft).__name__}")
        protect(draft, Heading(report.slug, "", "", as_of), POLICIES[Audience.TEAM])
        return draft

    found = registry.callers.guarded(owner, "lms_reports", act)
    if isinstance(found, Failed):
        raise ReportFailed(FAILED)
    assert isinstance(found, Draft)
    return found


def document_for_team(asked: Asked, actor: Actor, as_of: datetime) -> Document:
    """The report as our own team sees it now. Raises `ReportFailed` for a guest's."""
    draft = draft_of(asked, actor, as_of)
    return protect(draft, heading_of(asked, actor, as_of), POLICIES[Audience.TEAM]).document


def heading_of(asked: Asked, actor: Actor, as_of: datetime) -> Heading:
    """What stands around the figures."""
    report, choices = asked.report, offered(actor)
    return Heading(
        report.slug,
        report.question,
        report.about,
        as_of,
        filter_words(asked, actor, choices),
        settings().authority,
        _chosen(asked, choices),
    )


def _chosen(asked: Asked, choices: Offered) -> Chosen:
    return Chosen(
        courses=named(asked.course, choices),
        places=named(asked.place, choices),
        cohorts=named(asked.cohort, choices),
        by_cohort=Filter.COHORT in asked.report.filters,
        known={str(key): name for key, name in choices.places},
    )


def fingerprint_of(draft: Draft) -> str:
    """The same for the same figures and words, whenever they are counted."""
    figures = [
        (f.key, None if f.value is None else f"{f.value:.9g}", f.of)
        if isinstance(f, Derived)
        else (f.key, f.value, f.measure, sorted(f.groups.items()), f.within, f.behind)
        for f in draft.figures
    ]
    rest = (draft.blocks, draft.sums, draft.spreads, draft.definitions, draft.place, draft.period)
    return fingerprint([figures, repr(rest), draft.empty])
