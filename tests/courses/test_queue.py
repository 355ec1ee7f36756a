"""The queue: who stands where and why, who is offered a free place, and who is passed over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time

import pytest
from sqlalchemy import func, select

from courses.models import (
    Booking,
    Cohort,
    Offer,
    OfferDecision,
    Waiting,
    WaitingMove,
    WaitingPriority,
)
from courses.queries import cohorts, explaining, history, offers, queue, told
from courses.queries import waiting as waiting_list
from courses.services import booking, cancelling, changing, edits, waiting
from courses.services.cancelling import Fate
from courses.services.queue import moving, offering, pairs
from lms.contracts import SYSTEM
from lms.db import Complaint, db
from lms.events import CompletionRecorded, PersonErased, publish
from lms.messages.models import Message
from lms.people.models import Person
from tests import factories as make
from tests.courses.conftest import DAY, TEMPLATE, World, oneself

Frozen = Callable[[str], object]
RULES = [
    {"key": "under_covered", "points": 20, "words": "nobody of their job has been"},
    {"key": "agency_share", "points": 10, "words": "their agency had few places"},
]


def full(world: World, capacity: int = 1) -> list[Person]:
    """Fill the date; who is on it."""
    world.cohort.capacity = capacity
    people = [make.person() for _ in range(capacity)]
    booking.book_many(
        world.cohort.id, [p.id for p in people], source="coordinator", by=world.coordinator
    )
    return people


def waits(world: World, frozen: Frozen, number: int) -> list[Person]:
    """So many people join the queue for the date, a minute apart."""
    people = []
    for minute in range(number):
        frozen(f"2027-02-01 10:{minute:02}")
        people.append(make.person())
        waiting.join(
            world.course.id, people[-1].id, by=oneself(people[-1]), cohort_id=world.cohort.id
        )
    return people


def free_one(world: World, who: Person) -> None:
    booking.give_up(world.cohort.id, who.id, by=oneself(who))


def order(world: World) -> list[object]:
    return [one.person_id for one in queue.line(world.course.id)]


def held_for(world: World) -> list[object]:
    """Who has an offer of the date, in the order of offers."""
    return [one.person_id for one in offers.of_cohort(world.cohort.id)]


def row(world: World, who: Person) -> Waiting:
    return db.session.scalars(
        select(Waiting)
        .where(Waiting.person_id == who.id, Waiting.course_id == world.course.id)
        .order_by(Waiting.created_at.desc())
        .execution_options(populate_existing=True)
    ).first() or pytest.fail("does not wait")


def with_rules(world: World, rules: list[dict[str, object]]) -> None:
    world.course.template = TEMPLATE | {"queue": rules}
    db.session.flush()


def passed_over(world: World) -> list[str]:
    """Why people were passed over in the newest decision about the date."""
    made = db.session.scalars(
        select(OfferDecision)
        .where(OfferDecision.cohort_id == world.cohort.id)
        .order_by(OfferDecision.created_at.desc(), OfferDecision.id.desc())
    ).first()
    return [kept["passed"] for kept in made.listed if kept["passed"]] if made else []


# -- the order -------------------------------------------------------------------------------------


def test_who_has_points_by_the_courses_rules_stands_before_those_who_came_first(
    world: World, frozen: Frozen
) -> None:
    with_rules(world, RULES)
    full(world)
    first, second = waits(world, frozen, 2)
    employer = make.organisation(locality_id=world.place.id)
    rare = make.person(profession_id=make.profession("Midwife").id, organisation_id=employer.id)
    waiting.join(world.course.id, rare.id, by=oneself(rare))

    assert order(world) == [rare.id, first.id, second.id]
    kept = db.session.execute(
        select(WaitingPriority.key, WaitingPriority.points, WaitingPriority.reason)
    ).all()
    assert ("under_covered", 20, "No midwife from Hertfordshire yet") in [tuple(k) for k in kept]
    assert "Fewer places than an even share for" in str(kept)


def test_points_are_asked_for_again_when_somebody_of_the_same_job_and_place_is_booked(
    world: World, frozen: Frozen, run_jobs: Callable[[], None]
) -> None:
    with_rules(world, RULES[:1])
    full(world, 2)
    employer = make.organisation(locality_id=world.place.id)
    job = make.profession("Midwife")
    rare, other = (make.person(profession_id=job.id, organisation_id=employer.id) for _ in range(2))
    waiting.join(world.course.id, rare.id, by=oneself(rare), told=False)
    assert row(world, rare).points == 20
    world.cohort.capacity = 3

    booking.book_other(world.cohort.id, other.id, by=world.coordinator, reason="knows her")
    run_jobs()

    assert row(world, rare).points == 0
    runs = db.session.scalars(select(WaitingPriority.run_id)).all()
    assert len(runs) == 1, "what the older run computed stays on record"
    assert row(world, rare).run_id not in runs


def test_points_are_asked_for_again_when_a_place_is_held_and_when_it_is_not_any_more(
    world: World, frozen: Frozen, run_jobs: Callable[[], None]
) -> None:
    with_rules(world, RULES[:1])
    (has,) = full(world)
    employer = make.organisation(locality_id=world.place.id)
    job = make.profession("Midwife")
    rare, other = (make.person(profession_id=job.id, organisation_id=employer.id) for _ in range(2))
    for one in (rare, other):
        waiting.join(world.course.id, one.id, by=oneself(one), told=False)
    assert (row(world, rare).points, row(world, other).points) == (20, 20)

    free_one(world, has)
    run_jobs()
    assert held_for(world) == [rare.id]
    assert row(world, other).points == 0
    cancelling.cancel(world.cohort.id, reason="Flood", fate=Fate("waiting"), by=world.coordinator)
    run_jobs()

    assert (row(world, rare).points, row(world, other).points) == (20, 20)


def test_a_priority_that_the_course_does_not_state_gives_no_points(
    world: World, frozen: Frozen
) -> None:
    with_rules(world, [{"key": "ambassador", "points": 100, "words": "they are ambassadors"}])
    full(world)
    employer = make.organisation(locality_id=world.place.id)
    rare = make.person(profession_id=make.profession().id, organisation_id=employer.id)

    waiting.join(world.course.id, rare.id, by=oneself(rare))

    assert row(world, rare).points == 0


def test_a_person_reads_their_own_place_and_why_how_many_go_before_and_no_names(
    world: World, frozen: Frozen
) -> None:
    with_rules(world, RULES[:1])
    full(world)
    _, second = waits(world, frozen, 2)
    employer = make.organisation(locality_id=world.place.id)
    rare = make.person(profession_id=make.profession().id, organisation_id=employer.id)
    waiting.join(world.course.id, rare.id, by=oneself(rare))

    place = waiting_list.position(world.course.id, second.id)

    assert place is not None
    assert place.words == "3rd of 3"
    assert place.before == (
        ("nobody of their job has been", 1),
        ("they joined before you", 1),
    )
    assert place.why == "you joined on 1 February 2027"


@pytest.mark.parametrize("start", range(4))
@pytest.mark.parametrize("to", range(1, 5))
def test_a_move_puts_somebody_exactly_where_it_says_and_leaves_the_others_in_order(
    world: World, frozen: Frozen, start: int, to: int
) -> None:
    full(world)
    people = waits(world, frozen, 4)
    if start + 1 == to:
        with pytest.raises(Complaint, match="already"):
            moving.move(row(world, people[start]).id, to, by=world.coordinator, why="Agreed")
        return

    moving.move(row(world, people[start]).id, to, by=world.coordinator, why="Agreed")

    wanted = [one.id for one in people]
    wanted.insert(to - 1, wanted.pop(start))
    assert order(world) == wanted


def test_a_move_needs_a_reason_and_stands_in_the_history_with_its_points(
    world: World, frozen: Frozen
) -> None:
    full(world)
    people = waits(world, frozen, 3)
    last = row(world, people[2])

    with pytest.raises(Complaint, match="Enter a reason") as refused:
        moving.move(last.id, 1, by=world.coordinator, why="  ")
    assert refused.value.field == "reason"
    with pytest.raises(Complaint, match="from 1 to 3"):
        moving.move(last.id, 4, by=world.coordinator, why="Agreed")
    moving.move(last.id, 1, by=world.coordinator, why="Her team needs it in March")

    kept = db.session.scalars(select(WaitingMove)).one()
    assert (kept.points, kept.by_label) == (1, "Priya Nair")
    assert kept.why == "Her team needs it in March"
    assert row(world, people[2]).points == 1


# -- offers ----------------------------------------------------------------------------------------


def test_a_place_given_up_is_offered_to_the_first_who_waits_and_holds_the_seat(
    world: World, frozen: Frozen
) -> None:
    (has,) = full(world)
    first, second = waits(world, frozen, 2)

    free_one(world, has)

    (offer,) = offers.of_cohort(world.cohort.id)
    assert offer.person_id == first.id
    held = db.session.get_one(Booking, offer.booking_id)
    assert (held.state, held.source) == ("offered", "offer")
    assert row(world, first).state == "offered"
    assert order(world) == [second.id]
    assert cohorts.facts(world.cohort.id).places_left == 0


def test_the_message_says_until_when_and_how_to_answer(world: World, frozen: Frozen) -> None:
    (has,) = full(world)
    (first,) = waits(world, frozen, 1)

    free_one(world, has)

    message = db.session.scalars(select(Message).where(Message.kind == "courses.offer")).one()
    assert message.subject == "A place on Brief Encounters: answer by 5pm on 3 Feb 2027"
    assert "held for you until **5pm on Wednesday 3 February 2027**" in message.body
    assert "Thursday 18 February 2027, 9:30am to 12:30pm" in message.body
    assert "[See the place and answer]{{link answer}}" in message.body
    assert (message.person_id, message.urgency) == (first.id, "now")


def test_the_message_of_the_waiting_list_says_the_place_why_and_what_can_change_it(
    world: World, frozen: Frozen
) -> None:
    with_rules(world, RULES[:1])
    full(world)
    waits(world, frozen, 2)

    last = db.session.scalars(
        select(Message).where(Message.kind == "courses.waiting").order_by(Message.id.desc())
    ).first()

    assert last is not None
    assert "You are 2nd of 2 waiting for Brief Encounters." in last.body
    assert "Why: you joined on 1 February 2027." in last.body
    assert waiting_list.what_can_change(world.course.id) in last.body
    assert "hold it until a stated time" in last.body


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (0, "Places go in the order in which people joined the list."),
        (
            1,
            "Your place can change: people go first when nobody of their job has been. "
            "After that, places go in the order of joining.",
        ),
        (
            2,
            "Your place can change: people go first when nobody of their job has been; or their "
            "agency had few places. After that, places go in the order of joining.",
        ),
        (
            3,
            "Your place can change: people go first when nobody of their job has been; their "
            "agency had few places; or they asked twice. After that, places go in the order of "
            "joining.",
        ),
    ],
)
def test_what_can_change_a_place_reads_as_one_sentence_however_many_rules_there_are(
    world: World, rules: int, said: str
) -> None:
    with_rules(world, [*RULES, {"key": "twice", "points": 5, "words": "they asked twice"}][:rules])
    assert waiting_list.what_can_change(world.course.id) == said


def test_raising_the_capacity_offers_the_new_places_in_order(world: World, frozen: Frozen) -> None:
    full(world)
    people = waits(world, frozen, 3)
    now = edits.current(cohorts.facts(world.cohort.id))

    changing.propose(world.cohort.id, replace(now, capacity=3), by=world.coordinator)
    changing.apply(world.cohort.id, by=world.coordinator)

    assert held_for(world) == [people[0].id, people[1].id]


def test_more_places_cannot_be_offered_than_there_are(world: World, frozen: Frozen) -> None:
    people = full(world, 3)
    waits(world, frozen, 5)

    for one in people:
        free_one(world, one)

    assert len(held_for(world)) == 3
    assert db.session.scalar(select(Cohort.seats_taken)) == 3


def test_whom_a_date_does_not_fit_is_passed_over_with_the_reason_and_keeps_the_place(
    world: World, frozen: Frozen
) -> None:
    (has,) = full(world)
    far, clashes, elsewhere, fits = waits(world, frozen, 4)
    far.organisation_id = make.organisation(locality_id=make.locality("Luton").id).id
    other = make.cohort(None, world.place, code="TC-03")
    make.session(other, make.hours(DAY, time(12), time(13)))
    make.booking(other, clashes)
    row(world, elsewhere).editions = [str(make.edition(world.course).id)]
    db.session.flush()

    free_one(world, has)

    assert held_for(world) == [fits.id]
    assert passed_over(world) == [
        "does not work in Hertfordshire",
        "is booked elsewhere at that time",
        "does not want this format (Four sessions)",
    ]
    assert order(world) == [far.id, clashes.id, elsewhere.id]


def test_who_has_not_finished_the_course_before_is_passed_over_until_let_in(
    world: World, frozen: Frozen
) -> None:
    earlier = make.course(key="oneplusone:first", slug="first", title="Think Couple")
    world.course.template = TEMPLATE | {"follow_on_of": "oneplusone:first"}
    (has,) = full(world)
    new, done = waits(world, frozen, 2)
    make.completion(make.booking(make.cohort(make.edition(earlier)), done))

    free_one(world, has)
    assert held_for(world) == [done.id]
    assert passed_over(world) == ["has not finished Think Couple"]
    with pytest.raises(Complaint, match="Enter a reason"):
        moving.let_in(row(world, new).id, by=world.coordinator, why="")
    world.cohort.capacity = 2
    moving.let_in(row(world, new).id, by=world.coordinator, why="Did it in 2019")

    assert held_for(world) == [done.id, new.id]
    waiver = select(Booking.prerequisite_waiver).where(Booking.person_id == new.id)
    assert db.session.scalar(waiver) == "Did it in 2019"
    lines = history.listed(world.coordinator, cohorts.facts(world.cohort.id), new.id)
    assert [history.as_line(one).why for one in db.session.execute(lines)] == ["Did it in 2019"]


def test_finishing_the_course_before_brings_an_offer_of_a_place_that_is_free(
    world: World, frozen: Frozen, run_jobs: Callable[[], None]
) -> None:
    later = make.course(template={"follow_on_of": world.course.key}, title="Parents at War")
    follow_on = make.cohort(make.edition(later), world.place, capacity=1)
    make.session(follow_on, date(2027, 3, 25))
    amara = make.person()
    booked = make.booking(world.cohort, amara)
    waiting.join(later.id, amara.id, by=oneself(amara))
    assert offers.of_cohort(follow_on.id) == []

    from_register(booked)
    run_jobs()

    assert [one.person_id for one in offers.of_cohort(follow_on.id)] == [amara.id]


def from_register(booked: Booking) -> None:
    """A booking is completed, as the register's room says it."""
    made = make.completion(booked)
    facts = vars(told.of(booked.id))
    publish(CompletionRecorded(SYSTEM, booked.cohort_id, booked.id, made.id, **facts))


