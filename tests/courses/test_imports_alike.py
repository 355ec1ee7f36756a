"""Before a new organisation is made, the one probably meant is asked about, and no other."""

from __future__ import annotations

import pytest

from courses.imports.alike import alike, nearest


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("St Mary's School", "St Marys Primary School"),
        ("Saint Mary’s Primary School", "St. Mary's School"),
        ("St Mary's School, Stevenage", "St Mary’s School"),
        ("St Mary's School", "St Mary’s School, Stevenage"),
        ("Oakfield C of E Primary", "Oakfield Church of England Primary School"),
        ("Herts County Council", "Hertfordshire County Council"),
        ("Herts CC", "Hertfordshire County Council"),
        ("HCC", "Hertfordshire County Council"),
        ("Hertfordshire", "Hertfordshire County Council"),
        ("Oakfield Children Centre", "Oakfield Children's Centre"),
        ("Oakfield Childrens Center", "The Oakfield Children’s Centre"),
        ("Hertfordshire Comunity NHS Trust", "Hertfordshire Community NHS Trust"),
        ("HCT", "Hertfordshire Community NHS Trust"),
        ("Hertfrodshire Community NHS", "Hertfordshire Community NHS Trust"),
        ("Lakeside Practice", "Lakeside Surgery"),
        ("Lakeside Surgery", "Lakeside Medical Centre"),
        ("Watford & District Mencap", "Watford and District Mencap"),
        ("HomeStart Dacorum", "Home-Start Dacorum"),
        ("Stevenage Families First Team", "Stevenage Family First"),
    ],
)
def test_another_way_to_write_a_name_is_asked_about(text: str, held: str) -> None:
    assert alike(text, held)
    assert nearest(text, ["Somewhere else", held]) == held


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("East Herts District Council", "West Herts District Council"),
        ("North Hertfordshire District Council", "Hertfordshire County Council"),
        ("East Hertfordshire Council", "Hertfordshire Council"),
        ("Hertfordshire Partnership NHS Trust", "Hertfordshire Community NHS Trust"),
        ("Hertfordshire Libraries", "Hertfordshire County Council"),
        ("Essex County Council", "Sussex County Council"),
        ("Stevenage Borough Council", "Stevenage Library"),
        ("St Hugh's Church", "St Mary's Church"),
        ("St Mary's Church", "St Mary's C of E School"),
        ("St Mary's Infant School", "St Mary's Junior School"),
        ("Oakfield Children's Centre", "Oakwood Children's Centre"),
        ("Oakfield Children's Centre", "Fairfield Children's Centre"),
        ("Family Centre 2", "Family Centre 3"),
        ("Children's Centre", "Oakfield Children's Centre"),
        ("Elm School", "Ely School"),
        ("Barnet Council", "Barnes Council"),
        ("School", "Oakfield School"),
        ("NHS", "Hertfordshire Community NHS Trust"),
        ("–", "Oakfield School"),
    ],
)
def test_a_name_of_its_own_is_not_asked_about(text: str, held: str) -> None:
    assert not alike(text, held)
    assert not alike(held, text)


def test_of_several_the_closest_is_asked_about() -> None:
    held = ["Hertfordshire County Council", "Hertfordshire Community NHS Trust"]
    assert nearest("Hertfordshire NHS Trust", held) == held[1]
    assert nearest("Herts Council", held) == held[0]
