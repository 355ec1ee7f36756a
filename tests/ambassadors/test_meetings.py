"""Who was at a meeting, said by two colleagues at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from lms.ambassadors.models import NetworkAttendance
from lms.db import db
from lms.people.models import Person
from lms.testing import Frozen
from lms.testing.client import PageClient
from tests.ambassadors import making
from tests.ambassadors.making import world
from tests.people.test_people_pages import fields_of

AsPerson = Callable[[Person], PageClient]
pytestmark = pytest.mark.usefixtures("session")
FIELDS = {
    "title": "Spring meeting", "place": "12 High Street", "start": "2pm", "end": "4pm",
    "day-day": "10", "day-month": "3", "day-year": "2027",
}  # fmt: skip


def test_who_was_there_is_only_what_was_changed_on_the_page(
    as_person: AsPerson, frozen: Frozen
) -> None:
    """An older page neither takes away whom a colleague has just marked nor brings anybody back."""
    frozen("2027-03-02 10:00")
    herts = world()
    dilys, femi, gwen = (
        making.ambassador(herts, herts.person(name)).id for name in ("Dilys", "Femi", "Gwen")
    )
    priya = as_person(herts.priya)
    path = priya.press("/ambassadors/meetings/new", locality=str(herts.place.id), **FIELDS).location
    frozen("2027-03-10 16:30")
    priya = as_person(herts.priya)
    priya.press(path, "Save who was there", present=str(dilys))
    older = {"seen": fields_of(priya.get(path).text)["seen"]}
    priya.press(path, "Save who was there", present=str(femi))
    assert there() == {femi}
    both = [str(dilys), str(gwen)]
    priya.post(f"{path}/present", data=older | {"present": both})
    assert there() == {femi, gwen}
    assert "2 ambassadors noted as having been there" in priya.get(path).text
    priya.press(path, "Save who was there", present=None)
    assert there() == set()


def there() -> set[object]:
    """Who is kept as having been there."""
    return set(db.session.scalars(select(NetworkAttendance.ambassador_id)))
