"""A simulated A4 printer: each document becomes a file in a folder, which a demo can show."""

import itertools
from pathlib import Path
from typing import Final

from hardware.page_errors import PagePaperOut
from hardware.page_printer import PageCondition, PageStatus

EMPTY_NAME: Final = "paper-out"
"""A file of this name in the folder takes the paper away."""


class FolderPrinter:
    """A `PagePrinter` that writes files into `folder`, made if it is not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def status(self) -> PageStatus:
        """Tell whether there is paper."""
        is_empty = (self._folder / EMPTY_NAME).exists()
        return PageStatus(conditions=frozenset({PageCondition.PAPER_OUT} if is_empty else ()))

    def print_document(self, pdf: bytes) -> None:
        """Write the next file, `page-001.pdf`."""
        if not self.status().can_print:
            raise PagePaperOut(EMPTY_NAME)
        self._folder.mkdir(parents=True, exist_ok=True)
        paths = (self._folder / f"page-{number:03d}.pdf" for number in itertools.count(1))
        next(path for path in paths if not path.exists()).write_bytes(pdf)