def test_who_could_have_booked_a_date_and_joined_the_list_instead_is_not_offered_it(
    world: World, frozen: Frozen
) -> None:
    amara = make.person()

    waiting.join(world.course.id, amara.id, by=oneself(amara), passed=[world.cohort.id])

    assert held_for(world) == []
    assert passed_over(world) == ["saw this date free and did not take it"]


def test_a_decision_that_nobody_fits_is_kept_once_however_often_it_is_taken(
    world: World, frozen: Frozen
) -> None:
    luton = make.organisation(locality_id=make.locality("Luton").id)
    far = make.person(organisation_id=luton.id)
    waiting.join(world.course.id, far.id, by=oneself(far))

    for _ in range(3):
        assert offering.fill_again(world.course.id) == 0

    assert db.session.scalar(select(func.count()).select_from(OfferDecision)) == 1


# -- past the queue --------------------------------------------------------------------------------


def test_nobody_books_past_somebody_who_waits_and_fits(world: World, frozen: Frozen) -> None:
    world.cohort.capacity = 1
    make.waiting(world.cohort)

    with pytest.raises(Complaint, match="Someone took the last place"):
        booking.book_oneself(world.cohort.id, (one := make.person()).id, by=oneself(one))
    with pytest.raises(Complaint, match="1 person who fits this date waited for it"):
        booking.book_many(
            world.cohort.id, [make.person().id], source="import", by=world.coordinator
        )


