"""Amounts in capital numerals, as the banks' rules for bills and receipts write them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.payments.capitals import capitals
from queue_server.payments.fen import Fen

VALUES = {sign: value for value, sign in enumerate("零壹贰叁肆伍陆柒捌玖")}
PLACES = {"拾": 10, "佰": 100, "仟": 1000}


@pytest.mark.parametrize(
    ("yuan", "said"),
    [
        ("0.00", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角整"),
        ("0.53", "伍角叁分"),
        ("10.05", "壹拾元零伍分"),
        ("25.50", "贰拾伍元伍角整"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("1409.50", "壹仟肆佰零玖元伍角整"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("107000.53", "壹拾万柒仟元伍角叁分"),
        ("100000.00", "壹拾万元整"),
        ("1000050.00", "壹佰万零伍拾元整"),
        ("100000001.00", "壹亿零壹元整"),
        ("100001000.00", "壹亿零壹仟元整"),
        ("1000000000.00", "壹拾亿元整"),
    ],
)
def test_it_is_written_as_the_rules_say(yuan: str, said: str) -> None:
    assert capitals(Fen.from_yuan(yuan)) == said


def fen_of(said: str) -> int:
    """Read capitals back, in another way than they are written."""
    whole, tenths, hundredths = 0, 0, 0
    if "元" in said:
        text, said = said.split("元")
        for unit, weight in (("亿", 10**8), ("万", 10**4), ("", 1)):
            head, _, text = text.partition(unit) if unit and unit in text else ("", "", text)
            whole += _digits(head if unit else text) * weight
    if found := re.search("(.)角", said):
        tenths = VALUES[found.group(1)]
    if found := re.search("(.)分", said):
        hundredths = VALUES[found.group(1)]
    return whole * 100 + tenths * 10 + hundredths


def _digits(text: str) -> int:
    found = re.findall("([壹贰叁肆伍陆柒捌玖])([拾佰仟]?)", text)
    return sum(VALUES[digit] * PLACES.get(place, 1) for digit, place in found)


@given(st.integers(0, 99_999_999_999_99))
def test_every_amount_can_be_read_back_and_has_no_gap_said_twice(fen: int) -> None:
    said = capitals(Fen(fen))

    assert fen_of(said) == fen
    assert "零零" not in said
