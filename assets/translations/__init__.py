"""A language is a folder here, with one TOML file for each program: `zh/kiosk.toml`.

Keys are flat or one table deep; a sentence's variable parts stand in braces: `{count}`.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path

_FOLDER = Path(__file__).parent


def languages() -> list[str]:
    """Return the languages there are, Chinese first."""
    found = sorted(path.name for path in _FOLDER.iterdir() if (path / "kiosk.toml").is_file())
    return sorted(found, key=lambda name: name != "zh")


def load(program: str, language: str) -> Mapping[str, str]:
    """Return the texts of `program` in `language`, tables flattened to `table.key`."""
    path = _FOLDER / language / f"{program}.toml"
    return dict(_flat(tomllib.loads(path.read_text(encoding="utf-8"))))


def _flat(table: dict[str, object], prefix: str = "") -> list[tuple[str, str]]:
    texts: list[tuple[str, str]] = []
    for key, value in table.items():
        if isinstance(value, dict):
            texts += _flat(value, f"{prefix}{key}.")
        else:
            assert isinstance(value, str), f"{prefix}{key} is no text"
            texts.append((prefix + key, value))
    return texts