def test_a_place_by_hand_past_the_queue_needs_a_reason_and_is_a_decision_on_record(
    world: World, frozen: Frozen
) -> None:
    world.cohort.capacity = 1
    first, second = make.waiting(world.cohort), make.waiting(world.cohort)
    second_person = second.person_id

    with pytest.raises(Complaint, match="Enter a reason"):
        booking.book_other(world.cohort.id, second_person, by=world.coordinator)
    booking.book_other(
        world.cohort.id, second_person, by=world.coordinator, reason="Her team needs it"
    )

    kept = db.session.scalars(select(OfferDecision)).one()
    assert (kept.kind, kept.why, kept.by_label) == ("by_hand", "Her team needs it", "Priya Nair")
    assert [one["waiting"] for one in kept.listed] == [str(second.id), str(first.id)]
    move = db.session.scalars(select(WaitingMove)).one()
    assert (move.waiting_id, move.why) == (second.id, "Her team needs it")
    assert row(world, db.session.get_one(Person, first.person_id)).state == "waiting"


def test_too_near_the_date_whoever_books_first_has_the_place(world: World, frozen: Frozen) -> None:
    world.cohort.capacity = 1
    frozen("2027-02-17 13:30")
    waits_too = make.person()
    waiting.join(world.course.id, waits_too.id, by=oneself(waits_too))
    assert held_for(world) == []

    booking.book_oneself(world.cohort.id, (late := make.person()).id, by=oneself(late))

    assert db.session.scalar(select(Booking.person_id)) == late.id


