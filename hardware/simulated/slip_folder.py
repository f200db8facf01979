"""The paper of the simulated printer: each slip that is cut off becomes a picture in a folder."""

from pathlib import Path

from PIL import Image, ImageOps

LINE_DOTS = 30
"""One line feed, by custom 1/6 inch or a little less."""


class SlipFolder:
    """Collects rows of dots, and writes them as slip-001.png, slip-002.png … when they are cut."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._rasters: list[Image.Image] = []

    @property
    def slips(self) -> list[Path]:
        """The slips that lie in the folder, the oldest first."""
        return sorted(self._folder.glob("slip-[0-9]*.png"), key=_number_of)

    def print_rows(self, width_bytes: int, data: bytes) -> None:
        """Print rows of `width_bytes` bytes each; a set bit is black."""
        height_dots = len(data) // width_bytes
        if height_dots:
            raster = Image.frombytes(
                "1", (width_bytes * 8, height_dots), data[: width_bytes * height_dots]
            )
            self._rasters.append(ImageOps.invert(raster.convert("L")).convert("1"))

    def feed(self, count: int) -> None:
        """Feed `count` lines of empty paper."""
        if count:
            self._rasters.append(Image.new("1", (8, count * LINE_DOTS), 1))

    def cut(self) -> None:
        """Write what has been printed as a slip; nothing if there is no paper to cut off."""
        if not self._rasters:
            return
        width = max(raster.width for raster in self._rasters)
        slip = Image.new("1", (width, sum(raster.height for raster in self._rasters)), 1)
        top = 0
        for raster in self._rasters:
            slip.paste(raster, (0, top))
            top += raster.height
        self._rasters.clear()
        self._write(slip)

    def _write(self, slip: Image.Image) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        number = 1 + max(map(_number_of, self.slips), default=0)
        # Whoever watches the folder never sees half a picture.
        unfinished = self._folder / f".slip-{number:03}.png.part"
        slip.save(unfinished, format="png")
        unfinished.rename(self._folder / f"slip-{number:03}.png")


def _number_of(slip: Path) -> int:
    digits = slip.stem.removeprefix("slip-")
    return int(digits) if digits.isdecimal() else 0
