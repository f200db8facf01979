"""A screen that nobody sees, whose pixels stand in a file: drawing is timed from outside."""

import mmap
import struct
import subprocess
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

LOOK_EVERY_S: Final = 0.003
ROW_STEP: Final = 12
"""Every so many rows of the picture are looked at."""
COLOURS_OF_A_PICTURE: Final = 12
_ENDS_WITHIN_S: Final = 10.0


class Screen:
    """Xvfb's frame buffer, watched all the time by a thread.

    Args:
        pixels: the file that Xvfb keeps its picture in, in the form of xwd.
    """

    def __init__(self, name: str, pixels: mmap.mmap) -> None:
        self.name = name
        self._pixels = pixels
        header: tuple[int, ...] = struct.unpack(">20I", pixels[:80])
        self._row_bytes, self._height = header[12], header[5]
        self._start = header[0] + header[19] * 12
        self._changes: list[tuple[float, int]] = []
        self._is_ending = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Look away."""
        self._is_ending.set()
        self._thread.join()

    def last_change_s(self) -> float:
        """Return when the picture became what it is now, on the monotonic clock."""
        return self._changes[-1][0]

    def shows_a_picture(self) -> bool:
        """Tell whether there is more than a bare background."""
        row = self._pixels[self._row_at(self._height // 2) :][: self._row_bytes]
        colours = {row[at : at + 4] for at in range(0, len(row), 16)}
        several_rows = {bytes(self._rows()[at : at + 4]) for at in range(0, 400_000, 400)}
        return len(colours | several_rows) >= COLOURS_OF_A_PICTURE

    def _watch(self) -> None:
        seen = None
        while not self._is_ending.wait(LOOK_EVERY_S):
            now_s = time.monotonic()
            found = zlib.crc32(self._rows())
            if found != seen:
                self._changes.append((now_s, found))
                seen = found

    def _rows(self) -> bytes:
        return b"".join(
            self._pixels[self._row_at(row) : self._row_at(row) + self._row_bytes]
            for row in range(0, self._height, ROW_STEP)
        )

    def _row_at(self, row: int) -> int:
        return self._start + row * self._row_bytes


@contextmanager
def running_screen(folder: Path, size: str) -> Iterator[Screen]:
    """Run Xvfb with one screen of `size`, as `1080x1920`."""
    pixels_folder = folder / "screen"
    pixels_folder.mkdir()
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", f"{size}x24"]
    command += ["-fbdir", str(pixels_folder), "-nolisten", "tcp", "-noreset"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    try:
        name = f":{process.stdout.readline().strip()}"
        with (pixels_folder / "Xvfb_screen0").open("rb") as file:
            pixels = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        screen = Screen(name, pixels)
        screen.start()
        yield screen
        screen.stop()
        pixels.close()
    finally:
        process.terminate()
        process.wait(_ENDS_WITHIN_S)
        process.stdout.close()
