"""The words of every answer that the room stores as a code, in the order in which they are shown.

Models check the codes, forms offer them, pages and reports say them.
"""

from __future__ import annotations

MOST_OBJECTIVES = 5
MONTHS = (1, 3, 6)
"""A pledge is asked about so many calendar months after it was made."""

STRENGTHS = {
    1: "I’ll see",
    2: "I’ll try",
    3: "I intend to",
    4: "I am determined",
    5: "Nothing will stop me",
}
WEIGHTS = {1: "As much as the others", 2: "Twice as much", 3: "Three times as much"}

OUTCOMES = {
    "not_started": "Not started",
    "partly": "Partly done",
    "fully": "Fully done",
    "no_longer_relevant": "No longer relevant",
}
BARRIERS = {
    "time": "Not enough time with parents",
    "caseload": "Too much other work",
    "chance": "The chance did not come up",
    "unsure": "I was not sure how to",
    "parents": "Parents did not want to talk",
    "safety": "Worries about abuse, so it was not the right thing",
    "onward": "Nowhere to send them, or a long wait",
    "manager": "No support from manager or team",
    "forms": "Our forms and systems do not ask",
    "job": "My job changed",
    "other": "Something else",
}
HELPS = {
    "manager": "My manager",
    "colleagues": "Colleagues",
    "network": "Other ambassadors",
    "materials": "Tools and materials",
    "practice": "Doing it a few times",
    "supervision": "Talking it over in supervision",
    "onward": "Knowing where to send parents",
    "forms": "A prompt in our forms",
    "refresher": "A refresher or another course",
    "other": "Something else",
}
SUPPORT = {1: "Not at all", 2: "A little", 3: "Somewhat", 4: "Quite well", 5: "Very well"}
NO_MANAGER = "No manager"
GOALS = {
    -2: "Much less than I hoped",
    -1: "Less",
    0: "What I hoped",
    1: "More",
    2: "Much more",
}

USES = {
    "bulletin": "The ambassadors’ bulletin",
    "training": "Training courses",
    "reports": "Reports to those who pay for the programme",
    "public": "Our website and other public places",
}
"""Where a case study may be used."""
NAMING = {"name": "My name", "role": "My job, without my name", "neither": "Neither"}
CONSENTS = {
    1: "I wrote this myself and agree that it is used in the places I ticked, until the date I "
    "gave. I can take it back at any time.",
}
"""What a writer agrees to, by version: a case study keeps the number of what was agreed."""
CONSENT = max(CONSENTS)