def test_a_place_somebody_has_on_another_date_ends_their_waiting_and_frees_the_held_one(
    world: World, frozen: Frozen
) -> None:
    other = make.cohort(world.edition, world.place, code="BE-02")
    make.session(other, date(2027, 4, 8))
    (has,) = full(world)
    first, second = _wait_for(world, frozen, other)
    free_one(world, has)
    assert held_for(world) == [first.id]

    booking.book_other(other.id, first.id, by=world.coordinator, reason="She asked for April")

    assert held_for(world) == [second.id]
    assert row(world, first).state == "placed"


def _wait_for(world: World, frozen: Frozen, other: Cohort) -> list[Person]:
    """Two who wait for the date and saw the other one free."""
    people = []
    for minute in range(2):
        frozen(f"2027-02-01 10:{minute:02}")
        people.append(make.person())
        waiting.join(world.course.id, people[-1].id, by=oneself(people[-1]), passed=[other.id])
    return people


# -- pairs -----------------------------------------------------------------------------------------


def test_a_pair_gets_two_places_or_none(world: World, frozen: Frozen) -> None:
    has = full(world, 2)
    first, second, third = waits(world, frozen, 3)
    pairs.make(row(world, first).id, row(world, third).id, by=world.coordinator)

    free_one(world, has[0])
    assert held_for(world) == [second.id]
    assert passed_over(world) == ["comes with somebody, and only one place was left"]
    free_one(world, has[1])
    assert held_for(world) == [second.id]
    waiting.leave(world.course.id, second.id, by=oneself(second))

    assert held_for(world) == [first.id, third.id]


