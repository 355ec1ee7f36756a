"""The step of scheduling that gives each session its room and its trainers.

`courses.views.schedule` opens it; what is taken is said while it is chosen, or by the button that
checks, and stops it here. A room that is small for the places is only said.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from functools import cached_property
from typing import Any

from flask import request

from courses.forms.schedule import NEW, ONLINE, SAME, PlacesForm
from courses.queries import clashes, planning, venues, waiting
from courses.queries.clashes import Taken
from courses.queries.planning import Planned
from courses.services import schedule as service
from courses.services import venues as rooms
from courses.views.steps import Step
from courses.views.venues import described
from lms import web
from lms.db import Complaint

CHECK = "check"


class Where(Step):
    """4 Where and who."""

    number = planning.WHERE
    template = "courses/schedule_places.html"

    def make(self) -> PlacesForm:
        """A room or link and trainers for each session."""
        people = planning.trainer_people([t for one in self.sessions for t in one.trainer_ids])
        form = PlacesForm(
            data={"sessions": [self._entry(n, one, people) for n, one in enumerate(self.sessions)]}
        )
        own = [one for one, _ in self.cohort.localities]
        form.offer(
            [(str(one.id), one.name) for one in venues.to_choose(self.actor, own)],
            [(one.id, one.name) for one in planning.trainers(self.cohort.provider_key)],
        )
        return form

    def _entry(
        self, number: int, session: Planned, people: dict[uuid.UUID, uuid.UUID]
    ) -> dict[str, Any]:
        first = self.sessions[0]
        venue = str(session.venue_id) if session.venue_id else ONLINE if session.link else None
        if number and (session.venue_id, session.link) == (first.venue_id, first.link):
            venue = SAME
        same = number and session.trainer_ids == first.trainer_ids
        who = [] if same else [people[one] for one in session.trainer_ids if one in people]
        return {"venue": venue, "link": session.link, "trainers": who}

    def check(self) -> bool:
        """A link where it is online, a name for a new venue, rooms and trainers that are free."""
        self.again = CHECK in request.form
        checked: bool = self.form.check()
        if not checked or len(self.form.sessions) != len(self.sessions):
            return False
        found = self._taken(self._chosen())
        for one in found:
            self.form.add_complaint(Complaint(f"sessions-{one.number - 1}-{one.what}", one.text))
        return not found

    def save(self) -> None:
        """Keep rooms and trainers; sessions left empty are as the first."""
        new = self._new_venue() if self.form.wants_new else None
        trainers = service.trainers_of(self._people(), self.cohort.provider_key)
        service.set_places(self.cohort.id, self._placed(trainers, new), by=self.actor)
        if self.again:
            dated = all(one.times for one in self.sessions)
            web.say(
                "Nothing is taken" + ("" if dated else ", as far as dates are chosen"),
                detail="Your answers are kept. Press Continue to go on.",
            )

    def said(self) -> dict[str, str]:
        """What is wrong with the present choice, by the id of the place on the page for it."""
        sessions = self._chosen() if self.form.is_submitted() else self.sessions
        texts = {
            f"sessions-{number}-{what}-said": ""
            for number in range(len(self.sessions))
            for what in ("venue", "trainers")
        }
        for one in [*self._taken(sessions), *self._too_small(sessions)]:
            name = f"sessions-{one.number - 1}-{one.what}-said"
            texts[name] = f"{texts[name]} {one.text}.".strip()
        return texts

    @cached_property
    def elsewhere(self) -> list[str]:
        """Who waits for the course and is at another one at these times: each a sentence."""
        waits = {row.person_id: row.shown for row in waiting.of_course(self.course.id, self.actor)}
        times = [one.times for one in self.sessions if one.times]
        found = {one.subject_id: one for one in clashes.of_people(self.actor, list(waits), times)}
        return [replace(one, subject=waits[key]).of_person() for key, one in found.items()]

    def _too_small(self, sessions: list[Planned]) -> list[Taken]:
        known = venues.by_id(one.venue_id for one in sessions)
        return [
            Taken(number, "venue", text)
            for number, one in enumerate(sessions, 1)
            if one.venue_id in known
            and (text := known[one.venue_id].too_small(self.cohort.capacity))
        ]

    def _taken(self, sessions: list[Planned]) -> list[Taken]:
        found = planning.taken(self.actor, sessions, self.cohort)
        return [one for one in found if one.what != "day"]

    def _chosen(self) -> list[Planned]:
        """The sessions as chosen on the page, without making anything new."""
        if len(self.form.sessions) != len(self.sessions):
            return self.sessions
        return self._placed(
            planning.trainers_of_people(self._people(), self.cohort.provider_key), None
        )

    def _people(self) -> list[uuid.UUID]:
        return list({who for entry in self.form.sessions for who in entry.form.trainers.data})

    def _placed(self, trainers: dict[uuid.UUID, uuid.UUID], new: uuid.UUID | None) -> list[Planned]:
        kept: list[Planned] = []
        for planned, entry in zip(self.sessions, self.form.sessions, strict=True):
            one = self._session(planned, entry.form, new, trainers)
            first = kept[0] if kept else one
            if entry.form.venue.data in (SAME, None):
                one = replace(one, venue_id=first.venue_id, link=first.link)
            if not entry.form.trainers.data:
                one = replace(one, trainer_ids=first.trainer_ids)
            kept.append(one)
        return kept

    def _session(
        self,
        planned: Planned,
        form: Any,
        new: uuid.UUID | None,
        trainers: dict[uuid.UUID, uuid.UUID],
    ) -> Planned:
        chosen = form.venue.data
        known = chosen not in (ONLINE, NEW, SAME, None) and form.venue.offered(chosen)
        return replace(
            planned,
            venue_id=uuid.UUID(chosen) if known else new if chosen == NEW else None,
            link=form.link.data if chosen == ONLINE else "",
            trainer_ids=tuple(trainers[who] for who in form.trainers.data if who in trainers),
        )

    def _new_venue(self) -> uuid.UUID:
        place = self.cohort.localities[0][0] if self.cohort.localities else None
        return rooms.add(described(self.form.new.form), locality_id=place, by=self.actor)
