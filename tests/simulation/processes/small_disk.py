"""The server's disk, small enough to be filled: a file system in memory, or a limit on files."""

import resource
import sqlite3
import subprocess
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

BALLAST: Final = "ballast"
CHUNK_BYTES: Final = 1 << 20
UNLIMITED: Final = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


class SmallDisk:
    """A folder that can be full.

    Args:
        folder: is made.
        size_mb: of the file system, where we may mount one.
    """

    def __init__(self, folder: Path, size_mb: int) -> None:
        self.folder = folder
        folder.mkdir()
        options = f"size={size_mb}m,mode=700"
        mount = ["mount", "-t", "tmpfs", "-o", options, "hospital-kiosk-test", str(folder)]
        mounted = subprocess.run(mount, check=False, capture_output=True)
        self.is_mounted = mounted.returncode == 0
        self.is_full = False

    def fill(self, server: int | None) -> None:
        """Leave no room; `server` is the process that writes."""
        self.is_full = True
        if not self.is_mounted:
            self.limit(server)
            return
        # What SQLite has already taken for its log would do for a while.
        with suppress(sqlite3.Error), closing(self._journal()) as journal:
            journal.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with suppress(OSError), (self.folder / BALLAST).open("wb", buffering=0) as ballast:
            size = CHUNK_BYTES
            while size:
                try:
                    while ballast.write(bytes(size)) == size:
                        pass
                except OSError:
                    pass
                size //= 16

    def limit(self, server: int | None) -> None:
        """Let a process of a full disk write nothing, where nothing could be mounted."""
        if self.is_full and not self.is_mounted and server is not None:
            with suppress(ProcessLookupError):
                resource.prlimit(server, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))

    def make_room(self, server: int | None) -> None:
        """Be a disk again."""
        self.is_full = False
        (self.folder / BALLAST).unlink(missing_ok=True)
        if not self.is_mounted and server is not None:
            with suppress(ProcessLookupError):
                resource.prlimit(server, resource.RLIMIT_FSIZE, UNLIMITED)

    def remove(self) -> None:
        """Unmount it; what stood there is gone."""
        if self.is_mounted:
            subprocess.run(["umount", "--lazy", str(self.folder)], check=False)

    def _journal(self) -> sqlite3.Connection:
        path = (self.folder / "journal.sqlite").absolute()
        return sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=1.0)
