"""Where people drop out, what it cost per person, and the measures others borrow from courses."""

from __future__ import annotations

from datetime import date

import pytest

from courses.reports import cost, funnel
from courses.reports.measures import MEASURES
from lms import clock
from lms.ambassadors.models import Ambassador, RoleDescription
from lms.contracts import Audience, Measure, Subject
from lms.reports import measures
from lms.reports.disclosure import POLICIES, hide
from lms.reports.drafting import Figures
from lms.versions import seen
from tests import factories as make
from tests.courses.over import cohort, person
from tests.reporting import ask, consistent, said, table


@pytest.fixture(autouse=True)
def at_a_later_time(session, frozen):
    frozen("2027-08-01 09:00")


def build(report, **filters):
    draft = report.build(ask(**filters))
    consistent(draft)
    return draft


def test_each_step_is_counted_and_the_survey_comes_from_the_room_above():
    on = cohort(sessions=1)
    for mark in ("present",) * 11 + ("absent",):
        person(on, mark, completed=mark == "present")
    make.change_booking(person(on), "cancelled")
    make.booking(on, state="requested")
    draft = build(funnel)
    grid = table(draft, "funnel")
    columns = ("Invited", "Booked", "Attended", "% attended (of booked)", "Completed", "Surveyed")
    assert [grid["All", column] for column in columns] == ["14", "13", "11", "85%", "11", "0"]
    assert said(draft) == [
        "13 of 14 who were invited (93%) were booked, 11 of 13 booked (85%) attended, 11 of 11 "
        "who attended (100%) completed."
    ]


def test_who_became_an_ambassador_is_counted_where_they_were_recruited():
    amara = make.person()
    recruited = person(cohort(sessions=1), "present", completed=True, who=amara)
    person(cohort(sessions=1, day=date(2027, 3, 3)), "present", completed=True, who=amara)
    make.keep(
        Ambassador(
            person_id=amara.id,
            state="active",
            accepted_at=clock.now(),
            role_version=make.keep(RoleDescription(version=77, text="Talk", by_label="A")).version,
            origin_booking_id=recruited.id,
        )
    )
    grid = table(build(funnel, breakdown="cohort"), "funnel")
    assert [grid[row, "Ambassador"] for row in grid.rows] == ["1", "0", "1"]
    assert measures.figures("ambassadors", ask())[0].value == 1


def test_cost_is_told_per_head_of_those_who_came_and_those_who_completed():
    costly, free = cohort(sessions=1, costs_pence=120_000), cohort(sessions=1)
    for number in range(12):
        person(costly, "present" if number < 10 else "absent", completed=number < 8)
    person(free, "present")
    draft = build(cost)
    grid = table(draft, "cost")
    assert [grid["All", column] for column in cost.COLUMNS] == [
        "1", "£1200.00", "10", "£120.00", "8", "£150.00",
    ]  # fmt: skip
    assert said(draft)[0].endswith("Costs are entered for 1 of 2 dates.")


def test_a_place_bears_the_part_of_a_shared_cohort_that_its_people_took():
    herts, essex = make.locality("Hertfordshire"), make.locality("Essex")
    shared = cohort(sessions=1, costs_pence=100_000)
    for place, number in ((herts, 15), (essex, 5)):
        for _ in range(number):
            person(shared, "present", locality_id=place.id)
    assert table(build(cost, localities=(essex.id,)), "cost")["All", "Cost"] == "£250.00"
    by_place = table(build(cost, breakdown="place"), "cost")
    assert by_place["Hertfordshire", "Cost"] == "£750.00"
    assert by_place["All", "Cost per person"] == "£50.00"


def test_the_cost_goes_with_a_hidden_number_of_people():
    on = cohort(sessions=1, costs_pence=120_000)
    for _ in range(3):
        person(on, "present")
    draft = build(cost, audience=Audience.PUBLICATION)
    assert {"all_starts", "all_cost", "all_per_head"} <= hide(draft, POLICIES[Audience.PUBLICATION])


def test_without_costs_it_is_said_where_to_enter_them():
    person(cohort(sessions=1), "present")
    assert cost.build(ask()).empty.endswith("Enter them on the page of a cohort, at “Cost”.")


