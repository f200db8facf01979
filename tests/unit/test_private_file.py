"""Files with secrets: whole, for their owner only, and his whose folder it is."""

import os
from pathlib import Path

import pytest

from queue_server.private_file import make_private_folder, open_privately, write_privately


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(b"before")
    path.chmod(0o644)

    write_privately(path, b"secret")

    assert path.read_bytes() == b"secret"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    make_private_folder(tmp_path / "above" / "folder")

    assert (tmp_path / "above" / "folder").stat().st_mode & 0o777 == 0o700
    with pytest.raises(FileExistsError):
        make_private_folder(tmp_path / "above" / "folder")


def test_what_root_makes_belongs_to_whoever_owns_the_folder(tmp_path: Path) -> None:
    """Anybody else owns what he makes, and the folder is his already."""
    owner = 12345 if os.geteuid() == 0 else os.geteuid()
    os.chown(tmp_path, owner, -1)

    make_private_folder(tmp_path / "folder")
    write_privately(tmp_path / "folder" / "key", b"secret")
    open_privately(tmp_path / "folder" / "lock").close()

    made = [tmp_path / "folder", *(tmp_path / "folder").iterdir()]
    assert {path.stat().st_uid for path in made} == {owner}
