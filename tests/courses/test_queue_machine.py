"""Whatever people do in whatever order: no seat is sold twice, nobody is passed over, nobody lost.

A machine of hypothesis books, cancels, joins, leaves, moves, pairs, answers offers and lets them
lapse, on a real database; after each step the promises are looked at.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

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

from courses.models import Booking, Cohort, Offer, Waiting
from courses.queries import cohorts, explaining, offers, queue
from courses.queries import waiting as waiting_list
from courses.queries.offers import OfferRow
from courses.services import booking, changing, edits, waiting
from courses.services.queue import answering, jobs, moving, pairs
from lms import clock
from lms.contracts import Actor
from lms.db import Complaint, Complaints, db
from lms.errors import Conflict
from lms.messages.models import Message
from tests import factories as make
from tests.courses.conftest import World, oneself

PEOPLE = some.integers(0, 5)
DATES = some.integers(0, 1)
ANY = some.integers(0, 11)


class Machine(RuleBasedStateMachine):
    """Six people and two dates of one course, which three of them fill; one works elsewhere."""

    world: World

    @initialize(paired=some.booleans())
    def begin(self, paired: bool) -> None:
        """One savepoint for each example; its end takes everything back."""
        self.savepoint = db.session.begin_nested()
        db.session.connection()
        world = self.world
        other = make.cohort(world.edition, world.place, code="BE-02", capacity=1)
        make.session(other, date(2027, 4, 8))
        db.session.execute(update(Cohort).where(Cohort.id == world.cohort.id).values(capacity=2))
        self.dates = [world.cohort.id, other.id]
        far = make.organisation(locality_id=make.locality().id)
        self.people = [make.person(organisation_id=far.id if n == 5 else None) for n in range(6)]
        self.waits = {one.id for one in self.people[3:]}
        for n, cohort_id in enumerate((world.cohort.id, world.cohort.id, other.id)):
            booking.book_oneself(cohort_id, self.people[n].id, by=oneself(self.people[n]))
        for one in self.people[3:]:
            waiting.join(world.course.id, one.id, by=oneself(one))
        if paired:
            first, second, *_ = queue.line(world.course.id)
            pairs.make(first.id, second.id, by=world.coordinator)

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

    def who(self, person_id: uuid.UUID) -> Actor:
        return next(oneself(one) for one in self.people if one.id == person_id)

    def an_offer(self, k: int) -> OfferRow | None:
        open_ = offers.of_course(self.world.course.id)
        return open_[k % len(open_)] if open_ else None

    def has_place(self, who: uuid.UUID, cohort_id: uuid.UUID) -> bool:
        held = select(Booking.id).where(
            Booking.person_id == who, Booking.cohort_id == cohort_id, Booking.state == "booked"
        )
        return db.session.scalar(held) is not None

    # -- what people do

    @rule(n=PEOPLE, d=DATES)
    def book(self, n: int, d: int) -> None:
        who, cohort_id = self.people[n], self.dates[d]
        past = waiting_list.passed_over(cohorts.facts(cohort_id), [who.id])
        held = offers.open_of(cohort_id, who.id)
        had = self.has_place(who.id, cohort_id)
        self.tried(lambda: booking.book_oneself(cohort_id, who.id, by=oneself(who)))
        if not had and self.has_place(who.id, cohort_id):
            assert held or not past
            self.waits.discard(who.id)

    @rule(n=PEOPLE, d=DATES, why=some.sampled_from(["", "Agreed with her team"]))
    def book_by_hand(self, n: int, d: int, why: str) -> None:
        who, cohort_id = self.people[n].id, self.dates[d]
        past = waiting_list.passed_over(cohorts.facts(cohort_id), [who])
        held = offers.open_of(cohort_id, who)
        by = self.world.coordinator
        if self.tried(lambda: booking.book_other(cohort_id, who, by=by, reason=why)):
            assert held or why or not past
            if self.has_place(who, cohort_id):
                self.waits.discard(who)

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
            together = {one.person_id for one in offers.of_pair(held)}
            after = answering.accept(held.id, by=self.who(held.person_id))
            self.waits -= together if after.state == "accepted" else set()

    @rule(k=ANY, leave=some.booleans())
    def decline(self, k: int, leave: bool) -> None:
        if held := self.an_offer(k):
            answering.decline(held.id, leave=leave, by=self.who(held.person_id))
            self.waits -= {held.person_id} if leave else set()

    # -- what time and staff do

    @rule()
    def lapse(self) -> None:
        now = clock.now()
        db.session.execute(
            update(Message).where(Message.state == "queued").values(state="sent", sent_at=now)
        )
        db.session.execute(
            update(Offer).where(Offer.state == "open").values(expires_at=now - timedelta(seconds=1))
        )
        for _ in jobs.tend():
            pass

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
        by = self.world.coordinator
        now = edits.current(cohorts.facts(self.dates[0]))
        if self.tried(
            lambda: changing.propose(self.dates[0], replace(now, capacity=capacity), by=by)
        ):
            changing.apply(self.dates[0], by=by)

    # -- what must be true

    @invariant()
    def no_date_is_oversold(self) -> None:
        held = Booking.state.in_(("booked", "offered"))
        rows = db.session.execute(
            select(Cohort.capacity, Cohort.seats_taken, func.count(Booking.id).filter(held))
            .outerjoin(Booking, Booking.cohort_id == Cohort.id)
            .where(Cohort.id.in_(self.dates))
            .group_by(Cohort.id)
        )
        assert all(taken == counted <= capacity for capacity, taken, counted in rows)

    @invariant()
    def no_place_is_free_that_somebody_waits_for(self) -> None:
        dates = [cohorts.facts(one) for one in self.dates]
        found = waiting_list.next_in_line(dates)
        assert [chosen for chosen, _ in found.values() if chosen] == []

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
    def a_pair_waits_or_is_offered_places_together(self) -> None:
        rows = db.session.execute(
            select(
                Waiting.pair_id,
                func.count(),
                func.count(func.distinct(Waiting.state)),
                func.count(func.distinct(Offer.cohort_id)),
            )
            .outerjoin(Offer, (Offer.waiting_id == Waiting.id) & (Offer.state == "open"))
            .where(Waiting.pair_id.is_not(None), Waiting.closed_at.is_(None))
            .group_by(Waiting.pair_id)
        )
        assert all((number, states) == (2, 1) and dates <= 1 for _, number, states, dates in rows)


def test_no_order_of_events_oversells_passes_over_or_loses_anybody(world: World) -> None:
    class Here(Machine):
        pass

    Here.world = world
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=8,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
