"""What `messages.toml` says: where the hospital's message service is, and as whom it is asked."""

from collections.abc import Sequence
from pathlib import Path

from queue_server.key_files import KeyFiles
from queue_server.payments.configuration import PlatformConfiguration, platform_of
from queue_server.toml_table import Problem, Problems, Table, parse_toml


class MessagesError(Exception):
    """The file can't be used; `problems` lists everything that is wrong with it."""

    def __init__(self, path: Path, problems: Sequence[Problem]) -> None:
        super().__init__(path, problems)
        self.path = path
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return "\n".join(
            f"{self.path}: {one.where}: {one.message_en} / {one.message_zh}"
            for one in self.problems
        )


def load_messages(path: Path) -> PlatformConfiguration:
    """Read and check `path`, and the key file it names.

    Raises:
        MessagesError: it can't be read or says something impossible.
    """
    problems = Problems()
    root = Table("", parse_toml(path, problems), problems)
    found = platform_of(root, KeyFiles(path.parent)) if not problems.found else None
    if problems.found or found is None:
        raise MessagesError(path, problems.found)
    return found
