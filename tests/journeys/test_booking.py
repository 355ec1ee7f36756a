"""Somebody keeps, gives up and wins back a place, by the links in their messages."""

from __future__ import annotations

from datetime import date

from lms.testing import Frozen
from tests.journeys.conftest import Visit
from tests.journeys.programme import Programme
from tests.journeys.steps import sign_in

DAY = date(2027, 3, 18)
BOOKED, GIVEN_UP = "Booked: Brief Encounters", "You have given up your place"


def test_a_place_is_given_up_and_taken_back_by_the_links_in_the_messages(
    programme: Programme, visit: Visit, frozen: Frozen, width: int
) -> None:
    frozen("2027-03-02 09:00")
    [address] = programme.booked(programme.cohort(DAY), "Beth Lyons")
    frozen("2027-03-02 09:11")
    beth = visit("Beth", width=width)
    beth.open(programme.site.link(address, BOOKED, "Change or give up my place"))
    beth.heading("You are booked")
    beth.press("Change or give up my place")
    beth.choose("What would you like to do?", "Give up my place")
    beth.press("Continue")
    beth.heading("Book your place")
    beth.reads("You have given up your place")
    beth.open(programme.site.link(address, GIVEN_UP, "Take my place back"))
    beth.fill("Is there anything you need on the day? (optional)", "A ramp")
    beth.press("Book my place")
    beth.heading("You are booked")
    file = beth.download("Put it in my calendar").getvalue().decode()
    assert "SUMMARY:Brief Encounters" in file
    assert "STATUS:CONFIRMED" in file


def test_who_meets_a_full_date_waits_and_goes_before_later_comers(
    programme: Programme, visit: Visit, frozen: Frozen
) -> None:
    site = programme.site
    frozen("2027-03-02 07:55")
    cohort = programme.cohort(DAY, capacity=1)
    [beths] = programme.booked(cohort, "Beth Lyons")
    [amaras] = programme.booked(programme.cohort(date(2027, 5, 6)), "Amara Okafor")
    amara, beth = visit("Amara"), visit("Beth")
    sign_in(amara, site, amaras)
    amara.press("Courses")
    amara.press("Brief Encounters")
    amara.press("Full: join the waiting list BE-01, 18 March 2027")
    amara.heading("This date is full")
    amara.press("Join the waiting list")
    amara.reads("You are 1st of 1 on the waiting list")
    frozen("2027-03-02 08:00")
    amara.open(site.link(amaras, "You are on the waiting list", "See my place or leave the list"))
    amara.heading("You are 1st of 1 on the waiting list")

    frozen("2027-03-02 09:11")
    beth.open(site.link(beths, BOOKED, "Change or give up my place"))
    beth.press("Change or give up my place")
    beth.choose("What would you like to do?", "Give up my place")
    beth.press("Continue")
    beth.heading("Your place has gone to somebody else")
    amara.open(f"{cohort}/place")
    amara.heading("A place is being held for you")
    amara.choose("Do you want this place?", "Take this place")
    amara.press("Send my answer")
    amara.heading("You are booked")
