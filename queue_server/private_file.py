"""Files that nobody else may read: keys, and lists that a power cut must not leave half."""

import os
from pathlib import Path


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
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
