"""Where the tests of site files put theirs."""

from pathlib import Path

import pytest


@pytest.fixture
def site_file(tmp_path: Path) -> Path:
    return tmp_path / "site.toml"
