"""The key of an encrypted journal: 64 hexadecimal digits, from a file or the environment."""

import hmac
import re
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from queue_server.journal.journal import JournalUnusable

KEY_VARIABLE: Final = "HOSPITAL_JOURNAL_KEY"
_HEX_KEY: Final = re.compile(r"[0-9a-fA-F]{64}")
_CHAIN_PURPOSE: Final = b"hospital-kiosk journal chain 1"
_SNAPSHOT_PURPOSE: Final = b"hospital-kiosk journal snapshot 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalKey:
    """What encrypts the file, and what seals its rows; neither is ever shown."""

    cipher_hex: str = field(repr=False)
    """256 bits for SQLCipher. They are random already, so nothing is derived from a password."""
    chain: bytes = field(repr=False)
    """Key of the hash chain, derived from the same bits."""
    snapshot: bytes = field(repr=False)
    """Key of the snapshot, derived likewise."""


def load_journal_key(
    key_file: Path | None, environment: MutableMapping[str, str]
) -> JournalKey | None:
    """Return the key in `key_file`, or else in the environment; None if there is neither.

    It is taken out of `environment`, so that no program we start inherits it.

    Raises:
        JournalUnusable: the file can't be read, others may read it, or that is no key.
    """
    from_environment = environment.pop(KEY_VARIABLE, None)
    if key_file is not None:
        return _parsed(_text_of(key_file), str(key_file))
    if from_environment is not None:
        return _parsed(from_environment, KEY_VARIABLE)
    return None


def _text_of(path: Path) -> str:
    try:
        if path.stat().st_mode & 0o077:
            raise JournalUnusable(
                f"{path}: others may read this key: chmod 600 {path} / 密钥文件权限须为 0600"
            )
        return path.read_text(encoding="ascii")
    except OSError as error:
        raise JournalUnusable(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError:
        return ""


def _parsed(text: str, place: str) -> JournalKey:
    key = text.strip()
    if not _HEX_KEY.fullmatch(key):
        raise JournalUnusable(
            f"{place}: a key is 64 hexadecimal digits; make one with: openssl rand -hex 32"
            " / 密钥须为 64 位十六进制数"
        )
    bits = bytes.fromhex(key)
    return JournalKey(
        cipher_hex=key,
        chain=hmac.digest(bits, _CHAIN_PURPOSE, "sha256"),
        snapshot=hmac.digest(bits, _SNAPSHOT_PURPOSE, "sha256"),
    )
