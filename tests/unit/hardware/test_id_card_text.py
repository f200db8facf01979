"""What is read of a resident ID card, and what is refused."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.cards.card_reader import CardProblem
from hardware.cards.id_card_text import ENCODINGS, parse_id_card
from hardware.cards.sam_frame import SamCommand, SamFrameReader, sam_command, sam_frame
from hardware.simulated.id_card_reader import SimulatedIdCard

NUMBER = "11010519491231002X"


def card(**changes: str) -> SimulatedIdCard:
    values = {"name": "欧阳示范", "number": NUMBER, "born": "19491231", "valid_until": "20400101"}
    return SimulatedIdCard(**values | changes)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("name", ["欧阳示范", "李㛃", "䶮喆堃", "阿依古丽·买买提", "𠮷示"])
def test_a_card_is_read_with_names_of_any_kind(encoding: str, name: str) -> None:
    read = parse_id_card(card(name=name).text(encoding), encoding=encoding)

    assert read is not None
    assert read.full_name.reveal() == name
    assert (read.id_number, read.born) == (NUMBER, date(1949, 12, 31))
    assert read.valid_until == date(2040, 1, 1)


def test_nothing_personal_shows_when_a_card_is_formatted() -> None:
    shown = repr(parse_id_card(card().text("utf-16-le"), encoding="utf-16-le"))

    for secret in ("欧阳", NUMBER, "1949", "2040"):
        assert secret not in shown


def test_a_card_is_valid_on_its_last_day_and_expired_the_day_after() -> None:
    read = parse_id_card(card(valid_until="20261121").text("utf-16-le"), encoding="utf-16-le")

    assert read is not None
    assert read.problem_on(date(2026, 11, 21)) is None
    assert read.problem_on(date(2026, 11, 22)) is CardProblem.EXPIRED


def test_a_card_for_life_never_expires() -> None:
    read = parse_id_card(card(valid_until="长期").text("utf-16-le"), encoding="utf-16-le")

    assert read is not None
    assert read.valid_until is None
    assert read.problem_on(date(9999, 12, 31)) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"number": "110105194912310021"},  # a wrong check digit
        {"number": "1101051949123100"},
        {"born": "19491230"},  # not the day in the number
        {"born": "1949123"},
        {"valid_until": "20261332"},
        {"valid_until": "永久"},
        {"name": ""},
        {"name": "张\x07三"},
    ],
)
def test_a_card_with_something_wrong_is_not_read(changes: dict[str, str]) -> None:
    assert parse_id_card(card(**changes).text("utf-16-le"), encoding="utf-16-le") is None


@given(st.binary(max_size=300) | st.binary(min_size=256, max_size=256))
def test_whatever_is_on_a_chip_never_crashes(text: bytes) -> None:
    for encoding in ENCODINGS:
        parse_id_card(text, encoding=encoding)


@pytest.mark.parametrize(
    ("command", "printed"),
    [
        (SamCommand.FIND, "AA AA AA 96 69 00 03 20 01 22"),
        (SamCommand.SELECT, "AA AA AA 96 69 00 03 20 02 21"),
        (SamCommand.READ, "AA AA AA 96 69 00 03 30 01 32"),
    ],
)
def test_commands_are_those_of_the_published_protocol(command: SamCommand, printed: str) -> None:
    assert sam_command(command) == bytes.fromhex(printed)


def test_published_answers_are_read() -> None:
    found = bytes.fromhex("AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 97")
    selected = bytes.fromhex("AA AA AA 96 69 00 0C 00 00 90 00 00 00 00 00 00 00 00 9C")

    assert SamFrameReader().feed(found + selected) == [found[7:-1], selected[7:-1]]


@given(
    noise=st.binary(max_size=60).filter(lambda noise: 0xAA not in noise),
    contents=st.lists(st.binary(min_size=1, max_size=80), max_size=4),
    cut=st.integers(1, 9),
)
def test_frames_are_found_in_noise_however_they_are_cut(
    noise: bytes, contents: list[bytes], cut: int
) -> None:
    wire = noise + b"".join(sam_frame(content) for content in contents)
    reader = SamFrameReader()

    found = [
        content for at in range(0, len(wire), cut) for content in reader.feed(wire[at : at + cut])
    ]  # fmt: skip

    assert found == contents


@given(st.lists(st.sampled_from([b"\xaa", b"\xaa\xaa\xaa\x96\x69", b"\x00", b"\xff\xff"])))
def test_noise_that_looks_like_frames_never_crashes(pieces: list[bytes]) -> None:
    reader = SamFrameReader()

    for piece in pieces:
        assert all(len(content) > 0 for content in reader.feed(piece))
