"""Every message as it is rendered: how it opens and ends, and that its sentences are sentences."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lms.contracts import SYSTEM
from lms.messages import wording
from lms.messages.wording import LONGEST_SUBJECT
from lms.web import words

ROOT = Path(__file__).parents[2]
FRAME = '{% extends "messages/frame.txt" %}'
TEMPLATES = sorted(
    str(file).partition("templates/")[2]
    for room in ("lms", "courses", "surveys", "certificates", "plugins")
    for file in (ROOT / room).rglob("templates/**/*.txt")
    if FRAME in file.read_text()
)
TEAM = "Workforce development team"
SESSION = {
    "date": "Thursday 18 February 2027",
    "time": "9:30am to 3:30pm",
    "where": "Hatfield Innovation Centre, Elm Room, College Lane, Hatfield",
    "link": "",
}
VALUES = {
    "again": False,
    "answer_by": "5pm on Thursday 3 December 2026",
    "answer_by_date": "30 Nov 2026",
    "answer_by_day": "30 Nov",
    "answered": 2,
    "arrival": "9:15am",
    "booked": 18,
    "begins": "Thursday 18 February 2027",
    "bring": "a pen; everything else is there",
    "can_change": "Your place can change: people go first when they are ambassadors. After that, "
    "places go in the order of joining.",
    "changed_by": "Priya Nair",
    "changes": ["Arrive from: was 9am, now 9:15am"],
    "closes": "10am on Thursday 18 February 2027",
    "code": "MYB-01",
    "course": "Me, You and Baby Too",
    "date": "18 February 2027",
    "dates": "from 18 to 25 February 2027",
    "day_phone": "01632 960 011",
    "deadline": "5pm on Tuesday 1 December 2026",
    "due": ["27 June 2026", "27 August 2026", "27 November 2026"],
    "ended": "18 February 2027",
    "expected": 19,
    "getting_there": ["Step-free access: lift to the first floor", "Parking: behind the building"],
    "first": "Last reminder: Me, You and Baby Too survey",
    "held": True,
    "hours": "6 h",
    "hours_words": "6 participatory hours · 1 CPD hour",
    "kind": "completion",
    "kind_words": "attended 4 of 6 hours of",
    "lines": [
        {"text": "March 2027: how many conversations?", "by": "", "link": "[Open]{{link i1-a}}"},
        {"text": "Your certificate", "by": "5pm on Monday 1 March 2027", "link": ""},
    ],
    "lunch": "bring your own",
    "manager": "Helen Marshfield",
    "month": "September 2026",
    "months": "12 months",
    "name": "Josie Zaman",
    "notes": "",
    "nth": "2nd",
    "number": "VV9X-HQV1-4XSD",
    "objectives": 3,
    "of": 5,
    "off": [SESSION],
    "old_number": "T057-W5CT-S791",
    "on_record": False,
    "pair": True,
    "paragraphs": [["Thank you to everybody.", "More soon."]],
    "place": "1st of 2",
    "pledge": True,
    "put_forward": True,
    "reason": "the trainer is unwell",
    "returned": 1,
    "session": SESSION,
    "sessions": [SESSION, SESSION],
    "shared": True,
    "short_date": "18 Feb 2027",
    "speaks_of_abuse": True,
    "strength": 4,
    "subject_line": "Ambassadors' bulletin: autumn",
    "takes": "about 2 minutes",
    "things": ["the pledge", "2 ambassadors to look after"],
    "trainers": "Gwen Ashdown",
    "until": "5pm on Tuesday 1 December 2026",
    "until_date": "30 Nov 2026",
    "until_time": "11:30am",
    "verify_url": "https://training.example/verify/VV9X-HQV1-4XSD",
    "volunteered": False,
    "weekday": "Wednesday",
    "weekday_date": "Thursday 18 February 2027",
    "what": "Choose another date when it suits you.",
    "why": "you joined on 28 November 2026",
}
MAY_LACK = (
    "answered", "arrival", "begins", "booked", "bring", "closes", "ended", "held", "hours_words",
    "lunch", "notes", "off", "pair", "place", "pledge", "put_forward", "returned", "sessions",
    "shared", "short_date", "speaks_of_abuse", "trainers", "weekday_date", "why",
)  # fmt: skip
NEEDS = {"ambassadors/mail/last_reminder.txt": "closes", "courses/messages/waiting.txt": "why"}
"""What may be missing elsewhere, but not here."""
CASES = {
    "full": {},
    "bare": {name: type(VALUES[name])() for name in MAY_LACK},
    "said yes": {"volunteered": True, "on_record": True, "kind": "attendance"},
    "asked again": {"again": True, "objectives": 1, "returned": 7},
}
MONTHS = {"ambassadors/mail/check_in.txt": (1, 3, 6)}


def rendered():
    """Each template with everything said, with what may be missing left out, and by its cases."""
    for template in TEMPLATES:
        for case, said in CASES.items():
            values = {name: one for name, one in said.items() if name != NEEDS.get(template)}
            for months in MONTHS.get(template, (VALUES["months"],)):
                known = VALUES | values | {"months": months}
                yield pytest.param(template, known, id=f"{template} {case} {months}")


def test_there_are_templates_of_every_room():
    assert {one.partition("/")[0] for one in TEMPLATES} == {
        "ambassadors", "certificates", "courses", "messages", "surveys",
    }  # fmt: skip


@pytest.mark.parametrize(("template", "values"), list(rendered()))
def test_every_message_opens_and_ends_alike_and_reads_as_sentences(session, template, values):
    subject, body = wording.make(template, values, first_name="Amara", by=SYSTEM)

    assert 0 < len(subject) <= LONGEST_SUBJECT, subject
    assert body.startswith("Hello Amara,\n\n")
    said, ends, why = body.partition(
        f"\n\n{TEAM}, Demonstration Council\n\nReply to this e-mail or call 01632 960 000.\n\n"
    )
    assert ends
    assert re.fullmatch(r"You are getting this because \S.*[^. ]\.", why), why
    told = f"{subject}\n{said}\n{why}"
    assert told.count(TEAM) == len(re.findall(rf"[Tt]he {TEAM}", told))
    wrong = re.search(
        r"  | [.,;:](?!\S)|[.,;:]{2}|[.!?]”\.|\n[.,;]|\bNone\b|\(\)|Reason: [a-z.]", told
    )
    assert not wrong, f"{wrong}: {told}"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (TEAM, f"the {TEAM}"),
        ("The Family Team", "the Family Team"),
        ("the family team", "the family team"),
        ("Theatre in Schools", "the Theatre in Schools"),
    ],
)
def test_a_team_has_one_article_within_a_sentence(name, said):
    assert words.the(name) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("No room", "No room."),
        ("No room.", "No room."),
        ("Why not?", "Why not?"),
        ("They said “no.”", "They said “no.”"),
        ("They said “no”", "They said “no”."),
        ("(so far…)", "(so far…)"),
        ("", ""),
    ],
)
def test_a_text_ends_as_a_sentence_once(text, said):
    assert words.full_stop(text) == said
