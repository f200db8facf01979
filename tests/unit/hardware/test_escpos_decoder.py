"""The reader inside the simulated printer: strict, and never at a loss."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from hardware.printers.escpos_job import Cut, escpos_job
from hardware.simulated.escpos_decoder import (
    Command,
    CutPaper,
    EscposDecoder,
    FeedLines,
    Initialize,
    Raster,
    RealtimeListener,
    RealtimeQuestion,
    TransmitPaperStatus,
    UnknownCommand,
)


def decoded(*chunks: bytes) -> tuple[list[Command], int]:
    """Return the commands in `chunks` and the number of unknown ones."""
    decoder = EscposDecoder()
    commands: list[Command] = []
    unknown_count = 0
    for chunk in chunks:
        decoder.feed(chunk)
        while True:
            try:
                command = decoder.next_command()
            except UnknownCommand:
                unknown_count += 1
                continue
            if command is None:
                break
            commands.append(command)
    return commands, unknown_count


def test_a_job_of_the_driver_is_understood() -> None:
    slip = Image.new("1", (576, 3), 0)

    commands, unknown_count = decoded(escpos_job(slip, Cut.FULL) + b"\x1dr\x01")

    assert unknown_count == 0
    assert commands == [
        Initialize(),
        Raster(72, 3, b"\xff" * 216),
        FeedLines(6),
        CutPaper(),
        TransmitPaperStatus(),
    ]


@given(st.integers(1, 300))
def test_it_does_not_matter_where_the_line_cuts_the_bytes(chunk_bytes: int) -> None:
    job = escpos_job(Image.new("1", (576, 3), 0), Cut.FULL) + b"\x10\x04\x02\n"
    chunks = [job[start : start + chunk_bytes] for start in range(0, len(job), chunk_bytes)]

    assert decoded(*chunks) == decoded(job)
    assert decoded(job)[0][-2:] == [RealtimeQuestion(2), FeedLines(1)]


@pytest.mark.parametrize(
    "data",
    [
        b"A",
        b"\x1bX",
        b"\x1dV\x07",
        b"\x1dr\x02",
        b"\x10\x04\x09",
        b"\x1dv0\x09\x01\x00\x01\x00\x00",
        b"\x1dv0\x00\x00\x00\x01\x00",
        "合计".encode("gb18030"),
    ],
)
def test_what_is_not_known_is_an_error(data: bytes) -> None:
    _, unknown_count = decoded(data)

    assert unknown_count > 0


pieces = st.sampled_from([b"\x1b", b"\x1d", b"\x10", b"\x04", b"v0", b"V", b"d", b"@", b"\x00\x01"])


@given(st.lists(st.binary(max_size=20) | pieces, max_size=30))
def test_random_bytes_never_crash_it_and_are_read_alike_however_they_come(
    chunks: list[bytes],
) -> None:
    commands, unknown_count = decoded(*chunks)

    assert (commands, unknown_count) == decoded(b"".join(chunks))
    assert len(commands) + unknown_count <= sum(map(len, chunks))


@given(
    st.lists(
        st.sampled_from(
            [b"\x1b@", b"\x1dV\x00", b"\x1dr\x01", b"\x10\x04\x01", b"\n", b"\x1bd\x02"]
        )
    )
)
def test_commands_in_any_order_come_out_one_by_one(sent: list[bytes]) -> None:
    commands, unknown_count = decoded(b"".join(sent))

    assert (len(commands), unknown_count) == (len(sent), 0)


@given(st.binary(max_size=40), st.integers(0, 40), st.integers(1, 4))
def test_a_real_time_question_is_heard_wherever_it_stands(
    data: bytes, place: int, question: int
) -> None:
    stream = data[:place] + bytes((0x10, 0x04, question)) + data[place:]
    listener = RealtimeListener()

    heard = [found for byte in stream for found in listener.questions_in(bytes((byte,)))]

    assert question in heard
    assert heard == list(RealtimeListener().questions_in(stream))