def test_a_pair_of_which_one_does_not_fit_is_passed_over_together(
    world: World, frozen: Frozen
) -> None:
    has = full(world, 2)
    first, second = waits(world, frozen, 2)
    second.organisation_id = make.organisation(locality_id=make.locality("Luton").id).id
    pairs.make(row(world, first).id, row(world, second).id, by=world.coordinator)

    for one in has:
        free_one(world, one)

    assert held_for(world) == []
    assert passed_over(world) == [
        "comes with somebody whom this date does not suit",
        "does not work in Hertfordshire",
    ]


def test_somebody_is_paired_with_one_other_at_most(world: World, frozen: Frozen) -> None:
    full(world)
    first, second, third = (row(world, one) for one in waits(world, frozen, 3))
    pairs.make(first.id, second.id, by=world.coordinator)

    with pytest.raises(Complaint, match="comes with somebody else"):
        pairs.make(third.id, second.id, by=world.coordinator)
    with pytest.raises(Complaint, match="waits for this course"):
        pairs.make(third.id, third.id, by=world.coordinator)
    pairs.part_by_hand(first.id, by=world.coordinator)
    pairs.make(third.id, second.id, by=world.coordinator)


def test_one_of_a_pair_is_not_booked_alone_without_a_reason(world: World, frozen: Frozen) -> None:
    full(world)
    first, second = waits(world, frozen, 2)
    pairs.make(row(world, first).id, row(world, second).id, by=world.coordinator)
    world.cohort.capacity = 3
    db.session.flush()

    with pytest.raises(Complaint, match="wait together with somebody else"):
        booking.book_oneself(world.cohort.id, first.id, by=oneself(first))
    with pytest.raises(Complaint, match="Enter a reason"):
        booking.book_other(world.cohort.id, first.id, by=world.coordinator)
    booking.book_other(world.cohort.id, first.id, by=world.coordinator, reason="Asked to")

    assert row(world, second).pair_id is None


