"""Where the demonstration happens: places with their ONS codes, employers, rooms.

The places are real; surgeries, services and rooms are made up, and so is everybody in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote_plus

LIFT = "Level entrance, lift to every floor, accessible toilet"
FREE = "Free on site, 2 spaces for blue badges"


@dataclass(frozen=True)
class Employer:
    """Somewhere people work or help; `site` is the end of its addresses (`.example`)."""

    name: str
    site: str
    jobs: tuple[str, ...]
    part_of: str = ""


@dataclass(frozen=True)
class Room:
    """A venue, with what the demonstration says about getting there."""

    name: str
    address: str
    seats: int
    step_free: str = "Level entrance, accessible toilet on the same floor"
    parking: str = ""

    @property
    def map_url(self) -> str:
        """A search for the address on a public map."""
        return f"https://www.openstreetmap.org/search?query={quote_plus(self.address)}"


@dataclass(frozen=True)
class Area:
    """A local authority's area with its employers and rooms."""

    name: str
    ons_code: str
    employers: tuple[Employer, ...]
    rooms: tuple[Room, ...] = ()


HERTFORDSHIRE = Area(
    "Hertfordshire",
    "E10000015",
    (
        Employer("Hertfordshire County Council", "herts", ("manager", "analyst")),
        Employer(
            "Hertfordshire Family Centres",
            "herts",
            ("early-years", "family-worker"),
            "Hertfordshire County Council",
        ),
        Employer(
            "Hertfordshire Families First",
            "herts",
            ("family-worker", "social-worker", "youth-worker"),
            "Hertfordshire County Council",
        ),
        Employer("Lea Valley Health Visiting", "leavalleyhealth", ("health-visitor",)),
        Employer("Dacorum Vale Health Visiting", "dacorumvale", ("health-visitor",)),
        Employer("Fairlands Surgery", "fairlandssurgery", ("gp", "practice-nurse")),
        Employer("Ver Valley Practice", "vervalley", ("gp", "practice-nurse")),
        Employer("Oakfield Nurseries", "oakfieldnurseries", ("early-years",)),
        Employer("Stort Schools Partnership", "stortschools", ("teacher", "school-staff")),
        Employer("Neighbourhood Police, Hertfordshire", "hertspolice", ("police",)),
        Employer("St Bride's Church", "stbrides", ("faith-volunteer",)),
        Employer("Hertfordshire Family Mediation", "hertsmediation", ("mediator",)),
    ),
    (
        Room(
            "Stevenage Library, Room 2",
            "Southgate, Stevenage",
            24,
            LIFT,
            "Pay and display at Southgate, 2 minutes on foot",
        ),
        Room("Hatfield Innovation Centre, Elm Room", "College Lane, Hatfield", 24, parking=FREE),
        Room(
            "County Hall, Committee Room B",
            "Pegs Lane, Hertford",
            30,
            LIFT,
            "Visitors park at the front; say your name at the gate",
        ),
        Room(
            "Hemel Hempstead Family Centre",
            "Marlowes, Hemel Hempstead",
            22,
            parking="None; the Water Gardens car park is next door",
        ),
        Room(
            "Watford Town Hall, Annexe", "Rickmansworth Road, Watford", 26, "Ramp at the side door"
        ),
    ),
)
GATESHEAD = Area(
    "Gateshead",
    "E08000037",
    (
        Employer("Gateshead Council", "gateshead", ("manager",)),
        Employer("Family intervention team", "gateshead", ("family-worker",), "Gateshead Council"),
        Employer("Tyne Health Visiting", "tynehealth", ("health-visitor",)),
        Employer(
            "Safeguarding and care planning", "gateshead", ("social-worker",), "Gateshead Council"
        ),
        Employer(
            "Youth offending team", "gateshead", ("youth-justice-worker",), "Gateshead Council"
        ),
        Employer(
            "Family group conference service",
            "gateshead",
            ("family-group-conference",),
            "Gateshead Council",
        ),
        Employer("Gateshead Children's Centres", "gateshead", ("early-years",)),
        Employer("Positive Pathways team", "gateshead", ("youth-worker",), "Gateshead Council"),
        Employer("Wearside Refuge", "wearsiderefuge", ("domestic-abuse",)),
    ),
    (
        Room(
            "Civic Centre, Bewick Room",
            "Regent Street, Gateshead",
            24,
            LIFT,
            "Pay and display behind the building",
        ),
        Room("Bensham Grove, Hall", "Bensham Road, Gateshead", 22, parking=FREE),
    ),
)
ESSEX = Area(
    "Essex",
    "E10000012",
    (
        Employer("Essex County Council", "essexcouncil", ("manager", "family-worker")),
        Employer(
            "Hill View Medical Practice",
            "hillviewpractice",
            ("gp", "practice-nurse", "practice-manager", "reception-manager"),
        ),
        Employer("Thameside Midwifery", "thamesidemidwives", ("midwife",)),
        Employer("Crouch Valley Health Visiting", "crouchvalley", ("health-visitor",)),
        Employer("Little Acorns Childcare", "littleacorns", ("early-years",)),
    ),
    (
        Room(
            "Basildon Family Hub, Room 1",
            "Southernhay, Basildon",
            30,
            parking="Pay and display at Great Oaks",
        ),
        Room(
            "Chelmsford Library, Upper Room",
            "Market Road, Chelmsford",
            18,
            LIFT,
            "Pay and display at High Chelmer",
        ),
    ),
)
LUTON = Area(
    "Luton",
    "E06000032",
    (
        Employer("Luton Council", "lutoncouncil", ("manager", "family-worker")),
        Employer("Lea Bank Midwifery", "leabank", ("midwife",)),
        Employer("Stockwood Health Visiting", "stockwoodhealth", ("health-visitor",)),
    ),
    (Room("Luton Central Library, Gallery", "St George's Square, Luton", 26, LIFT),),
)
BLACKPOOL = Area(
    "Blackpool",
    "E06000009",
    (
        Employer("Blackpool Council", "blackpool", ("manager", "family-worker", "social-worker")),
        Employer("Fylde Coast Early Years", "fyldeearlyyears", ("early-years", "youth-worker")),
    ),
    (
        Room(
            "Talbot Road Centre, Room 4",
            "Talbot Road, Blackpool",
            20,
            parking="Pay and display opposite",
        ),
    ),
)
DORSET = Area(
    "Dorset",
    "E06000059",
    (
        Employer("Dorset Council", "dorsetcouncil", ("manager", "family-worker", "social-worker")),
        Employer("Purbeck Parenting Service", "purbeckparenting", ("parenting-practitioner",)),
    ),
    (Room("Dorchester Family Hub, Main Room", "Acland Road, Dorchester", 20, parking=FREE),),
)
NORTHUMBERLAND = Area(
    "Northumberland",
    "E06000057",
    (
        Employer("Northumberland Council", "northumberland", ("manager", "family-worker")),
        Employer("Coquet Family Hubs", "coquethubs", ("early-years", "parenting-practitioner")),
    ),
    (
        Room(
            "Morpeth Family Hub, Room 3",
            "Bridge Street, Morpeth",
            20,
            "Ramp at the side door",
            FREE,
        ),
    ),
)
AREAS = (HERTFORDSHIRE, GATESHEAD, ESSEX, LUTON, BLACKPOOL, DORSET, NORTHUMBERLAND)
