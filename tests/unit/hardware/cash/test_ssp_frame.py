"""SSP frames, against those that the manual and the manufacturer's pages print."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.cash.ssp_frame import SspFrame, SspFrameReader

FRAMES = st.builds(
    SspFrame,
    data=st.binary(min_size=1, max_size=255),
    sequence=st.integers(0, 1),
    address=st.integers(0, 0x7D),
)


@pytest.mark.parametrize(
    ("printed", "data"),
    [
        ("7F 80 01 11 65 82", "11"),
        ("7F 80 02 06 08 03 94", "06 08"),
        ("7F 80 01 F0 23 80", "F0"),
        ("7F 80 02 06 09 06 14", "06 09"),
        ("7F 80 01 F8 10 00", "F8"),
    ],
)
def test_published_frames_are_made_and_read(printed: str, data: str) -> None:
    frame = SspFrame(data=bytes.fromhex(data), sequence=1, address=0)

    assert frame.encoded() == bytes.fromhex(printed)
    assert SspFrameReader().feed(bytes.fromhex(printed)) == [frame]


@given(frames=st.lists(FRAMES, max_size=5), cut=st.integers(1, 7))
def test_frames_come_out_as_they_went_in_however_they_are_cut(
    frames: list[SspFrame], cut: int
) -> None:
    wire = b"".join(frame.encoded() for frame in frames)
    reader = SspFrameReader()

    read = [
        frame for at in range(0, len(wire), cut) for frame in reader.feed(wire[at : at + cut])
    ]  # fmt: skip

    assert read == frames


@given(frame=FRAMES, at=st.integers(0, 600), change=st.integers(1, 255))
def test_a_frame_with_one_wrong_byte_is_dropped_and_the_next_is_read(
    frame: SspFrame, at: int, change: int
) -> None:
    wire = bytearray(frame.encoded())
    wire[at % len(wire)] ^= change
    reader = SspFrameReader()

    read = reader.feed(bytes(wire))
    tries = 3 + 600 // len(wire)
    # A wrong length makes the reader wait for as many bytes as that; then it is in step again.
    again = [found for _ in range(tries) for found in reader.feed(frame.encoded())]

    assert frame not in read
    assert again[-1] == frame


@given(st.binary(max_size=2000))
def test_noise_never_crashes_the_reader(noise: bytes) -> None:
    SspFrameReader().feed(noise)
