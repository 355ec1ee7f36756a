"""Disclosure control: which figures an audience may see, decided in this one place.

Only `lms.reports.documents.protect` asks, and nothing is rendered that has not come through it.
Pure functions: a draft, a policy and what was told before, and out come the keys to hide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lms.contracts import Draft
from lms.reports.disclosure.between import Told
from lms.reports.disclosure.facts import DraftError, Facts
from lms.reports.disclosure.policy import POLICIES, Policy
from lms.reports.disclosure.results import results
from lms.reports.disclosure.secondary import Hiding, hidden_derived, of_too_few

__all__ = ["POLICIES", "DraftError", "Earlier", "Facts", "Policy", "Told", "hide", "told"]


@dataclass(frozen=True)
class Earlier:
    """What was told before: to partners alone, and in publications, which partners read too."""

    partner: Sequence[Told] = ()
    publication: Sequence[Told] = ()


def hide(draft: Draft, policy: Policy, earlier: Earlier | None = None) -> frozenset[str]:
    """The keys of the figures that this audience must not see. Raises `DraftError`.

    Small counts first, and what is based on few; then what else would give them away, to whoever
    reads this version beside the earlier ones; then every figure worked out from one of those.
    """
    facts = Facts(draft)
    if not policy.hides:
        return frozenset()
    before = earlier or Earlier()
    hidden = _small(facts, policy)
    circles = [before.publication, [*before.publication, *before.partner]]
    if policy.audience == "partner" or not before.partner:
        circles = circles[1:]
    news = _told(facts, frozenset(facts.people)) | {one.name: one.told for one in results(facts)}
    ways = [Hiding(facts, policy, news, circle) for circle in circles]
    while True:
        more = set(hidden)
        for way in ways:
            more = way.more(more)
        more |= {key for key, count in facts.people.items() if count.behind in more}
        if more == hidden:
            return frozenset(more | hidden_derived(facts, more))
        hidden = more


def told(draft: Draft, hidden: frozenset[str]) -> list[Told]:
    """The counts, and sums of answers, that somebody learns who sees the draft without these."""
    facts = Facts(draft)
    found = list(_told(facts, facts.known - hidden).values())
    found += [one.told for one in results(facts) if one.tell - hidden]
    return [one for one in found if one.measure and one.groups]


def _told(facts: Facts, keys: frozenset[str]) -> dict[str, Told]:
    shares = {part for _, part in facts.remainders}
    return {
        key: Told(
            c.measure, c.subject, c.value, c.groups, key in facts.bases, c.within, key in shares
        )
        for key in sorted(keys)
        if (c := facts.people.get(key))
    }


def _small(facts: Facts, policy: Policy) -> set[str]:
    """Counts that are small themselves, and what rests on a base that is too small."""
    small = {
        key
        for key, count in facts.people.items()
        if any(
            0 < each.value < policy.threshold(count.subject, base=False)
            for each in (count, facts.counts.get(count.behind, count))
        )
    }
    return small | of_too_few(facts, policy)
