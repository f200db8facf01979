"""A file beside the journal for what was worked out from it. It may be deleted at any time.

With a key it is encrypted as the journal is (AES-256-GCM); without one a SHA-256 tells whether it
is whole. Whatever is wrong with it, it is as if it were not there.
"""

import contextlib
import hashlib
import os
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from queue_server.journal.journal_key import JournalKey

SNAPSHOT_NAME: Final = "journal.snapshot"
"""Its name in a server's data folder."""
_NONCE_BYTES: Final = 12
_DIGEST_BYTES: Final = 32


class SnapshotFile:
    """One file; the journal's key, if it has one, encrypts this as well."""

    def __init__(self, path: Path, key: JournalKey | None = None) -> None:
        self._path = path
        self._key = key

    def read(self) -> bytes | None:
        """Return what was written last; None if there is nothing that can be read whole."""
        try:
            sealed = self._path.read_bytes()
        except OSError:
            return None
        if self._key is None:
            digest, content = sealed[:_DIGEST_BYTES], sealed[_DIGEST_BYTES:]
            return content if hashlib.sha256(content).digest() == digest else None
        with contextlib.suppress(InvalidTag, ValueError):
            nonce, secret = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
            return AESGCM(self._key.snapshot).decrypt(nonce, secret, None)
        return None

    def write(self, content: bytes) -> None:
        """Put `content` in the place of what was written before.

        Raises:
            OSError: no space, no right.
        """
        draft = self._path.with_name(f"{self._path.name}.part")
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(self._sealed(content))
        # Not synced: after a power cut a torn file is noticed, and the journal is read instead.
        draft.replace(self._path)

    def _sealed(self, content: bytes) -> bytes:
        if self._key is None:
            return hashlib.sha256(content).digest() + content
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + AESGCM(self._key.snapshot).encrypt(nonce, content, None)
