"""Check codes: what proves that a printed page came from this server, and is of this very thing."""

import base64
import hmac
import secrets
from pathlib import Path
from typing import Final

from queue_server.private_file import write_privately

_KEY_BYTES: Final = 32
_CODE_BYTES: Final = 10
CODE_LENGTH: Final = 16


class CheckKeyError(Exception):
    """The key of check codes can't be used; the sentence says what to do."""


class CheckCodes:
    """Makes and checks codes of sixteen letters and digits.

    Args:
        key: 32 bytes that nobody else knows.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def code(self, *what: str) -> str:
        """Return the code of `what`: a kind of paper, its number, what it says."""
        digest = hmac.digest(self._key, "\x1f".join(what).encode(), "sha256")
        return base64.b32encode(digest[:_CODE_BYTES]).decode()

    def is_right(self, code: str, *what: str) -> bool:
        """Tell whether it is the code of `what`; small letters and dashes are taken as well."""
        given = code.replace("-", "").upper().encode()
        return hmac.compare_digest(given, self.code(*what).encode())


def in_groups(code: str) -> str:
    """Return a code as people read it: `ABCD-EFGH-IJKL-MNOP`."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def load_or_make_check_codes(path: Path) -> CheckCodes:
    """Return the codes by the key in `path`; the first time, make it, readable by its owner only.

    Raises:
        CheckKeyError: the file holds no such key.
        OSError: the file can't be read or written.
    """
    if not path.exists():
        write_privately(path, secrets.token_bytes(_KEY_BYTES).hex().encode())
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii"))
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise CheckKeyError(
            f"{path} holds no key: restore it from the backup, or papers printed before can't be"
            " verified any more / 核验密钥文件无效，请从备份恢复"
        )
    return CheckCodes(key)
