"""Money is whole fen, with two decimals wherever a person sees or hears it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.payments.fen import Fen, spoken_en, spoken_zh, total

amounts = st.integers(min_value=0, max_value=10**12).map(Fen)


@given(amounts)
def test_what_is_written_has_two_decimals_and_reads_back_to_the_fen(amount: Fen) -> None:
    written = str(amount)

    assert len(written.partition(".")[2]) == 2
    assert Fen.from_yuan(written) == amount


@pytest.mark.parametrize(
    ("text", "fen"), [("19.99", 1999), ("0.01", 1), ("7", 700), ("7.5", 750), ("1E2", 10_000)]
)
def test_yuan_are_read_to_the_fen(text: str, fen: int) -> None:
    assert Fen.from_yuan(text) == Fen(fen)


@pytest.mark.parametrize("text", ["", "abc", "1.001", "-1", "NaN", "Infinity", "1,000.00", "￥5"])
def test_what_is_no_amount_of_whole_fen_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="fen"):
        Fen.from_yuan(text)


@pytest.mark.parametrize("value", [-1, 1.0, True, "5", None])
def test_fen_are_whole_and_never_less_than_nothing(value: object) -> None:
    with pytest.raises(ValueError, match="fen"):
        Fen(value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fen", "chinese", "english"),
    [
        (2550, "25元5角0分", "25 yuan and 50 fen"),
        (1, "0元0角1分", "0 yuan and 1 fen"),
        (120_000, "1200元0角0分", "1200 yuan and 0 fen"),
        (99_999, "999元9角9分", "999 yuan and 99 fen"),
    ],
)
def test_an_amount_is_spoken_down_to_the_fen(fen: int, chinese: str, english: str) -> None:
    assert spoken_zh(Fen(fen)) == chinese
    assert spoken_en(Fen(fen)) == english


@given(st.lists(amounts, max_size=20))
def test_a_sum_is_exact(parts: list[Fen]) -> None:
    assert total(parts).fen == sum(part.fen for part in parts)


def test_more_than_there_is_can_not_be_taken_away() -> None:
    with pytest.raises(ValueError, match="fen"):
        _ = Fen(1) - Fen(2)
