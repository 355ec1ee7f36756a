"""Each link of a message opens its own page."""

from __future__ import annotations

from sqlalchemy import update

from lms import clock
from lms.ambassadors.services import tallies
from lms.messages.models import Message
from tests.ambassadors import making
from tests.letters import path_in
from tests.messages.conftest import send


def test_two_links_of_a_message_that_share_a_token_open_each_its_own_page(
    session, app, client, frozen, letters
):
    frozen("2027-01-20 10:00")
    world = making.world()
    making.ambassador(world, world.person(email="dilys@example.org"))
    frozen("2027-03-01 09:00")
    tallies.ask()
    session.execute(update(Message).values(not_before=clock.now()))
    frozen("2027-03-02 08:01")
    send(app)

    [letter] = [one for one in letters.to("dilys@example.org") if "how many" in one["Subject"]]
    numbers = path_in(letter, "Enter three numbers")
    nothing = path_in(letter, "Nothing this month")

    assert nothing == f"{numbers}/nothing"
    assert client.get(numbers).text.count('value="0"') == 0
    assert client.get(nothing).text.count('value="0"') == 3
