"""A name in capitals or small letters is written as usual; what is not sure is asked.

What is stored stays.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lms.people.models import Person
from lms.people.spelling import usual
from tests import factories


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        (("AMARA", "OKAFOR"), ("Amara", "Okafor")),
        (("amara", "okafor"), ("Amara", "Okafor")),
        (("Siân", "O’NEILL"), ("Siân", "O’Neill")),
        (("MARY ANNE", "O'BRIEN-NG"), ("Mary Anne", "O'Brien-Ng")),
        (("JEAN-LUC", "D'SOUZA"), ("Jean-Luc", "D'Souza")),
        (("JA'FAR", "HUSSAIN"), ("Ja'far", "Hussain")),
        (("ÉMILE", "ŞAHİN"), ("Émile", "Şahin")),
        (("JP", "MORGAN"), ("JP", "Morgan")),
        (("A.J.", "COOK"), ("A.J.", "Cook")),
        (("J", "NG"), ("J", "Ng")),
        (("HENRY", "TUDOR III"), ("Henry", "Tudor III")),
        (("IAN", "MACE"), ("Ian", "Mace")),
        (("Jane", "smith"), ("Jane", "Smith")),
        (("jane", "Smith"), ("Jane", "Smith")),
        (("jane", "SMITH"), ("Jane", "Smith")),
        (("JANE", "smith"), ("Jane", "Smith")),
        (("Jane", "o'brien-ng"), ("Jane", "O'Brien-Ng")),
        (("jan", "van der Berg"), ("Jan", "van der Berg")),
    ],
)
def test_a_part_in_one_size_of_letters_has_its_usual_spelling(typed, written):
    found = usual(*typed)
    assert found is not None
    assert (found.given, found.family, found.sure) == (*written, True)


@pytest.mark.parametrize(
    ("typed", "guess"),
    [
        (("RONALD", "MCDONALD"), "McDonald"),
        (("IAN", "SMITH-MCDONALD"), "Smith-McDonald"),
        (("IAN", "MACDONALD"), "Macdonald"),
        (("JAN", "VAN DER BERG"), "van der Berg"),
        (("ANA", "de souza".upper()), "de Souza"),
        (("Ludwig", "van beethoven"), "van Beethoven"),
        (("Noor", "bin said"), "bin Said"),
        (("Amal", "al-sayed"), "al-Sayed"),
    ],
)
def test_what_families_write_in_several_ways_is_a_guess(typed, guess):
    found = usual(*typed)
    assert found is not None
    assert (found.family, found.sure) == (guess, False)


@pytest.mark.parametrize(
    "typed",
    [
        ("Amara", "Okafor"),
        ("JP", "Morgan"),
        ("Ludwig", "van Beethoven"),
        ("Amal", "al-Sayed"),
        ("李", "小龍"),
        ("J", ""),
        ("X", "Y"),
        ("", ""),
        ("AMARA", ""),
        ("", "CHER"),
        ("=1+1", ""),
        ("Jo", "{% raw %}x"),
    ],
)
def test_any_other_name_is_left_alone(typed):
    assert usual(*typed) is None


latin = st.text(st.sampled_from("abcdefghijklmnoprstuvwyzéñöABCDEFGMNOÉÖ '’-."), max_size=14)


@settings(max_examples=300)
@given(given_name=latin, family_name=latin)
def test_only_the_size_of_letters_changes_and_the_result_has_nothing_left_to_ask(
    given_name, family_name
):
    found = usual(given_name, family_name)
    if found is None:
        return
    assert found.given.casefold() == given_name.casefold()
    assert found.family.casefold() == family_name.casefold()
    again = usual(found.given, found.family)
    assert again is None or not found.sure


@pytest.fixture
def browser(session, as_person):
    """A coordinator of everywhere."""
    priya = factories.person("Priya", "Nair")
    factories.grant(priya, "coordinator")
    return as_person(priya)


def people(session) -> set[tuple[str, str]]:
    return set(session.execute(select(Person.given_name, Person.family_name)).all())


def test_somebody_added_in_capitals_is_written_as_usual_and_the_page_says_so(browser, session):
    answer = browser.press("/people/new", given_name="AMARA", family_name="OKAFOR")
    assert answer.status_code == 303
    assert ("Amara", "Okafor") in people(session)
    assert "typed in capitals" in browser.get(answer.location).text


def test_a_name_with_several_spellings_is_asked_and_taken_as_typed(browser, session):
    answer = browser.press("/people/new", given_name="RONALD", family_name="MCDONALD")
    assert answer.status_code == 422
    assert "Is this Ronald McDonald?" in answer.text
    browser.press("/people/new", given_name="Ronald", family_name="MacDonald")
    assert ("Ronald", "MacDonald") in people(session)


def test_whoever_insists_on_capitals_has_them_by_changing_the_person(browser, session):
    bell = factories.person("BELL", "HOOKS")
    form = browser.get(f"/people/{bell.id}/edit").text
    assert 'value="BELL"' in form
    assert browser.press(f"/people/{bell.id}/edit", family_name="HOOKES").status_code == 303
    assert ("BELL", "HOOKES") in people(session)
