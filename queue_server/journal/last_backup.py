"""When the journal of a data folder was last copied: a file beside it with one instant in it."""

from datetime import datetime
from pathlib import Path
from typing import Final

NAME: Final = "last-backup"


def note_backup(folder: Path, at: datetime) -> None:
    """Note that a backup made at `at` has been checked and is complete.

    Raises:
        OSError: the folder can't be written.
    """
    draft = folder / f"{NAME}.new"
    draft.write_text(f"{at.isoformat()}\n", encoding="ascii")
    draft.replace(folder / NAME)


def last_backup(folder: Path) -> datetime | None:
    """Return when the last backup was made; None if none was noted, or the note can't be read."""
    try:
        at = datetime.fromisoformat((folder / NAME).read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        return None
    return at if at.tzinfo is not None else None
