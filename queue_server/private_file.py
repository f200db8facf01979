"""Files that nobody else may read: keys, and lists that a power cut must not leave half.

They belong to whoever owns the folder they are made in: a technician who is root makes them for
the user that the service runs as.
"""

import os
from pathlib import Path
from typing import BinaryIO


def write_privately(path: Path, content: bytes) -> None:
    """Replace the file at `path` as a whole, synced; only its owner may read it.

    Raises:
        OSError: the folder can't be written.
    """
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    _give_to_owner_of_folder(draft)
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def open_privately(path: Path) -> BinaryIO:
    """Open a file that holds nothing, made if it is not there; only its owner may.

    Raises:
        OSError: the folder can't be written.
    """
    file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
    _give_to_owner_of_folder(path)
    return file


def make_private_folder(path: Path) -> None:
    """Make a folder, and those above it, that only its owner may enter.

    Raises:
        FileExistsError: it is there.
        OSError: it can't be made.
    """
    if not path.parent.exists():
        path.parent.mkdir(parents=True)
    path.mkdir(mode=0o700)
    _give_to_owner_of_folder(path)


def _give_to_owner_of_folder(path: Path) -> None:
    if os.geteuid() == 0:
        owner = path.parent.stat()
        os.chown(path, owner.st_uid, owner.st_gid)
