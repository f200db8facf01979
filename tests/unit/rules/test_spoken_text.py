"""What the loudspeaker says: the number, the masked name, the room, and nothing more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.rules.masking import HIDDEN, mask
from queue_server.rules.spoken_text import SpokenCall, spoken_call


def said(masked_name: str) -> SpokenCall:
    return spoken_call(number="A012", masked_name=masked_name, room_zh="3诊室", room_en="Room 3")


@pytest.mark.parametrize(
    ("masked_name", "spoken"),
    [
        ("张*", "张某"),
        ("张*三", "张某三"),
        ("李**六", "李某六"),
        ("欧阳*月", "欧阳某月"),
        ("麦**·**克", "麦某克"),
        ("王*之子", "王某之子"),
        ("J. S.", "J. S."),
        ("*", ""),
        ("*·*", ""),
    ],
)
def test_hidden_characters_are_said_as_one_word(masked_name: str, spoken: str) -> None:
    call = said(masked_name)

    assert call.name_zh == spoken
    assert call.zh == f"请A012号{spoken}，到3诊室就诊"


def test_a_sensitive_clinic_calls_the_number_only() -> None:
    assert said("") == SpokenCall(
        zh="请A012号，到3诊室就诊", en="Number A012, please go to Room 3", name_zh=""
    )


def test_the_english_voice_is_given_no_chinese_name_but_initials() -> None:
    assert said("张*三").en == "Number A012, please go to Room 3"
    assert said("J. S.").en == "Number A012, J. S., please go to Room 3"


@given(st.text(min_size=1, max_size=8))
def test_the_voice_says_no_character_that_the_board_does_not_show(name: str) -> None:
    masked = mask(name)
    call = said(masked)

    assert HIDDEN not in call.zh
    assert set(call.name_zh) <= set(masked) | {"某"}
    assert call.name_zh in call.zh
    assert call.en.isascii()
