"""Journals of a morning, plain and encrypted."""

import shutil
from pathlib import Path

import pytest

from queue_server.journal.journal_file import JOURNAL_NAME, JournalFile
from tests.integration.journal.journaled_morning import (
    HEX_KEY,
    MONDAY,
    TUESDAY,
    key_of,
    write_morning,
)


@pytest.fixture(scope="session", params=[None, HEX_KEY], ids=["plain", "encrypted"])
def written(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> JournalFile:
    """A journal of two days that nobody may touch."""
    folder = tmp_path_factory.mktemp("written")
    file = JournalFile(path=folder / JOURNAL_NAME, key=key_of(request.param))
    write_morning(file, (MONDAY, 60), (TUESDAY, 20))
    return file


@pytest.fixture
def file(written: JournalFile, tmp_path: Path) -> JournalFile:
    """A copy of it, as it lies in a data folder."""
    data = tmp_path / "data"
    shutil.copytree(written.path.parent, data)
    return JournalFile(path=data / JOURNAL_NAME, key=written.key)
