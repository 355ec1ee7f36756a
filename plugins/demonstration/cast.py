"""Those of the demonstration with a part of their own: staff, and the personas a visitor may be.

`world` adds them; `runs` asks who coordinates and who trains.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lms.contracts import Role, ScopeKind
from plugins.demonstration.places import (
    BLACKPOOL,
    DORSET,
    ESSEX,
    GATESHEAD,
    HERTFORDSHIRE,
    LUTON,
    NORTHUMBERLAND,
    Area,
)

COUNCIL, PLACE, PROVIDER, PROGRAMME = (
    ScopeKind.ORGANISATION,
    ScopeKind.LOCALITY,
    ScopeKind.PROVIDER,
    ScopeKind.PROGRAMME,
)


@dataclass(frozen=True)
class Part:
    """A named person: `key` is how the programme calls them, `about` what a visitor will see."""

    key: str
    given: str
    family: str
    job: str
    area: Area
    employer: str = ""
    role: Role | None = None
    scope: ScopeKind = PLACE
    scope_of: str = ""
    about: str = ""
    has_email: bool = True

    @property
    def known(self) -> dict[str, Any]:
        """What is said of them beside their name and job."""
        said: dict[str, Any] = {"employer": self.employer} if self.employer else {}
        return said if self.has_email else said | {"email": None}


def _lead(key: str, given: str, family: str, area: Area, about: str = "") -> Part:
    council = next(one.name for one in area.employers if "manager" in one.jobs)
    return Part(key, given, family, "manager", area, council, Role.COORDINATOR, about=about)


STAFF = (
    _lead(
        "priya",
        "Priya",
        "Nair",
        HERTFORDSHIRE,
        "A coordinator's week: a full course, a register left unmarked, surveys about to close",
    ),
    _lead(
        "martin",
        "Martin",
        "Hollis",
        GATESHEAD,
        "57 people of seven teams on Think Couple; one day whose paper forms were lost",
    ),
    _lead(
        "joanne",
        "Joanne",
        "Adeyemi",
        ESSEX,
        "27 people of a surgery, midwifery and childcare at one workshop; its survey closes soon",
    ),
    _lead("farida", "Farida", "Khatun", LUTON),
    _lead("lewis", "Lewis", "Tarbuck", BLACKPOOL),
    _lead("imelda", "Imelda", "Strode", DORSET),
    _lead("alwyn", "Alwyn", "Charlton", NORTHUMBERLAND),
    Part(
        "sam",
        "Sam",
        "Ellery",
        "other",
        HERTFORDSHIRE,
        "Hertfordshire County Council",
        Role.TRAINER,
        PROVIDER,
        "oneplusone",
        "A trainer's registers, on a phone: one to mark now, one of last week",
    ),
    Part(
        "dele",
        "Dele",
        "Okonjo",
        "other",
        ESSEX,
        "Essex County Council",
        Role.TRAINER,
        PROVIDER,
        "oneplusone",
    ),
    Part(
        "naomi",
        "Naomi",
        "Feldgate",
        "psychologist",
        GATESHEAD,
        "Gateshead Council",
        Role.TRAINER,
        PROVIDER,
        "tavistock",
    ),
    Part(
        "gwen",
        "Gwen",
        "Ashdown",
        "mediator",
        HERTFORDSHIRE,
        "",
        Role.TRAINER,
        PROVIDER,
        "hertfordshire_mediation",
    ),
    Part(
        "ruth",
        "Ruth",
        "Calder",
        "manager",
        HERTFORDSHIRE,
        "Hertfordshire County Council",
        Role.ADMINISTRATOR,
        PROGRAMME,
        "",
        "People, organisations, roles, plugins and the audit trail",
    ),
    Part(
        "tomasz",
        "Tomasz",
        "Zielinski",
        "analyst",
        HERTFORDSHIRE,
        "",
        Role.ANALYST,
        PROGRAMME,
        "",
        "What a commissioner's analyst sees: counts and no names",
    ),
    Part(
        "helen",
        "Helen",
        "Marshfield",
        "manager",
        HERTFORDSHIRE,
        "Hertfordshire County Council",
        Role.MANAGER,
        COUNCIL,
        "Hertfordshire Family Centres",
        "A manager's own team, and nobody else's",
    ),
)
TRAINEES = (
    Part(
        "amara",
        "Amara",
        "Okafor",
        "health-visitor",
        HERTFORDSHIRE,
        "Lea Valley Health Visiting",
        about="Booked on a course this week; five questions to answer first",
    ),
    Part(
        "beth",
        "Beth",
        "Lyons",
        "early-years",
        HERTFORDSHIRE,
        "Hertfordshire Family Centres",
        about="Half-way through four sessions; came late to one",
    ),
    Part(
        "daniel",
        "Daniel",
        "Whitmore",
        "gp",
        HERTFORDSHIRE,
        "Fairlands Surgery",
        about="A GP with a certificate; asked months later whether he used it",
    ),
    Part(
        "dilys",
        "Dilys",
        "Rowe",
        "health-visitor",
        HERTFORDSHIRE,
        "Lea Valley Health Visiting",
        Role.TRAINER,
        PROVIDER,
        "oneplusone",
        "An ambassador who trains too; six months after her pledge she is asked what came of it",
    ),
    Part(
        "hamid",
        "Hamid",
        "Rostami",
        "family-worker",
        HERTFORDSHIRE,
        "Hertfordshire Families First",
        about="On the waiting list of a course that is full",
    ),
    Part(
        "joyce",
        "Joyce",
        "Tilling",
        "faith-volunteer",
        HERTFORDSHIRE,
        "St Bride's Church",
        about="A volunteer without e-mail, whose messages the team prints",
        has_email=False,
    ),
    Part(
        "chloe",
        "Chloe",
        "Dunmore",
        "practice-nurse",
        ESSEX,
        "Hill View Medical Practice",
        about="Finished the Basildon workshop; the survey after is half answered",
    ),
)
PERSONAS = (
    "priya",
    "sam",
    "amara",
    "beth",
    "daniel",
    "dilys",
    "hamid",
    "joyce",
    "martin",
    "joanne",
    "chloe",
    "helen",
    "tomasz",
    "ruth",
)
"""Whom a visitor may be, in the order of the page."""
LEADS = {part.area.name: part.key for part in STAFF if part.role is Role.COORDINATOR}
"""Who coordinates each place."""
