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
        self._rows_at = range(0, self._height, ROW_STEP)
        self._seen = [0] * len(self._rows_at)
        self._changed_s = [0.0] * len(self._rows_at)
        self._is_ending = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Look away."""
        self._is_ending.set()
        self._thread.join()

    def last_change_s(self, top: int = 0, bottom: int | None = None) -> float:
        """Return when these rows of pixels became what they are, on the monotonic clock."""
        bottom = self._height if bottom is None else bottom
        changed_s = zip(self._rows_at, self._changed_s, strict=True)
        return max(at_s for row, at_s in changed_s if top <= row < bottom)

    def shows_a_picture(self) -> bool:
        """Tell whether there is more than a bare background."""
        rows = (self._row(row) for row in self._rows_at)
        colours = {row[at : at + 4] for row in rows for at in range(0, len(row), 400)}
        return len(colours) >= COLOURS_OF_A_PICTURE

    def _watch(self) -> None:
        while not self._is_ending.wait(LOOK_EVERY_S):
            now_s = time.monotonic()
            for index, row in enumerate(self._rows_at):
                found = zlib.crc32(self._row(row))
                if found != self._seen[index]:
                    self._seen[index] = found
                    self._changed_s[index] = now_s

    def _row(self, row: int) -> bytes:
        return self._pixels[self._row_at(row) : self._row_at(row) + self._row_bytes]

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
