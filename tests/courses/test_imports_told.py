"""What an import says before and after "Add": nothing is taken for something else in silence."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from courses.models import Cohort
from lms.people.models import Person
from lms.testing.client import PageClient
from tests import factories as make
from tests.courses.conftest import World
from tests.courses.importing import file_of, people, upload

AsPerson = Callable[[Person], PageClient]


@pytest.fixture
def priya(world: World, as_person: AsPerson) -> PageClient:
    """The coordinator's browser; jobs are on the list."""
    make.profession("Health visitor", code="health-visitor")
    make.profession("Pastoral or safeguarding lead in a school", code="school-staff")
    return as_person(world.priya)


def text_of(browser: PageClient, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def path_of(address: str) -> str:
    return address.removeprefix("http://localhost")


def test_a_job_that_goes_by_another_name_on_our_list_is_said_on_its_row(
    world: World, priya: PageClient
) -> None:
    rows = [
        ("Reed, Amy", "amy@x.uk", "Teaching assistant", ""),
        ("Shah, Ravi", "ravi@x.uk", "HEALTH  VISITORS", ""),
    ]
    page = text_of(priya, upload(priya, world.cohort.id, file_of(rows)))
    assert "Job “Teaching assistant” is added as Pastoral or safeguarding lead in a school" in page
    assert "is added as Health visitor" not in page


def test_a_job_that_was_chosen_for_rows_is_said_on_each_of_them(
    world: World, priya: PageClient
) -> None:
    job = make.profession("Midwife", code="midwife")
    rows = [("Reed, Amy", "amy@x.uk", "Band 6 sister", "")]
    address = upload(priya, world.cohort.id, file_of(rows))
    priya.press(address, "Save answers", profession_2=str(job.id), save="yes")
    assert "Job “Band 6 sister” is added as Midwife" in text_of(priya, address)


def test_a_job_that_is_only_like_one_on_our_list_is_called_a_guess(
    world: World, priya: PageClient
) -> None:
    make.profession("Family support worker", code="family-support")
    rows = [
        ("Reed, Amy", "amy@x.uk", "Senior family support worker", ""),
        ("Shah, Ravi", "ravi@x.uk", "Baker", ""),
    ]
    page = text_of(priya, upload(priya, world.cohort.id, file_of(rows)))
    assert page.count("Not on our list") == 2
    assert "Not on our list; perhaps Family support worker" in page


def test_an_organisation_like_one_we_have_is_asked_about_and_one_of_its_own_is_not(
    world: World, priya: PageClient
) -> None:
    make.organisation("St Mary’s Primary School", locality_id=world.place.id)
    rows = [
        ("Reed, Amy", "amy@x.uk", "", "St. Marys School"),
        ("Shah, Ravi", "ravi@x.uk", "", "St Hugh’s Primary School"),
    ]
    page = text_of(priya, upload(priya, world.cohort.id, file_of(rows)))
    assert "Not on our list; perhaps St Mary’s Primary School" in page
    assert "1 new organisation: St Hugh’s Primary School" in page


def test_a_column_that_is_not_read_is_named(world: World, priya: PageClient) -> None:
    header = ("Name", "E-mail", "Notes", "NHS number", "Diet")
    row = ("Jay Smith", "jay@x.uk", "nut allergy", "943 476 5919", "Vegan")
    page = text_of(priya, upload(priya, world.cohort.id, file_of([row], header=header)))
    assert "Not read: Notes and Diet" in page
    assert "Not kept: NHS number" in page
    read = text_of(priya, upload(priya, world.cohort.id, file_of(people(1)), "read.csv"))
    assert "Not read" not in read


def test_what_will_be_added_is_shown_as_it_will_be_kept(world: World, priya: PageClient) -> None:
    place = world.place.id
    job = make.profession("Midwife", code="midwife")
    make.organisation("Oakfield Day Nursery", locality_id=place)
    own = make.organisation("Herts NHS", locality_id=place)
    make.person("Beth", "Lyons", email="beth@x.uk", profession_id=job.id, organisation_id=own.id)
    rows = [
        ("OKONKWO, chidi", "chidi@x.uk", "HEALTH VISITORS", "oakfield day nursery"),
        ("LYONS, beth", "beth@x.uk", "", ""),
        ("Marsh, Colin", "colin@x.uk", "Baker", "St Hugh’s"),
    ]
    address = upload(priya, world.cohort.id, file_of(rows))
    priya.press(address, "Save answers", save="yes", profession_4="later")
    path = address.rpartition("/")[2]
    for page in (address, f"/imports/{path}/rows/add"):
        shown = text_of(priya, page)
        assert "Chidi Okonkwo Row 2" in shown
        assert "Job Health visitor Organisation Oakfield Day Nursery" in shown
        assert "Beth Lyons Row 3 E-mail beth@x.uk Job Midwife Organisation Herts NHS" in shown
        assert "Job Asked of them later Organisation St Hugh’s (new)" in shown


def test_who_is_held_elsewhere_is_shown_as_the_file_has_them(
    world: World, priya: PageClient
) -> None:
    essex = make.locality("Essex").id
    away = make.organisation("Essex NHS", locality_id=essex).id
    make.person("Secret", "Stranger", email="s@x.uk", organisation_id=away)
    address = upload(priya, world.cohort.id, file_of([("Jones, Sal", "s@x.uk", "", "")]))
    shown = text_of(priya, address)
    assert "Sal Jones Row 2 E-mail s@x.uk Job Asked of them later" in shown
    assert "Stranger" not in shown
    assert "Essex" not in shown


def test_a_question_about_one_row_says_whose_it_is(world: World, priya: PageClient) -> None:
    make.organisation("Oakfield Day Nursery", locality_id=world.place.id)
    rows = [
        ("Smith, Jay", "jay.x.uk", "", "Oakfield Nursery"),
        ("Lyons, Beth", "beth@x.uk", "Band 6 sister", ""),
        ("Marsh, Colin", "colin@x.uk", "Band 6 sister", ""),
        ("MCDONALD, IAN", "ian@x.uk", "", ""),
    ]
    address = upload(priya, world.cohort.id, file_of(rows))
    page = text_of(priya, address).partition("Save answers")[0]
    assert "jay.x.uk (Jay Smith)" in page
    assert "Oakfield Nursery (Jay Smith)" in page
    assert "What to do with row 2, Jay Smith" in page
    assert "Beth Lyons" not in page
    assert "MCDONALD, IAN (" not in page


def follow_on(world: World) -> Cohort:
    course = make.course(
        title="Parents at War", template={"follow_on_of": "oneplusone:brief-encounters"}
    )
    return make.cohort(make.edition(course), world.place, code="PW-01")


def test_the_answer_to_a_rule_holds_for_rows_that_come_to_it_later(
    world: World, priya: PageClient
) -> None:
    rows = [
        ("Reed, Amy", "amy@x.uk", "", ""),
        ("Shah, Ravi", "ravi.x.uk", "", ""),
        ("Young, Zoe", "zoe@x.uk", "", ""),
    ]
    address = upload(priya, follow_on(world).id, file_of(rows))
    holds = "Your answer also holds for other rows of which this turns out to be true"
    assert f"Has not finished Brief Encounters. {holds}" in text_of(priya, address)
    priya.press(address, "Save answers", save="yes", rule_2="use", rule_2_waiver="Trained by Essex")
    priya.press(address, "Save answers", save="yes", email_3="use", email_3_email="ravi@x.uk")
    page = text_of(priya, address)
    assert "Has not finished" not in page
    assert page.count("Let in: Trained by Essex") == 3
    assert "Add 3 people" in page


def test_who_comes_to_a_rule_for_which_others_were_left_out_is_left_out_with_the_reason(
    world: World, priya: PageClient
) -> None:
    rows = [("Reed, Amy", "amy@x.uk", "", ""), ("Shah, Ravi", "ravi.x.uk", "", "")]
    address = upload(priya, follow_on(world).id, file_of(rows))
    priya.press(address, "Save answers", save="yes", rule_2="leave")
    priya.press(address, "Save answers", save="yes", email_3="no_email")
    page = text_of(priya, address)
    assert "Left out, as you answered for others: Has not finished Brief Encounters" in page
    assert "question" not in page.partition("Left out")[0]


def test_the_answer_to_one_rule_is_none_to_another(world: World, priya: PageClient) -> None:
    cohort = follow_on(world)
    cohort.profession_id = make.profession("Midwife", code="midwife").id
    finished = make.person("Ravi", "Shah", email="ravi@x.uk")
    earlier = make.booking(make.cohort(world.edition, world.place, code="BE-9"), finished)
    make.completion(earlier)
    rows = [("Reed, Amy", "amy@x.uk", "Midwife", ""), ("Shah, Ravi", "ravi@x.uk", "", "")]
    address = upload(priya, cohort.id, file_of(rows))
    priya.press(address, "Save answers", save="yes", rule_2="use", rule_2_waiver="Trained by Essex")
    page = text_of(priya, address)
    assert "This date is for: Midwife" in page
    assert page.count("Let in: Trained by Essex") == 1


def test_a_row_left_out_keeps_why_it_was_asked_about_and_stays_in_the_returned_file(
    world: World, priya: PageClient
) -> None:
    rows = [("Reed, Amy", "amy@x.uk", "", ""), ("Shah, Ravi", "ravi.x.uk", "Baker", "")]
    address = upload(priya, world.cohort.id, file_of(rows))
    priya.press(address, "Save answers", save="yes", email_3="leave")
    why = (
        "You left this row out. It needed an answer: "
        "B3: Not an e-mail address (ravi.x.uk); C3: Not on our list (Baker)"
    )
    assert why in text_of(priya, address)
    link = f"{address}/not-added"
    assert f'href="{path_of(link)}"' in priya.get(address).text
    assert why in priya.get(link).data.decode("utf-8-sig")
    priya.press(address, "Add 1 person", add="1")
    assert f'href="{path_of(link)}"' in priya.get(address).text
    assert why in priya.get(link).data.decode("utf-8-sig")


def test_a_file_without_a_row_left_over_has_none_to_hand_back(
    world: World, priya: PageClient
) -> None:
    address = upload(priya, world.cohort.id, file_of(people(2)))
    assert "not-added" not in priya.get(address).text
    assert priya.get(f"{address}/not-added").status_code == 404


@pytest.mark.parametrize(("count", "is_open"), [(25, True), (26, False)])
def test_who_will_be_added_is_seen_at_once_where_the_list_is_short(
    world: World, priya: PageClient, count: int, is_open: bool
) -> None:
    world.cohort.capacity = 30
    page = priya.get(upload(priya, world.cohort.id, file_of(people(count)))).text
    before = page.partition(f"Will be added ({count})")[0]
    assert before.rpartition("<details")[2].startswith(' class="govuk-details" open') is is_open


def test_after_an_undo_pages_say_what_became_of_the_messages_and_name_nobody(
    world: World, priya: PageClient, run_jobs: Callable[[], None]
) -> None:
    address = upload(priya, world.cohort.id, file_of(people(1)))
    priya.press(address, "Add 1 person", add="1")
    priya.press(address, "Undo this import")
    run_jobs()
    for listed in ("/messages", f"/cohorts/{world.cohort.id}/messages"):
        page = text_of(priya, listed)
        assert "Person taken back with the import of 1 February 2027 at 9am" in page
        assert "Somebody no longer held" in page
        assert "the import was undone" in page
        assert "[erased]" not in page
        assert "Surname0" not in page
    history = text_of(priya, f"/cohorts/{world.cohort.id}/history")
    assert history.count("Somebody no longer held") == 2
    assert "took somebody no longer held off" in text_of(priya, f"/cohorts/{world.cohort.id}")
