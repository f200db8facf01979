"""What `messages.toml` says: where the hospital's message service is, and as whom it is asked."""

from pathlib import Path

from queue_server.key_files import KeyFiles
from queue_server.payments.configuration import PlatformConfiguration, platform_of
from queue_server.toml_table import Problems, Table, UnusableFile, parse_toml


class MessagesError(UnusableFile):
    """`messages.toml` can't be used."""


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
