"""Certificate numbers: what people mistype is forgiven or refused, never taken for another's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates import number

numbers = st.builds(number.new)


def test_a_new_number_has_twelve_characters_none_of_which_is_mistaken_for_another() -> None:
    made = {number.new() for _ in range(500)}
    assert len(made) == 500
    assert all(len(one) == 12 and not set(one) & set("ILOU") for one in made)


@given(numbers)
def test_a_number_reads_back_however_it_is_typed(made: str) -> None:
    in_fours = "-".join((made[:4], made[4:8], made[8:]))
    for typed in (made, in_fours, in_fours.lower(), f"  {in_fours.replace('-', ' ')} ", f"{made}."):
        assert number.read(typed) == made


@given(numbers)
def test_o_is_read_as_nought_and_i_and_l_as_one(made: str) -> None:
    assert number.read(made.replace("0", "O").replace("1", "I")) == made
    assert number.read(made.lower().replace("0", "o").replace("1", "l")) == made


@given(numbers, st.integers(0, 11), st.sampled_from(number.ALPHABET))
def test_one_wrong_character_is_always_noticed(made: str, place: int, other: str) -> None:
    typed = made[:place] + other + made[place + 1 :]
    assert (number.read(typed) is None) == (typed != made)


@given(numbers, st.integers(0, 11), st.integers(0, 11))
def test_two_characters_swapped_are_always_noticed(made: str, one: int, two: int) -> None:
    signs = list(made)
    signs[one], signs[two] = signs[two], signs[one]
    typed = "".join(signs)
    assert (number.read(typed) is None) == (typed != made)


@given(st.text(max_size=200))
def test_any_text_at_all_is_read_or_refused(typed: str) -> None:
    read = number.read(typed)
    assert read is None or number.read(read) == read


@pytest.mark.parametrize("typed", ["", "7K3M", "7K3M9QXT2HVU", "7K3M-9QXT-2HVB-7K3M", "🎓" * 12])
def test_what_cannot_be_a_number_is_none(typed: str) -> None:
    assert number.read(typed) is None
