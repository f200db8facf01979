"""The bytes of a slip, and what making them must not do besides."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from hardware.printers.escpos_job import Cut, escpos_job
from hardware.slip_drawing import WIDTH_DOTS

ROOT = Path(__file__).parents[3]
ROW_BYTES = WIDTH_DOTS // 8


@pytest.mark.parametrize(
    ("cut", "ending"),
    [
        (Cut.FULL, b"\x1bd\x06\x1dV\x00"),
        (Cut.PARTIAL, b"\x1bd\x06\x1dV\x01"),
        (Cut.NONE, b"\x1bd\x06"),
    ],
)
def test_a_job_is_reset_raster_feed_and_cut(cut: Cut, ending: bytes) -> None:
    slip = Image.new("1", (WIDTH_DOTS, 2), 1)
    slip.putpixel((0, 0), 0)

    job = escpos_job(slip, cut)

    raster = b"\x80" + bytes(2 * ROW_BYTES - 1)  # a set bit is black
    assert job == b"\x1b@" + b"\x1dv0\x00" + bytes((ROW_BYTES, 0, 2, 0)) + raster + ending


def test_a_long_slip_goes_out_in_strips_of_960_rows() -> None:
    job = escpos_job(Image.new("1", (WIDTH_DOTS, 1000), 1), Cut.FULL)

    assert job.count(b"\x1dv0\x00") == 2


def test_making_a_job_leaves_logging_and_the_temporary_folder_alone(tmp_path: Path) -> None:
    script = (
        "import logging\n"
        "from PIL import Image\n"
        "from hardware.printers.escpos_job import Cut, escpos_job\n"
        "escpos_job(Image.new('1', (576, 8), 1), Cut.FULL)\n"
        "print(logging.root.handlers)\n"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    environment.pop("ESCPOS_CAPABILITIES_PICKLE_DIR", None)

    run = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert run.stdout.strip() == "[]"
    assert list(tmp_path.iterdir()) == []
