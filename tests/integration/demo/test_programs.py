"""The programs of a demo end with it, however it ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

HOLD = "import signal, sys; held = open(sys.argv[1], 'w'); signal.pause()"
"""A program that has a file open for as long as it lives."""
DEMO = f"""
import signal, sys
from pathlib import Path
from queue_server.demo.programs import Programs

programs = Programs(Path(sys.argv[1]))
programs.start("holder", ["-c", {HOLD!r}, sys.argv[2]])
signal.pause()
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_demo_that_dies_leaves_no_program_running(how: signal.Signals, tmp_path: Path) -> None:
    held = tmp_path / "held"
    os.mkfifo(held)
    with (
        subprocess.Popen([sys.executable, "-c", DEMO, tmp_path / "logs", held]) as demo,
        # Opened when the program has opened it, and at its end when the program is gone.
        held.open("rb") as end_of_program,
    ):
        demo.send_signal(how)
        assert demo.wait() == -how
        assert end_of_program.read() == b""
