"""An ambassador's own forms: the answer to the invitation, pledge, check-in, tally, case study."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from wtforms import FieldList, FormField

from lms import clock, web
from lms.ambassadors import codes, own_words
from lms.ambassadors.services.case_studies import PARTS, YEARS, Story
from lms.ambassadors.services.check_ins import Reply
from lms.ambassadors.services.pledging import NewWords
from lms.ambassadors.services.words import refuse_family_details
from lms.db import Complaint, Complaints

YES, NO, NOT_NOW = "yes", "no", "not_now"
BY_MONTHS = tuple((months, f"{months} month{'s' if months > 1 else ''}") for months in codes.MONTHS)
YES_NO = ((YES, "Yes"), (NO, "No"))
NO_WORDS, NO_MONTHS = "Write what you will do", "Choose by when"


def without_family_details(form: web.Form, fields: Iterable[Any]) -> bool:
    """Whether no family's detail stands in these fields; where one does, the form says so.

    Services refuse them too; asked here, they are said together with whatever else is wrong.
    """
    try:
        refuse_family_details({field.name: field.data for field in fields if field.data})
    except Complaints as found:
        form.add_complaint(found)
        return False
    return True


class AnswerForm(web.Form):
    """Yes or not now; who says not now says too whether we may ask again."""

    answer = web.RadioField(
        "Will you be an ambassador?",
        missing="Choose yes or not now",
        choices=((YES, "Yes, I’ll be an ambassador"), (NOT_NOW, "Not now")),
    )
    ask_again = web.RadioField("May we ask you again in six months?", choices=YES_NO)
    role_version = web.HiddenField()

    def check(self) -> bool:
        """Whether all that belongs to the answer was said."""
        if self.answer.data == NOT_NOW and self.ask_again.data is None:
            self.add_complaint(Complaint("ask_again", "Choose whether we may ask you again"))
            return False
        return True

    @property
    def version(self) -> int:
        """The version of the role that was on the page."""
        raw = self.role_version.data or ""
        return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 7 else 0


class WordsPart(web.Part):
    """One objective."""

    text = web.TextAreaField(
        "I will…",
        longest=200,
        rows=3,
        hint="What, with whom, how often? For example: ask about the parents’ relationship at "
        "every 6 to 8 week visit",
    )
    known_when = web.TextField(
        "I’ll know I have done it when… (optional)",
        longest=120,
        hint="For example: I have asked 10 families",
    )
    by_months = web.RadioField("By", choices=BY_MONTHS, coerce=int)

    @property
    def is_blank(self) -> bool:
        """Whether nothing of it was filled in, not even something that cannot be kept."""
        return not (self.text.data or self.known_when.data or self.by_months.data or self.errors)

    def complete(self) -> bool:
        """Whether it says what and by when; what is missing is said."""
        for field, sentence in ((self.text, NO_WORDS), (self.by_months, NO_MONTHS)):
            if not field.data and not field.errors:
                field.errors = [sentence]
        return not (self.text.errors or self.by_months.errors)

    @property
    def said(self) -> NewWords:
        """The objective as the service takes it."""
        return NewWords(self.text.data, self.by_months.data or 0, self.known_when.data)


class PledgeForm(web.Form):
    """Up to five objectives, one shown at first, and how they are meant."""

    objectives = FieldList(FormField(WordsPart), min_entries=1, max_entries=codes.MOST_OBJECTIVES)
    strength = web.RadioField(
        "How committed do you feel?",
        missing="Choose how committed you feel",
        choices=tuple((n, f"{n} {words}") for n, words in codes.STRENGTHS.items()),
        coerce=int,
    )
    share = web.RadioField(
        "Share my pledge with my manager",
        missing="Choose whether to share your pledge with your manager",
        hint="They would see what you pledge, but never what you say about how it is going.",
        choices=YES_NO,
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether all of it is right; everything that is not is said at once."""
        right = super().validate(extra_validators)
        parts = [self.objectives[n].form for n in self.filled]
        for part in parts:
            right = part.complete() and right
        fields = [field for part in parts for field in (part.text, part.known_when)]
        return without_family_details(self, fields) and right

    @property
    def filled(self) -> list[int]:
        """The places of the objectives that count: what was left empty after the first does not."""
        parts = list(self.objectives)
        return [n for n, part in enumerate(parts) if n == 0 or not part.form.is_blank]

    @property
    def said(self) -> list[NewWords]:
        """The objectives in order."""
        parts = list(self.objectives)
        return [parts[n].form.said for n in self.filled]

    def complain(self, complaints: Complaint | Complaints) -> None:
        """Show complaints about the objectives that count at their places in the form."""
        several = complaints.complaints if isinstance(complaints, Complaints) else (complaints,)
        for one in several:
            self.add_complaint(Complaint(re.sub(r"\d+", self._place, one.field), one.text))

    def _place(self, number: re.Match[str]) -> str:
        return str(self.filled[int(number[0])])

    def add_objective(self) -> None:
        """One more, empty, where there are fewer than five."""
        if len(self.objectives) < codes.MOST_OBJECTIVES:
            self.objectives.append_entry()

    @property
    def may_add(self) -> bool:
        """Whether another objective can be added."""
        return len(self.objectives) < codes.MOST_OBJECTIVES