def test_where_nobody_matches_the_nearest_data_are_named():
    person(cohort(sessions=1, place=make.locality("Luton")), "present")
    for report in (funnel, cost):
        assert report.build(ask(start=date(2030, 1, 1))).empty.endswith("Luton, January 2027.")


# -- measures -------------------------------------------------------------------------------------


def test_every_measure_counts_itself_first_and_names_what_it_is_worked_out_of():
    on = cohort(sessions=1)
    for mark in ("present",) * 3 + ("absent",):
        person(on, mark, completed=mark == "present")
    for measure in MEASURES:
        first, *rest = measure.figures(ask())
        kind = "count" if hasattr(first, "measure") else "percentage"
        assert measure.kind == kind
        assert set(getattr(first, "of", ())) <= {figure.key for figure in rest}


def test_a_measure_is_found_by_its_key_and_split_by_the_finest_groups():
    job = make.profession()
    on = cohort(sessions=1)
    person(on, "present", profession_id=job.id)
    assert measures.tally("attended", ask()) == {(str(on.id), "", str(job.id)): 1}
    assert measures.tally("nobody's", ask()) is None
    assert measures.find("attended").title == "People who attended training"


def test_a_guests_failing_or_crooked_measure_is_not_collected(make_app):
    class guest:
        __name__ = "guest"

        @staticmethod
        def lms_measures():
            return [
                Measure("falls", "Falls", "", lambda query: 1 / 0),
                Measure("crooked", "Crooked", "", crooked),
            ]

    def crooked(query):
        figures = Figures()
        figures.count("c", {("a", "b", "c"): 2}, subject=Subject.PEOPLE, measure="c")
        [figure] = figures.kept("c")
        return [figure, 7]

    from lms import hookimpl

    guest.lms_measures = staticmethod(hookimpl(guest.lms_measures))
    with make_app(plugins=[guest]).app_context():
        assert measures.figures("falls", ask()) == ()
        assert measures.figures("crooked", ask()) == ()


def test_queries_of_the_funnel_do_not_grow(count_queries):
    person(cohort(), "present", "present")
    with count_queries() as few:
        build(funnel)
    for _ in range(3):
        person(cohort(place=make.locality()), "present", profession_id=make.profession().id)
    with count_queries() as more:
        build(funnel)
    assert len(more) == len(few)


# -- entering a cost ------------------------------------------------------------------------------


def test_a_coordinator_enters_what_a_cohort_cost_and_sees_it_on_its_page(as_person):
    priya, on = make.person("Priya"), cohort(sessions=1)
    make.grant(priya, "coordinator")
    browser, page = as_person(priya), f"/cohorts/{on.id}/cost"
    wrong = browser.press(page, "Save", costs_pence="a lot")
    assert wrong.status_code == 422
    assert "must be an amount in pounds" in wrong.get_data(as_text=True)
    assert browser.press(page, "Save", costs_pence="£1,200.50").status_code == 303
    assert "Cost (£1,200.50)" in browser.get(f"/cohorts/{on.id}").get_data(as_text=True)
    assert 'value="1200.50"' in browser.get(page).get_data(as_text=True)
    assert browser.press(page, "Save", costs_pence="").status_code == 303
    assert "Cost (" not in browser.get(f"/cohorts/{on.id}").get_data(as_text=True)


def test_who_enters_a_cost_after_a_colleague_is_told_what_stands(as_person):
    priya, on = make.person("Priya"), cohort(sessions=1)
    make.grant(priya, "coordinator")
    browser, page = as_person(priya), f"/cohorts/{on.id}/cost"
    opened = {"seen": seen({"costs_pence": None})}
    browser.press(page, "Save", costs_pence="1,200.50")
    refused = browser.press(page, "Save", costs_pence="900", **opened)
    assert refused.status_code == 409
    assert "is now £1200.50. What you gave is kept here" in refused.get_data(as_text=True)
    assert "Cost (£1,200.50)" in browser.get(f"/cohorts/{on.id}").get_data(as_text=True)


def test_nobody_enters_the_cost_of_another_places_cohort(as_person):
    joan, on = make.person("Joan"), cohort(sessions=1, place=make.locality())
    make.grant(joan, "coordinator", "locality", make.locality().id)
    assert as_person(joan).get(f"/cohorts/{on.id}/cost").status_code == 404
