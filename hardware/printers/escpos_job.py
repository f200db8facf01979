"""Turn a drawn slip into ESC/POS bytes; python-escpos makes them."""

import logging
import os
import shutil
from enum import StrEnum
from functools import cache
from typing import Any

from PIL import Image

from hardware.slip_drawing import WIDTH_DOTS

PROFILE = "TM-L90"
"""576 dots, a cutter for full and partial cuts: what any 80 mm kiosk printer understands."""
_PICKLE_FOLDER_VARIABLE = "ESCPOS_CAPABILITIES_PICKLE_DIR"


class Cut(StrEnum):
    """How a slip is cut off. NONE for a printer with a tear bar: the paper is fed past it."""

    FULL = "full"
    PARTIAL = "partial"
    NONE = "none"


def escpos_job(slip: Image.Image, cut: Cut) -> bytes:
    """Return the bytes that print `slip` (mode "1", 576 dots wide), feed it out and cut it off."""
    assert slip.width == WIDTH_DOTS
    printer = _dummy_class()(profile=PROFILE)
    printer.hw("INIT")
    printer.image(slip)
    match cut:
        case Cut.FULL:
            printer.cut(mode="FULL")
        case Cut.PARTIAL:
            printer.cut(mode="PART")
        case Cut.NONE:
            printer.print_and_feed(6)
    output: bytes = printer.output
    return output


@cache
def _dummy_class() -> Any:
    """Import python-escpos without what its import does besides.

    It calls logging.basicConfig(), and it keeps what it unpickles in a folder: one of its own for
    each process, which nobody removes, or the one an environment variable names.
    """
    placeholder = logging.NullHandler()
    logging.root.addHandler(placeholder)  # with a handler there, basicConfig() does nothing
    try:
        from escpos import capabilities  # noqa: PLC0415 - the import has side effects
        from escpos.printer import Dummy  # noqa: PLC0415
    finally:
        logging.root.removeHandler(placeholder)
    if _PICKLE_FOLDER_VARIABLE not in os.environ:
        shutil.rmtree(capabilities.pickle_dir, ignore_errors=True)
    return Dummy