class RewordForm(web.Form):
    """An objective in other words, and how much it counts."""

    text = web.TextAreaField("I will…", missing=NO_WORDS, longest=200, rows=3)
    known_when = web.TextField("I’ll know I have done it when… (optional)", longest=120)
    by_months = web.RadioField("By", missing=NO_MONTHS, choices=BY_MONTHS, coerce=int)
    weight = web.RadioField(
        "How much does it count compared with your other objectives? (optional)",
        choices=tuple(codes.WEIGHTS.items()),
        coerce=int,
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether all of it is right; everything that is not is said at once."""
        right = super().validate(extra_validators)
        return without_family_details(self, (self.text, self.known_when)) and right

    @property
    def said(self) -> NewWords:
        """The words as the service takes them."""
        return NewWords(self.text.data, self.by_months.data or 0, self.known_when.data)


class ShareForm(web.Form):
    """Share the pledge with the manager, or not."""

    share = web.RadioField(
        "Share my pledge with my manager",
        missing="Choose whether to share your pledge with your manager",
        choices=YES_NO,
    )


Objectives = Sequence[tuple[uuid.UUID, int, str]]


class CheckInForm(web.Form):
    """What is asked once about the whole pledge; `check_in_form` adds a question an objective."""

    obstacles = web.CheckboxesField(
        "What got in the way?",
        hint="If something is not fully done. Choose all that apply.",
        choices=tuple(codes.BARRIERS.items()),
    )
    helped = web.CheckboxesField(
        "What helped?",
        hint="If something is partly or fully done. Choose all that apply.",
        choices=tuple(codes.HELPS.items()),
    )
    support = web.RadioField(
        "How well does your manager support you in this? (optional)",
        hint="We only add it up with other people’s answers. Nobody sees yours.",
        choices=(*codes.SUPPORT.items(), (0, codes.NO_MANAGER)),
        coerce=int,
    )
    sentence = web.TextAreaField(
        "In a sentence, what happened? (optional)",
        longest=300,
        rows=3,
        hint="Yours to tell: no names, no details of a family.",
    )
    seen = web.HiddenField()
    asked: Objectives = ()

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether all of it is right; everything that is not is said at once."""
        right = super().validate(extra_validators)
        return without_family_details(self, (self.sentence,)) and right

    @property
    def error_summary(self) -> list[web.Problem]:
        """In the order of the page: the objectives come first."""
        return sorted(super().error_summary, key=lambda one: not one.href.startswith("#status"))

    def status_of(self, position: int) -> Any:
        """The question about an objective."""
        return self[f"status_{position}"]

    def goal_of(self, position: int) -> Any:
        """The goal scale of an objective."""
        return self[f"goal_{position}"]

    @property
    def reply(self) -> Reply:
        """The answers as the service takes them."""
        return Reply(
            outcomes={
                key: (self.status_of(n).data or "", self.goal_of(n).data)
                for key, n, _ in self.asked
            },
            obstacles=self.obstacles.data,
            helped=self.helped.data,
            support=self.support.data or None,
            no_manager=self.support.data == 0,
            sentence=self.sentence.data,
            fields={key: f"status_{n}" for key, n, _ in self.asked},
        )


def check_in_form(objectives: Objectives) -> CheckInForm:
    """The form for these objectives: how each is going, and the goal scale for who likes it."""
    fields: dict[str, Any] = {"asked": tuple(objectives)}
    for _, position, text in objectives:
        fields[f"status_{position}"] = web.RadioField(
            own_words.promise(text),
            missing=f"Choose how “{own_words.beginning(text, 40)}” is going",
            choices=tuple(codes.OUTCOMES.items()),
        )
        fields[f"goal_{position}"] = web.RadioField(
            f"“{own_words.beginning(text, 40)}”: compared with what you hoped",
            choices=tuple(codes.GOALS.items()),
            coerce=int,
        )
    made: CheckInForm = type("CheckInFormOfPledge", (CheckInForm,), fields)()
    return made


class TallyForm(web.Form):
    """Three numbers."""

    conversations = web.IntegerField(
        "Conversations about parents’ relationships",
        missing="Enter a whole number, like 3",
        largest=9999,
    )
    to_counselling = web.IntegerField(
        "Referrals to counselling", missing="Enter a whole number, like 3", largest=9999
    )
    to_mediation = web.IntegerField(
        "Referrals to mediation", missing="Enter a whole number, like 3", largest=9999
    )


class CaseStudyForm(web.Form):
    """A case study; a draft may be incomplete, what is sent may not."""

    situation = web.TextAreaField("What was the situation?", longest=2000, rows=5)
    action = web.TextAreaField("What did you do?", longest=2000, rows=5)
    change = web.TextAreaField("What changed?", longest=2000, rows=5)
    lesson = web.TextAreaField("What would you tell a colleague?", longest=2000, rows=5)
    uses = web.CheckboxesField(
        "Where may we use it?", hint="Choose all that apply.", choices=tuple(codes.USES.items())
    )
    naming = web.RadioField(
        "What may we say about who wrote it?", choices=tuple(codes.NAMING.items())
    )
    expires_on = web.DateField(
        "Until when may we use it?",
        hint=f"{YEARS} years, unless you change it. You can take it back at any time.",
    )
    consent = web.CheckboxField(codes.CONSENTS[codes.CONSENT])

    def check(self, *, send: bool) -> bool:
        """Whether it can be sent (a draft can always be kept)."""
        if not send:
            return True
        empty = {name: text for name, text in NEEDED.items() if not self[name].data}
        for name, text in empty.items():
            if not self[name].errors:
                self.add_complaint(Complaint(name, text))
        return not empty

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether what was written can be kept."""
        right = super().validate(extra_validators)
        return without_family_details(self, [self[part] for part in PARTS]) and right

    @property
    def story(self) -> Story:
        """What was written, with what a draft leaves open filled in."""
        until = self.expires_on.data or clock.add_months(clock.today(), 12 * YEARS)
        texts = {part: self[part].data for part in PARTS}
        return Story(
            **texts,
            uses=self.uses.data,
            naming=self.naming.data or "neither",
            expires_on=until,
        )


NEEDED = {
    "situation": "Write what the situation was",
    "action": "Write what you did",
    "change": "Write what changed",
    "lesson": "Write what you would tell a colleague",
    "uses": "Choose where we may use it",
    "naming": "Choose what we may say about who wrote it",
    "consent": "Tick the box to agree that we may use it",
}
"""What a case study that is sent must have; a draft may wait for it."""
