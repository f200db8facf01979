"""What a validator says of itself and of its notes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.cash.ssp_words import SspEvent, SspNonsense, events_in, parse_setup, stacked_count
from hardware.simulated.ssp_mechanism import SspMechanism

VALUES_FEN = {1: 100, 2: 500, 3: 1000, 4: 2000, 5: 5000, 6: 10000}


@pytest.mark.parametrize("is_wide", [False, True], ids=["old form", "protocol 6"])
def test_the_value_of_each_channel_is_read_in_fen(is_wide: bool) -> None:
    setup = parse_setup(SspMechanism(set(), is_wide=is_wide)._setup())

    assert setup.currency == "CNY"
    assert setup.values_fen == VALUES_FEN


def test_the_setup_of_a_device_for_euros_is_read_as_such() -> None:
    # As printed for a validator of three channels: 5, 10 and 20 euros.
    reply = bytes.fromhex("F0 00 30 33 33 33 45 55 52 00 00 01 03 05 0A 14 02 02 02 00 00 64 04")

    setup = parse_setup(reply)

    assert setup.currency == "EUR"
    assert setup.values_fen == {1: 500, 2: 1000, 3: 2000}


def test_events_are_told_with_their_channels() -> None:
    told = list(events_in(bytes((0xF0, 0xEE, 3, 0xCC, 0xE8))))

    assert told == [(SspEvent.CREDIT, 3), (SspEvent.STACKING, 0), (SspEvent.DISABLED, 0)]


@pytest.mark.parametrize("reply", [b"\xf0\x00", b"\xf0\xee", b"\xf0\xcc\xff"])
def test_an_event_that_is_not_known_is_no_event(reply: bytes) -> None:
    with pytest.raises(SspNonsense):
        list(events_in(reply))


@given(st.binary(max_size=60))
def test_whatever_a_device_says_it_is_read_or_refused(reply: bytes) -> None:
    try:
        values = parse_setup(b"\xf0" + reply).values_fen.values()
        list(events_in(b"\xf0" + reply))
    except SspNonsense:
        return
    assert all(value > 0 for value in values)


def test_the_count_of_the_box_is_read_and_its_absence_too() -> None:
    assert stacked_count(bytes((0xF0, 5, 0x2C, 1, 0, 0)) + bytes(16)) == 300
    assert stacked_count(b"\xf2") is None
    assert stacked_count(b"\xf0\x05\x01") is None
