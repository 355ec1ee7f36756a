"""Filters of reports (`lms_report_options`): only what somebody may count is offered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from werkzeug.datastructures import MultiDict

from lms import clock
from lms.contracts import (
    Actor,
    Choice,
    Draft,
    Filter,
    Grant,
    Option,
    Report,
    ReportQuery,
    Role,
    Scope,
    ScopeKind,
)
from lms.db import commit
from lms.registry import current_registry
from lms.reports.asking import Offered
from lms.reports.forms.asking import ask_form
from tests import factories as make


def analyst(*scopes: Scope) -> Actor:
    """An analyst of these scopes."""
    return Actor(None, "Ana", tuple(Grant(Role.ANALYST, scope) for scope in scopes))


def over(place: Any, **columns: Any) -> Any:
    """A cohort whose last session was yesterday."""
    made = make.cohort(None, place, **columns)
    make.session(made, clock.today() - timedelta(days=1))
    return made


def asked(actor: Actor) -> list[Option]:
    """What the rooms offer."""
    return current_registry().report_options(actor)


def test_an_analyst_is_offered_the_courses_and_cohorts_of_their_own_places(session: Any) -> None:
    mine, theirs = make.locality(), make.locality()
    here, there = over(mine), over(theirs)
    over(mine, state="draft")
    commit()
    everything = asked(analyst(Scope(ScopeKind.PROGRAMME)))
    cohorts = {o.value: o for o in everything if o.filter is Filter.COHORT}
    assert set(cohorts) == {str(here.id), str(there.id)}
    assert cohorts[str(here.id)].code == here.code
    assert cohorts[str(here.id)].words.startswith(f"{here.code}, ")
    assert {o.filter for o in everything} == {Filter.COHORT, Filter.COURSE}
    place = Scope(ScopeKind.LOCALITY, str(mine.id))
    assert [o.value for o in asked(analyst(place)) if o.filter is Filter.COHORT] == [str(here.id)]


def test_only_cohorts_that_are_over_are_offered_because_only_they_count(session: Any) -> None:
    place = make.locality()
    done, coming = over(place), make.cohort(None, place)
    make.session(coming, clock.today() + timedelta(days=1))
    make.cohort(None, place)
    commit()
    offered = asked(analyst(Scope(ScopeKind.PROGRAMME)))
    assert [one.value for one in offered if one.filter is Filter.COHORT] == [str(done.id)]


def test_whoever_may_count_nothing_is_offered_nothing(session: Any) -> None:
    over(make.locality())
    commit()
    assert asked(Actor(None, "Tom", (Grant(Role.TRAINER, Scope(ScopeKind.PROGRAMME)),))) == []


def test_choosing_what_nothing_chosen_means_is_the_same_question(session: Any) -> None:
    report = Report("x", "X?", "", nobody, choices=(Choice("question", "Question", two),))
    actor, nothing = analyst(Scope(ScopeKind.PROGRAMME)), Offered((), ())

    def key(**given: str) -> str:
        form = ask_form(report, actor, MultiDict(given), nothing, may_release=True)
        assert form.check()
        return form.asked(report).key(actor)

    assert key() == key(question="main")
    assert key() != key(question="other")


def nobody(query: ReportQuery) -> Draft:
    """Nothing is counted here."""
    raise NotImplementedError


def two(actor: Actor) -> list[tuple[str, str]]:
    """The main question and another."""
    return [("main", "The main one"), ("other", "Another")]
