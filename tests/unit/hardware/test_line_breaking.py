"""Lines of a slip: what may stand at their ends, and that nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.line_breaking import break_lines, break_lines_evenly


def columns(text: str) -> float:
    """Measure as a terminal does: a Chinese character is two columns wide."""
    return sum(2 if ord(character) > 0x2E80 else 1 for character in text)


def without_blanks(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("心血管内科", 20, ["心血管内科"]),
        ("心血管内科门诊", 8, ["心血管内", "科门诊"]),
        ("请在候诊区等候，听到叫号后进入", 14, ["请在候诊区等", "候，听到叫号后", "进入"]),
        ("科室（专病）", 6, ["科室", "（专", "病）"]),
        ("Heart and vessels", 9, ["Heart and", "vessels"]),
        ("Room 3，二层", 7, ["Room", "3，二层"]),
        ("一\n\n二", 10, ["一", "", "二"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("", 4, [""]),
    ],
)
def test_lines_break_where_a_reader_expects(text: str, width: float, lines: list[str]) -> None:
    assert break_lines(text, width, columns) == lines


def test_even_lines_leave_no_word_alone() -> None:
    text = "Peking Union Medical College Hospital"

    assert break_lines(text, 30, columns) == ["Peking Union Medical College", "Hospital"]
    assert break_lines_evenly(text, 30, columns) == ["Peking Union Medical", "College Hospital"]


mixed_text = st.text(
    st.sampled_from("心血管内科、。（）《》“”… 3A-z.,:;!?")
    | st.characters(exclude_categories=["Cs"]),
    max_size=80,
)


@given(text=mixed_text, width=st.integers(2, 40))
def test_no_line_is_too_wide_and_no_character_is_lost(text: str, width: int) -> None:
    for broken in (break_lines, break_lines_evenly):
        lines = broken(text, width, columns)

        assert all(columns(line) <= width for line in lines)
        assert without_blanks("".join(lines)) == without_blanks(text)


@given(text=mixed_text, width=st.integers(2, 40))
def test_even_lines_are_as_few_as_can_be(text: str, width: int) -> None:
    even = break_lines_evenly(text, width, columns)

    assert len(even) <= len(break_lines(text, width, columns))
