"""What the bundled providers ship: the courses of the programme, complete and in our own words."""

from __future__ import annotations

from pathlib import Path

import pytest

from lms import content
from lms.contracts import (
    CertificateKind,
    ComponentKind,
    CourseTemplate,
    Design,
    ProfessionTemplate,
    Tier,
    WaveKind,
)
from plugins.hertfordshire import plugin as hertfordshire
from plugins.hertfordshire_mediation import plugin as mediation
from plugins.oneplusone import plugin as oneplusone
from plugins.tavistock import plugin as tavistock

ROOT = Path(__file__).parents[2]
PROVIDERS = (oneplusone, tavistock, mediation, hertfordshire)
COURSES = {
    f"{course.provider}:{course.key}": course
    for provider in PROVIDERS
    for course in provider.lms_course_templates()
}
DESIGNS = {
    design.key: design for provider in PROVIDERS for design in provider.lms_certificate_designs()
}
SURVEYS = {f"core:{s.key}": s for s in content.surveys(ROOT / "surveys/content", "core")}
PROFESSIONS = content.listed(ROOT / "lms/people/content/professions.yaml", ProfessionTemplate)

every_course = pytest.mark.parametrize("course", COURSES.values(), ids=COURSES.keys())


def test_the_programme_has_its_eight_courses() -> None:
    assert set(COURSES) == {
        "oneplusone:brief-encounters",
        "oneplusone:how-to-argue-better",
        "oneplusone:me-you-and-baby-too",
        "tavistock:think-couple",
        "tavistock:couple-conflict",
        "tavistock:parents-as-partners-facilitator",
        "hertfordshire_mediation:parents-at-war",
        "hertfordshire:train-the-trainer",
    }


@every_course
def test_a_course_says_where_it_speaks_of_domestic_abuse(course: CourseTemplate) -> None:
    assert course.domestic_abuse_content.endswith(".")
    assert "abuse" in course.domestic_abuse_content


@every_course
def test_a_course_names_professions_surveys_designs_and_courses_that_exist(
    course: CourseTemplate,
) -> None:
    codes = {profession.code for profession in PROFESSIONS}
    audience = {*course.audience, *(code for e in course.editions for code in e.audience)}
    assert audience <= codes
    assert {use.survey for use in course.surveys} <= set(SURVEYS)
    assert course.certificate.design in DESIGNS
    assert course.follow_on_of is None or course.follow_on_of in COURSES


@every_course
def test_a_page_that_may_be_skipped_follows_one_that_counts(course: CourseTemplate) -> None:
    main = {(use.kind, use.months) for use in course.surveys if not use.second}
    second = {(use.kind, use.months) for use in course.surveys if use.second}
    assert second <= main


@every_course
def test_the_same_questions_are_asked_each_time_so_that_answers_compare(
    course: CourseTemplate,
) -> None:
    assert {use.survey for use in course.surveys if not use.second} == {
        "core:practitioner-confidence"
    }


def test_brief_encounters_comes_in_four_formats_one_of_them_a_foundation() -> None:
    course = COURSES["oneplusone:brief-encounters"]
    editions = {edition.key: edition for edition in course.editions}
    assert list(editions) == ["four-sessions", "one-day", "blended", "e-learning"]
    assert editions["four-sessions"].components[0].sessions == 4
    assert [c.kind for c in editions["blended"].components] == [
        ComponentKind.E_LEARNING,
        ComponentKind.WORKSHOP,
    ]
    assert editions["e-learning"].tier is Tier.FOUNDATION
    assert {"gp", "teacher"} <= set(editions["e-learning"].audience)
    assert course.seal_words == "Recognise · Respond · Review"


def test_a_course_with_two_names_is_found_by_both() -> None:
    assert "You, Me and Baby Too" in COURSES["oneplusone:me-you-and-baby-too"].also_called


def test_follow_ons_name_the_course_they_build_on() -> None:
    assert {key: c.follow_on_of for key, c in COURSES.items() if c.follow_on_of} == {
        "tavistock:couple-conflict": "tavistock:think-couple",
        "hertfordshire_mediation:parents-at-war": "oneplusone:brief-encounters",
        "hertfordshire:train-the-trainer": "oneplusone:brief-encounters",
    }


def test_only_facilitators_are_accredited() -> None:
    kinds = {key: course.certificate.kind for key, course in COURSES.items()}
    facilitators = kinds.pop("tavistock:parents-as-partners-facilitator")
    assert facilitators is CertificateKind.ACCREDITATION
    assert set(kinds.values()) == {CertificateKind.COMPLETION}


def test_luton_is_asked_after_four_months_and_a_small_group_not_at_all() -> None:
    def months(course: CourseTemplate) -> set[int]:
        return {use.months for use in course.surveys if use.kind is WaveKind.FOLLOW_UP}

    assert months(COURSES["oneplusone:me-you-and-baby-too"]) == {4}
    assert months(COURSES["tavistock:couple-conflict"]) == set()
    assert COURSES["tavistock:couple-conflict"].design is Design.PRE_POST


def test_the_mediation_organisation_is_never_given_a_name() -> None:
    provider = mediation.lms_provider()
    assert provider.name == "A local mediation organisation in Hertfordshire"


def test_a_profession_is_found_by_one_name_only() -> None:
    names = [
        name.casefold()
        for profession in PROFESSIONS
        for name in {profession.code.casefold(), profession.name.casefold()}
        | {alias.casefold() for alias in profession.aliases}
    ]
    assert sorted(names) == sorted(set(names))
    assert PROFESSIONS[-1].code == "other"


def test_the_core_surveys_say_whose_wording_they_are() -> None:
    assert set(SURVEYS) == {
        "core:practitioner-confidence",
        "core:practitioner-confidence-then",
        "core:course-feedback",
        "core:follow-up",
    }
    assert {survey.origin for survey in SURVEYS.values()} == {"Drafted for this project"}


def test_the_five_questions_keep_their_constructs_and_scale_before_after_and_from_memory() -> None:
    now = SURVEYS["core:practitioner-confidence"]
    then = SURVEYS["core:practitioner-confidence-then"]
    constructs = ["identifying", "knowledge", "asking", "helping", "signposting"]
    assert [item.construct for item in now.items] == constructs
    assert [item.options for item in then.items] == [item.options for item in now.items]
    assert all([v for v, _ in item.options] == ["1", "2", "3", "4", "5"] for item in now.items)
    assert now.primary == then.primary == "helping"


def test_the_ambassador_question_is_asked_with_a_name_and_of_one_course_only() -> None:
    (item,) = (i for i in SURVEYS["core:course-feedback"].items if i.key == "ambassador")
    assert item.named
    assert item.courses == ("oneplusone:brief-encounters",)
