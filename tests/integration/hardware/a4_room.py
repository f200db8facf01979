"""A printing system and an A4 printer: real CUPS, real IPP, in namespaces of their own."""

import ctypes
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, TypeVar

from hardware.page_printer import PagePrinter, PageStatus
from hardware.printers.ipp_question import JOB_STATE, PRINTER_STATE
from hardware.registry import make_page_printer

T = TypeVar("T")
HERE: Final = Path(__file__).parent
PROGRAMS: Final = {
    "unshare": "util-linux",
    "ip": "iproute2",
    "dbus-daemon": "dbus",
    "avahi-daemon": "avahi-daemon",
    "cupsd": "cups",
    "ippeveprinter": "cups-ipp-utils",
    "ipptool": "cups-ipp-utils",
    "lp": "cups-client",
}
WAIT_S: Final = 60.0
_NETWORK: Final = 0x40000000  # CLONE_NEWNET


class A4Room:
    """Starts in `folder`; the printer fails as `fault` says."""

    def __init__(self, folder: Path) -> None:
        missing = [package for program, package in PROGRAMS.items() if not _find(program)]
        assert not missing, f"apt-get install {' '.join(sorted(set(missing)))}"
        self.folder = folder
        shutil.copy(HERE / "a4_print.sh", folder / "print.sh")
        (folder / "print.sh").chmod(0o755)
        for question in (JOB_STATE, PRINTER_STATE):
            shutil.copy(question, folder / question.name)
        folder.chmod(0o755)
        command = ["unshare", "-n", "-m", "-p", "-f", "--kill-child", "--mount-proc"]
        with (folder / "room.log").open("wb") as log:
            self._process = subprocess.Popen(
                [*command, "bash", str(HERE / "a4_room.sh"), str(folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
                env={**os.environ, "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"},
            )
        self._expect(b"READY\n")
        self._inside = ThreadPoolExecutor(1, initializer=self._enter)

    def printer(self, **changes: float) -> "InRoom":
        """Return the product's driver for it, at work inside."""
        settings = {"server": "127.0.0.1:6631", "job_timeout_s": WAIT_S, "poll_s": 0.1, **changes}
        return InRoom(make_page_printer({"driver": "cups", **settings}), self._inside)

    def fail(self, fault: str) -> None:
        """Let the printer fail from its next job on; an empty text mends it."""
        (self.folder / "fault").write_text(fault)

    def order(self, what: str) -> None:
        """Carry out an order of `a4_room.sh`."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{what}\n".encode())
        self._process.stdin.flush()
        self._expect(b"DONE\n")

    def printed(self) -> list[Path]:
        """Return the documents that have come out."""
        return sorted((self.folder / "out").glob("*.pdf"))

    def spooled(self) -> list[Path]:
        """Return the documents that the printing system still holds."""
        return sorted((self.folder / "spool").glob("d*"))

    def held_by_printer(self) -> list[str]:
        """Return the states of the printer's own jobs that are not over."""
        asked = ["ipptool", "-X", "ipp://localhost:8631/ipp/print", "get-jobs.test"]
        told = self._inside.submit(subprocess.run, asked, capture_output=True, check=False)
        return [line for line in told.result().stdout.decode().split() if "job-state>" in line]

    def close(self) -> None:
        """End everything inside."""
        self._inside.shutdown()
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()

    def _expect(self, said: bytes) -> None:
        assert self._process.stdout is not None
        heard = self._process.stdout.readline()
        log = (self.folder / "room.log").read_text(errors="replace")
        assert heard == said, f"no printing system; are we root? {log}"

    def _enter(self) -> None:
        """Let this thread, and the programs it starts, use the network inside."""
        room = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text()
        with Path(f"/proc/{room.split()[0]}/ns/net").open("rb") as network:
            libc = ctypes.CDLL(None, use_errno=True)
            assert libc.setns(network.fileno(), _NETWORK) == 0, os.strerror(ctypes.get_errno())


class InRoom:
    """A `PagePrinter` that does all its work in the room."""

    def __init__(self, printer: PagePrinter, inside: ThreadPoolExecutor) -> None:
        self._printer = printer
        self._inside = inside

    def status(self) -> PageStatus:
        return self._do(self._printer.status)

    def print_document(self, pdf: bytes) -> None:
        self._do(lambda: self._printer.print_document(pdf))

    def _do(self, work: Callable[[], T]) -> T:
        return self._inside.submit(work).result(WAIT_S * 2)


def _find(program: str) -> str | None:
    return shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
