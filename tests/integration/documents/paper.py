"""Reads a PDF as others do: poppler tells text and pages, zxing reads the QR code."""

import subprocess
from pathlib import Path

import zxingcpp
from PIL import Image

DOTS_AN_INCH = 200


class Paper:
    """A PDF in a file of its own."""

    def __init__(self, folder: Path, pdf: bytes) -> None:
        self._path = folder / "paper.pdf"
        self._path.write_bytes(pdf)

    def text(self) -> str:
        """Return the text as it lies on the pages."""
        return _run("pdftotext", "-layout", str(self._path), "-").decode()

    def rows(self) -> list[list[str]]:
        """Return its lines, each as the words in it."""
        return [line.split() for line in self.text().splitlines() if line.strip()]

    def about(self) -> dict[str, str]:
        """Return what `pdfinfo` says."""
        lines = _run("pdfinfo", str(self._path)).decode().splitlines()
        return {key: value.strip() for key, _, value in (line.partition(":") for line in lines)}

    def fonts(self) -> list[list[str]]:
        """Return what `pdffonts` says of each font."""
        return [
            line.split() for line in _run("pdffonts", str(self._path)).decode().splitlines()[2:]
        ]

    def page(self, number: int = 1) -> Image.Image:
        """Return a page as a picture."""
        stem = self._path.with_name(f"page-{number}")
        options = ["-r", str(DOTS_AN_INCH), "-f", str(number), "-singlefile", "-gray", "-png"]
        _run("pdftoppm", *options, str(self._path), str(stem))
        return Image.open(stem.with_suffix(".png"))

    def qr_codes(self) -> list[str]:
        """Return what the QR codes on its first page hold."""
        return [one.text for one in zxingcpp.read_barcodes(self.page())]


def _run(*command: str) -> bytes:
    return subprocess.run(command, capture_output=True, check=True).stdout
