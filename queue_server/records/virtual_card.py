"""The virtual card: a signed token on the patient's phone that a scanner reads as a QR code.

It holds no name and no identity number, only a random card id, and lives for a minute, so that
a photo of it is soon worthless. That a token is accepted once only is the journal's business:
its `token_id` is unique there.

Source: RFC 7519 (JWT), RFC 8037 and RFC 9864 (the algorithm Ed25519).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import msgspec
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import GuestProtocol, OKPKey
from msgspec import Meta

from queue_server.private_file import write_privately
from queue_server.records.records import CardId
from queue_server.rules.terms import RefusalCode

CARD_LIFE_S: Final = 60
CARD_LIFE_MAX_S: Final = 90
"""A token that claims to live longer is none of ours."""
CLOCK_SKEW_S: Final = 5
CARD_LENGTH_MAX: Final = 1024
_ALGORITHM: Final = "Ed25519"
_AUDIENCE: Final = "kiosk"
_KEY_ID_LENGTH: Final = 8
_NO_KEY: Final = (JoseError, ValueError, TypeError, AttributeError, LookupError, RecursionError)
"""What joserfc and json say of a file that holds no key."""

_ClaimText = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_-]{1,64}\Z")]


class CardError(Exception):
    """The card can't be accepted; `code` is CARD_UNKNOWN or CARD_EXPIRED."""

    def __init__(self, code: RefusalCode, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


class KeyFileError(Exception):
    """The file holds no key for virtual cards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardClaims:
    """What an accepted card says."""

    card_id: CardId
    token_id: str
    """The token's `jti`: it may be redeemed once."""
    expires_at: datetime
    """Until then, and `CLOCK_SKEW_S` longer, the token would be accepted."""


class _Payload(msgspec.Struct, forbid_unknown_fields=True):
    iss: str
    sub: _ClaimText
    aud: str
    iat: int
    exp: int
    jti: _ClaimText


class CardIssuer:
    """Signs cards with the hospital's private key."""

    def __init__(self, key: OKPKey, issuer: str) -> None:
        self._key = key
        self._issuer = issuer

    def issue(self, card_id: CardId, now: datetime, token_id: str) -> str:
        """Return the text of a card that is good for `CARD_LIFE_S`; `token_id` is new each time."""
        issued_s = int(now.timestamp())
        payload = _Payload(
            iss=self._issuer,
            sub=card_id,
            aud=_AUDIENCE,
            iat=issued_s,
            exp=issued_s + CARD_LIFE_S,
            jti=token_id,
        )
        return jwt.encode(
            {"alg": _ALGORITHM, "kid": key_id(self._key)},
            msgspec.to_builtins(payload),
            self._key,
            algorithms=[_ALGORITHM],
            default_type=None,
        )


class CardReader:
    """Accepts or refuses the text of a card; needs public keys, but no network and no records."""

    def __init__(self, keys: Sequence[OKPKey], issuer: str) -> None:
        self._keys = {key_id(key): key for key in keys}
        self._issuer = issuer

    def read(self, text: str, now: datetime) -> CardClaims:
        """Return what the card says.

        Raises:
            CardError: CARD_EXPIRED, a genuine card whose time is over;
                CARD_UNKNOWN, anything else that is no card of this hospital.
        """
        payload = self._signed_payload(text)
        registry = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=CLOCK_SKEW_S,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": _AUDIENCE},
        )
        if not 0 < payload.exp - payload.iat <= CARD_LIFE_MAX_S:
            raise CardError(RefusalCode.CARD_UNKNOWN, "claims to live for too long")
        try:
            registry.validate(msgspec.to_builtins(payload))
        except ExpiredTokenError as error:
            raise CardError(RefusalCode.CARD_EXPIRED, "its time is over") from error
        except JoseError as error:
            raise CardError(RefusalCode.CARD_UNKNOWN, error.description) from error
        return CardClaims(
            card_id=CardId(payload.sub),
            token_id=payload.jti,
            expires_at=datetime.fromtimestamp(payload.exp, UTC),
        )

    def _signed_payload(self, text: str) -> _Payload:
        if len(text) > CARD_LENGTH_MAX or not text.isascii():
            raise CardError(RefusalCode.CARD_UNKNOWN, "is no token")
        try:
            token = jwt.decode(text, self._key_for, algorithms=[_ALGORITHM])
            return msgspec.convert(token.claims, _Payload)
        # joserfc lets a TypeError out when the header's `crit` holds something else than texts.
        except (JoseError, msgspec.ValidationError, TypeError) as error:
            raise CardError(RefusalCode.CARD_UNKNOWN, type(error).__name__) from error

    def _key_for(self, token: GuestProtocol) -> OKPKey:
        key = self._keys.get(token.headers().get("kid", ""))
        if key is None:
            raise CardError(RefusalCode.CARD_UNKNOWN, "is signed with an unknown key")
        return key


def key_id(key: OKPKey) -> str:
    """Return the short name of a key, which private and public half share."""
    return key.thumbprint()[:_KEY_ID_LENGTH]


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
    if not key.is_private or key.curve_name != _ALGORITHM:
        raise KeyFileError(f"{path} holds no private Ed25519 key: move it away to have one made")
    return key


def _write_key(path: Path) -> None:
    key = OKPKey.generate_key(_ALGORITHM)
    write_privately(path, json.dumps(key.as_dict(private=True)).encode("ascii"))
