"""The form of a room: where it is, how many it holds, how one gets there."""

from __future__ import annotations

from lms import web
from lms.db import Complaint


class VenueForm(web.Form):
    """A room on a page of its own."""

    name = web.TextField("Name of the venue and room", hint="Like: Stevenage Library, Room 2")
    address = web.TextField("Address (optional)", longest=500)
    capacity = web.IntegerField(
        "How many people it holds (optional)", smallest=1, largest=5000, like=20
    )
    step_free = web.TextField(
        "Step-free access (optional)",
        hint="Like: level entrance, lift to the first floor, accessible toilet",
        longest=300,
    )
    parking = web.TextField(
        "Parking (optional)", hint="Like: free behind the building, 3 blue badge bays", longest=300
    )
    map_url = web.TextField("Link to a map (optional)", hint="Begins with https://", longest=500)

    def complaints(self, prefix: str = "") -> list[Complaint]:
        """What is missing or cannot be opened."""
        found = []
        if not self.name.data and not self.name.errors:
            found.append(Complaint(f"{prefix}name", "Enter the name of the venue and room"))
        link = self.map_url.data
        if link and not link.startswith(("https://", "http://")):
            found.append(Complaint(f"{prefix}map_url", "Link to a map must begin with https://"))
        return found

    def check(self) -> bool:
        """Whether a room's own page may be saved."""
        found = self.complaints()
        for one in found:
            self.add_complaint(one)
        return not found


class ChangeVenueForm(VenueForm, web.VersionedForm):
    """A room that is there."""


class NewVenue(web.Part, VenueForm):
    """A room that is added while a cohort is scheduled."""
