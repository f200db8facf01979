"""Key files that a configuration names: found, readable, and secret where they have to be."""

from pathlib import Path

from queue_server.toml_table import Table


class KeyFiles:
    """Reads key files; a path that is not absolute counts from the configuration's folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def public(self, table: Table, key: str) -> str:
        """Return what a file says that anybody may read."""
        return self._read(table, key, is_secret=False)

    def secret(self, table: Table, key: str) -> str:
        """Return what a file says that nobody but its owner may read."""
        return self._read(table, key, is_secret=True)

    def _read(self, table: Table, key: str, *, is_secret: bool) -> str:
        name = table.text(key)
        if not name:
            return ""
        path = self._folder / name
        try:
            if is_secret and path.stat().st_mode & 0o077:
                table.wrong(key, "仅本人可读的文件（chmod 600）", "a file of mode 600")
                return ""
            return path.read_text(encoding="ascii")
        except (OSError, UnicodeDecodeError):
            table.wrong(key, "可读的密钥文件", "a key file that can be read")
            return ""
