"""A file that appears whole, synced and under a free name, or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from queue_server.journal.journal import JournalUnusable


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Hand out a name to write to; afterwards it stands at `path`, unless something was raised.

    Raises:
        JournalUnusable: `path` is there already, or the folder can't be written.
    """
    draft = path.with_name(f"{path.name}.part")
    try:
        if path.exists():
            raise _taken(path)
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600)
        yield draft
        sync(draft)
        # Unlike a rename it fails if somebody has taken the name meanwhile.
        os.link(draft, path)
        sync(path.parent)
    except FileExistsError as error:
        raise _taken(path) from error
    except OSError as error:
        raise JournalUnusable(f"{error.filename}: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Wait until a file or the names in a folder are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _taken(path: Path) -> JournalUnusable:
    return JournalUnusable(
        f"{path} is there already and was not touched: choose another name"
        " / 文件已存在，未作改动，请换一个文件名"
    )
