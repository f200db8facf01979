"""Identity numbers: the check digit catches what is typed wrongly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.records.id_number import check_digit, is_id_number

EXAMPLE = "11010519491231002X"


def test_the_standards_example_is_right() -> None:
    assert is_id_number(EXAMPLE)
    assert is_id_number(EXAMPLE.lower())
    assert check_digit(EXAMPLE[:17]) == "X"


@given(st.integers(0, 17), st.sampled_from("0123456789X"))
def test_one_wrong_digit_is_found(place: int, digit: str) -> None:
    changed = EXAMPLE[:place] + digit + EXAMPLE[place + 1 :]

    assert is_id_number(changed) == (changed == EXAMPLE)


@given(st.integers(0, 15))
def test_two_swapped_digits_are_found(place: int) -> None:
    swapped = EXAMPLE[:place] + EXAMPLE[place + 1] + EXAMPLE[place] + EXAMPLE[place + 2 :]

    assert is_id_number(swapped) == (swapped == EXAMPLE)


@pytest.mark.parametrize(
    "text", ["", "110105", EXAMPLE + "0", "１1010519491231002X", f"{EXAMPLE}\n"]
)
def test_what_has_another_form_is_none(text: str) -> None:
    assert not is_id_number(text)


@given(st.text(max_size=20))
def test_any_text_can_be_asked_about(text: str) -> None:
    assert isinstance(is_id_number(text), bool)
