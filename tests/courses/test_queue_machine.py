"""Whatever people do in whatever order: no seat is sold twice, nobody is passed over, nobody lost.

A machine of hypothesis books, cancels, joins, leaves, moves, pairs, answers offers, for people and
for their managers, lets offers lapse, moves dates and cancels them, on a real database; after each
step the promises are looked at.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as some
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select, update

from courses.models import Approval, Booking, Cohort, Offer, Waiting
from courses.queries import approving as approvals
from courses.queries import cohorts, explaining, offers, queue
from courses.queries.offers import OfferRow
from courses.services import approving, booking, cancelling, changing, edits, waiting
from courses.services.cancelling import Fate
from courses.services.edits import Edit
from courses.services.queue import answering, jobs, moving, pairs
from lms import clock
from lms.contracts import SYSTEM, Actor
from lms.db import Complaint, Complaints, db
from lms.errors import Conflict
from lms.messages.models import Message
from tests import factories as make
from tests.courses.conftest import TEMPLATE, World, oneself
from tests.courses.rules_of_the_queue import first, passed_over, wrongly_offered

PEOPLE = some.integers(0, 5)
DATES = some.integers(0, 1)
ANY = some.integers(0, 11)


class Machine(RuleBasedStateMachine):
    """Six people and two dates of one course, which three of them fill; one works elsewhere.

    The course may ask a manager (`asks`), who is the same for all.
    """

    world: World
    asks: bool

    @initialize(paired=some.booleans(), days=some.integers(0, 1))
    def begin(self, paired: bool, days: int) -> None:
        """One savepoint for each example; its end takes everything back.

        A pair is offered two places, perhaps a day ago.
        """
        self.savepoint = db.session.begin_nested()
        db.session.connection()
        world = self.world
        db.session.execute(update(Cohort).where(Cohort.id == world.cohort.id).values(capacity=2))
        self.template: dict[str, Any] = TEMPLATE
        self.number, self.offered = 1, set[uuid.UUID]()
        self.dates = [world.cohort.id, self.another().id]
        far = make.organisation(locality_id=make.locality().id)
        boss = make.person("Mark", "Boss", email="mark@example.org")
        self.people = [
            make.person(organisation_id=far.id if n == 5 else None, manager_id=boss.id)
            for n in range(6)
        ]
        self.waits, self.elsewhere = {one.id for one in self.people[3:]}, {self.people[5].id}
        for n, cohort_id in enumerate((*self.dates[:1] * 2, self.dates[1])):
            booking.book_oneself(cohort_id, self.people[n].id, by=oneself(self.people[n]))
        for one in self.people[3:]:
            waiting.join(world.course.id, one.id, by=oneself(one))
        if paired:
            one, other, *_ = queue.line(world.course.id)
            pairs.make(one.id, other.id, by=world.coordinator)
            for one in self.people[:2]:
                booking.give_up(world.cohort.id, one.id, by=oneself(one))
        if self.asks:
            self.template = TEMPLATE | {"needs_approval": True}
            db.session.execute(update(Cohort).values(template=self.template))
            db.session.expire_all()
        if days:
            self.days_pass(days=days, gone=True)

    def another(self) -> Cohort:
        """A date more, of one place."""
        self.number += 1
        made = make.cohort(
            self.world.edition,
            self.world.place,
            code=f"BE-{self.number:02}",
            capacity=1,
            template=self.template,
        )
        make.session(made, date(2027, 4, self.number))
        return made

    def teardown(self) -> None:
        """Every decision that was taken is borne out by its own list."""
        try:
            taken = list(explaining.of_course("brief-encounters").decisions())
            assert [one.disagreements for one in taken if not one.agrees] == []
        finally:
            self.savepoint.rollback()
            db.session.expire_all()

    def tried(self, act: Callable[[], object]) -> bool:
        """Do something that may be refused; whether it was done."""
        try:
            with db.session.begin_nested():
                act()
        except (Complaint, Complaints, Conflict):
            return False
        return True

    def done(self, act: Callable[[], object]) -> bool:
        """The same of what may give places: who has one waits no more."""
        before = self.placed()
        done = self.tried(act)
        self.waits -= {person_id for person_id, _ in self.placed() - before}
        return done

    def placed(self) -> set[tuple[uuid.UUID, uuid.UUID]]:
        rows = db.session.execute(
            select(Booking.person_id, Booking.cohort_id).where(Booking.state == "booked")
        )
        return {(person_id, cohort_id) for person_id, cohort_id in rows}

    def who(self, person_id: uuid.UUID) -> Actor:
        return next(oneself(one) for one in self.people if one.id == person_id)

    def an_offer(self, k: int) -> OfferRow | None:
        open_ = offers.of_course(self.world.course.id)
        return open_[k % len(open_)] if open_ else None

    # -- what people do

    @rule(n=PEOPLE, d=DATES)
    def book(self, n: int, d: int) -> None:
        who, cohort_id = self.people[n], self.dates[d]
        past = passed_over(cohort_id, who.id, self.elsewhere)
        held = offers.open_of(cohort_id, who.id)
        before = self.placed()
        self.done(lambda: booking.book_oneself(cohort_id, who.id, by=oneself(who)))
        assert held or not past or self.placed() == before

    @rule(n=PEOPLE, d=DATES, why=some.sampled_from(["", "Agreed with her team"]))
    def book_by_hand(self, n: int, d: int, why: str) -> None:
        who, cohort_id = self.people[n].id, self.dates[d]
        past = passed_over(cohort_id, who, self.elsewhere)
        held = offers.open_of(cohort_id, who)
        before = self.placed()
        by = self.world.coordinator
        self.done(lambda: booking.book_other(cohort_id, who, by=by, reason=why))
        assert held or why or not past or self.placed() == before

    @rule(k=ANY)
    def give_up(self, k: int) -> None:
        booked = db.session.execute(
            select(Booking.cohort_id, Booking.person_id)
            .where(Booking.state == "booked")
            .order_by(Booking.id)
        ).all()
        if booked:
            cohort_id, person_id = booked[k % len(booked)]
            booking.give_up(cohort_id, person_id, by=self.who(person_id))

    @rule(k=ANY)
    def join(self, k: int) -> None:
        out = [one for one in self.people if one.id not in self.waits]
        if out:
            who = out[k % len(out)]
            waiting.join(self.world.course.id, who.id, by=oneself(who))
            self.waits.add(who.id)

    @rule(k=ANY)
    def leave(self, k: int) -> None:
        inside = [one for one in self.people if one.id in self.waits]
        if inside:
            who = inside[k % len(inside)]
            waiting.leave(self.world.course.id, who.id, by=oneself(who))
            self.waits.discard(who.id)

    @rule(k=ANY)
    def accept(self, k: int) -> None:
        if held := self.an_offer(k):
            self.done(lambda: answering.accept(held.id, by=self.who(held.person_id)))

    @rule(k=ANY, leave=some.booleans())
    def decline(self, k: int, leave: bool) -> None:
        if held := self.an_offer(k):
            answering.decline(held.id, leave=leave, by=self.who(held.person_id))
            self.waits -= {held.person_id} if leave else set()

    @rule(k=ANY, yes=some.booleans())
    def a_manager_answers(self, k: int, yes: bool) -> None:
        asked = db.session.scalars(select(Approval.id).order_by(Approval.id)).all()
        if not asked:
            return
        found = approvals.get(asked[k % len(asked)])
        who, leaves = found.person_id, False
        if not yes and found.answer != "declined" and found.booking_state != "booked":
            held = offers.open_of(found.cohort_id, who)
            leaves = held is not None or (found.waits and found.booking_state != "requested")
        reason = "" if yes else "No"
        if self.done(lambda: approving.answer(found.id, approves=yes, reason=reason, by=SYSTEM)):
            self.waits -= {who} if leaves else set()
            joins = found.answer != "approved" and approvals.get(found.id).waits
            self.waits |= {who} if yes and joins else set()

    # -- what time and staff do

    @rule(days=some.integers(1, 3), gone=some.booleans())
    def days_pass(self, days: int, gone: bool) -> None:
        """For places that are held; messages have `gone` meanwhile or not."""
        now = clock.now()
        if gone:
            db.session.execute(
                update(Message).where(Message.state == "queued").values(state="sent", sent_at=now)
            )
        db.session.execute(
            update(Offer)
            .where(Offer.state == "open")
            .values(expires_at=Offer.expires_at - timedelta(days=days))
        )
        self.tend()

    def tend(self) -> None:
        for _ in jobs.tend():
            pass

    @rule(d=DATES)
    def cancel_a_date(self, d: int) -> None:
        """Its people wait again; there is another in its place."""
        cohort_id, by = self.dates[d], self.world.coordinator
        back = {person_id for person_id, on in self.placed() if on == cohort_id}
        fate = Fate("waiting")
        cancelling.cancel(cohort_id, reason="Flood", fate=fate, by=by)
        self.waits |= back
        self.dates[d] = self.another().id
        self.tend()

    @rule(d=DATES, near=some.booleans(), n=some.integers(1, 28))
    def move_a_date(self, d: int, near: bool, n: int) -> None:
        """To a day in May, or to noon today: too near to hold places."""
        now = edits.current(cohorts.facts(self.dates[d]))
        day, hour = (clock.today(), 12) if near else (date(2027, 5, n), 9)
        start, end = clock.at(day, time(hour)), clock.at(day, time(hour + 3))
        one, *rest = now.sessions
        moved = replace(one, start=start, end=end)
        self.change(d, replace(now, sessions=(moved, *rest)))

    def change(self, d: int, edit: Edit) -> None:
        by = self.world.coordinator
        if self.tried(lambda: changing.propose(self.dates[d], edit, by=by)):
            self.tried(lambda: changing.apply(self.dates[d], by=by))

    @rule(k=ANY, to=some.integers(1, 6))
    def move(self, k: int, to: int) -> None:
        line = queue.line(self.world.course.id)
        if line:
            row, by = line[k % len(line)], self.world.coordinator
            self.tried(lambda: moving.move(row.id, to, by=by, why="Agreed"))

    @rule(k=ANY, m=ANY)
    def pair(self, k: int, m: int) -> None:
        line = queue.line(self.world.course.id)
        if line:
            one, other = line[k % len(line)], line[m % len(line)]
            by = self.world.coordinator
            self.tried(lambda: pairs.make(one.id, other.id, by=by))

    @rule(capacity=some.integers(1, 4))
    def change_capacity(self, capacity: int) -> None:
        self.change(0, replace(edits.current(cohorts.facts(self.dates[0])), capacity=capacity))

    # -- what must be true

    @invariant()
    def no_date_is_oversold(self) -> None:
        held = Booking.state.in_(("booked", "offered"))
        rows = db.session.execute(
            select(Cohort.capacity, Cohort.seats_taken, func.count(Booking.id).filter(held))
            .outerjoin(Booking, Booking.cohort_id == Cohort.id)
            .group_by(Cohort.id)
        )
        assert all(taken == counted <= capacity for capacity, taken, counted in rows)

    @invariant()
    def no_place_is_free_that_somebody_waits_for(self) -> None:
        assert [first(one, self.elsewhere) for one in self.dates] == [[], []]

    @invariant()
    def no_place_is_offered_that_is_somebody_elses(self) -> None:
        assert wrongly_offered(self.offered, self.elsewhere) == []

    @invariant()
    def nobody_is_lost(self) -> None:
        live = db.session.execute(
            select(Waiting.person_id, Waiting.state).where(Waiting.closed_at.is_(None))
        ).all()
        assert sorted(person_id for person_id, _ in live) == sorted(self.waits)
        open_ = db.session.execute(
            select(Waiting.person_id, Booking.state)
            .join(Offer, Offer.waiting_id == Waiting.id)
            .join(Booking, Booking.id == Offer.booking_id)
            .where(Offer.state == "open")
        ).all()
        assert sorted(p for p, _ in open_) == sorted(p for p, state in live if state == "offered")
        held = select(func.count()).where(Booking.state == "offered")
        assert {state for _, state in open_} <= {"offered"}
        assert db.session.scalar(held) == len(open_)

    @invariant()
    def of_a_pair_both_wait_are_offered_places_or_have_them_and_nobody_is_half_of_one(self) -> None:
        rows = db.session.execute(
            select(
                func.count(),
                func.count(func.distinct(Waiting.state)),
                func.count(func.distinct(Offer.cohort_id)),
            )
            .outerjoin(Offer, (Offer.waiting_id == Waiting.id) & (Offer.state == "open"))
            .where(Waiting.pair_id.is_not(None))
            .group_by(Waiting.pair_id)
        )
        assert all((number, states) == (2, 1) and dates <= 1 for number, states, dates in rows)

    @invariant()
    def both_of_a_pair_are_held_until_the_same_moment(self) -> None:
        rows = db.session.scalars(
            select(func.count(func.distinct(Offer.expires_at)))
            .join(Waiting, Waiting.id == Offer.waiting_id)
            .where(Offer.state == "open", Waiting.pair_id.is_not(None))
            .group_by(Waiting.pair_id)
        )
        assert all(moments == 1 for moments in rows)

    @invariant()
    def nobody_has_a_place_that_a_manager_declined(self) -> None:
        declined = (
            select(Booking.id)
            .join(Approval, Approval.booking_id == Booking.id)
            .where(Booking.state == "booked", Approval.answer == "declined")
        )
        assert db.session.scalars(declined).all() == []


@pytest.mark.parametrize("asks", [False, True], ids=["books", "asks a manager"])
def test_no_order_of_events_oversells_passes_over_or_loses_anybody(
    world: World, asks: bool
) -> None:
    class Here(Machine):
        pass

    Here.world, Here.asks = world, asks
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=6,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