# -- proof -----------------------------------------------------------------------------------------


def test_each_decision_is_replayed_from_its_own_list_and_agrees(
    world: World, frozen: Frozen
) -> None:
    with_rules(world, RULES)
    has = full(world, 2)
    people = waits(world, frozen, 3)
    moving.move(row(world, people[2]).id, 1, by=world.coordinator, why="Agreed")
    for one in has:
        free_one(world, one)
    with_rules(world, [])

    found = list(explaining.of_course("brief-encounters").decisions())

    assert [one.agrees for one in found] == [True, True]
    said = "\n".join(line for one in found for line in one.lines())
    assert "offered a place" in said
    assert "Agreed +1" in said
    assert said.count("  agrees") == 2


def test_a_decision_that_its_list_does_not_bear_out_is_found_out(
    world: World, frozen: Frozen
) -> None:
    (has,) = full(world)
    people = waits(world, frozen, 2)
    free_one(world, has)
    (found,) = explaining.of_course("brief-encounters").decisions()

    other = replace(found, chosen=[str(row(world, people[1]).id)])
    swapped = replace(found, listed=found.listed[::-1])
    invented = replace(found, listed=[found.listed[0] | {"points": 5}, found.listed[1]])

    assert not other.agrees
    assert "the list is not in order" in swapped.disagreements
    assert any("do not add up" in one for one in invented.disagreements)


def test_an_erased_person_leaves_the_queue_and_the_place_goes_to_the_next(
    world: World, frozen: Frozen
) -> None:
    (has,) = full(world)
    first, second = waits(world, frozen, 2)
    moving.let_in(row(world, first).id, by=world.coordinator, why="Did it before her divorce")
    free_one(world, has)
    assert held_for(world) == [first.id]

    publish(PersonErased(world.coordinator, first.id))

    assert held_for(world) == [second.id]
    assert (row(world, first).state, row(world, first).waiver) == ("withdrawn", None)


def test_an_offer_and_its_seat_are_one(world: World, frozen: Frozen) -> None:
    (has,) = full(world)
    waits(world, frozen, 1)
    free_one(world, has)

    states = db.session.execute(
        select(Offer.state, Booking.state).join(Booking, Booking.id == Offer.booking_id)
    ).all()

    assert [tuple(one) for one in states] == [("open", "offered")]


def test_nobody_is_told_of_a_place_in_the_queue_that_they_do_not_have_any_more(
    world: World, frozen: Frozen
) -> None:
    def told(who: Person) -> list[str]:
        about = select(Message.state).where(
            Message.person_id == who.id, Message.kind == "courses.waiting"
        )
        return list(db.session.scalars(about))

    (booked,) = full(world)
    offered, left, waiting_still = waits(world, frozen, 3)
    assert [told(one) for one in (offered, left, waiting_still)] == [["queued"]] * 3
    waiting.leave(world.course.id, left.id, by=oneself(left))
    free_one(world, booked)
    assert held_for(world) == [offered.id]
    assert told(offered) == ["cancelled"]
    assert told(left) == ["cancelled"]
    assert told(waiting_still) == ["queued"]
