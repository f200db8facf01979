"""Makes virtual cards: a signed token on the patient's phone that a scanner reads as a QR code.

What it says and how it is read stands in `contract/virtual_card.py`.
"""

import json
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from queue_server.contract.virtual_card import (
    ALGORITHM,
    AUDIENCE,
    CARD_LIFE_S,
    CardPayload,
    key_id,
)
from queue_server.private_file import write_privately
from queue_server.rules.terms import CardId

_NO_KEY: Final = (JoseError, ValueError, TypeError, AttributeError, LookupError, RecursionError)
"""What joserfc and json say of a file that holds no key."""


class KeyFileError(Exception):
    """The file holds no key for virtual cards."""


class CardIssuer:
    """Signs cards with the hospital's private key."""

    def __init__(self, key: OKPKey, issuer: str) -> None:
        self._key = key
        self._issuer = issuer

    def issue(self, card_id: CardId, now: datetime, token_id: str) -> str:
        """Return the text of a card that is good for `CARD_LIFE_S`; `token_id` is new each time."""
        issued_s = int(now.timestamp())
        payload = CardPayload(
            iss=self._issuer,
            sub=card_id,
            aud=AUDIENCE,
            iat=issued_s,
            exp=issued_s + CARD_LIFE_S,
            jti=token_id,
        )
        return jwt.encode(
            {"alg": ALGORITHM, "kid": key_id(self._key)},
            msgspec.to_builtins(payload),
            self._key,
            algorithms=[ALGORITHM],
            default_type=None,
        )


def public_key(key: OKPKey) -> OKPKey:
    """Return the half that reads cards and can't sign any."""
    return OKPKey.import_key(key.as_dict(private=False))


def load_or_make_key(path: Path) -> OKPKey:
    """Return the private key in `path`; the first time, make it, readable by its owner only.

    Raises:
        KeyFileError: the file is there and holds no private Ed25519 key.
        OSError: the file can't be read or written.
    """
    if not path.exists():
        _write_key(path)
    try:
        key = OKPKey.import_key(json.loads(path.read_bytes()))
    except _NO_KEY as error:
        raise KeyFileError(f"{path} holds no key: move it away to have a new one made") from error
    if not key.is_private or key.curve_name != ALGORITHM:
        raise KeyFileError(f"{path} holds no private Ed25519 key: move it away to have one made")
    return key


def _write_key(path: Path) -> None:
    key = OKPKey.generate_key(ALGORITHM)
    write_privately(path, json.dumps(key.as_dict(private=True)).encode("ascii"))
