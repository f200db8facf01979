"""What the text of a virtual card says, and whether it is genuine: for server and kiosk alike.

It holds no name and no identity number, only a random card id, and lives for a minute, so that
a photo of it is soon worthless. Reading one needs public keys, but no network and no records.
That a token is accepted once only is the business of whoever reads it: its `token_id` is unique.

Source: RFC 7519 (JWT), RFC 8037 and RFC 9864 (the algorithm Ed25519).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Final

import msgspec
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import GuestProtocol, OKPKey
from msgspec import Meta

from queue_server.rules.terms import CardId, RefusalCode

CARD_LIFE_S: Final = 60
CARD_LIFE_MAX_S: Final = 90
"""A token that claims to live longer is none of ours."""
CLOCK_SKEW_S: Final = 5
CARD_LENGTH_MAX: Final = 1024
ALGORITHM: Final = "Ed25519"
AUDIENCE: Final = "kiosk"
_KEY_ID_LENGTH: Final = 8

ClaimText = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_-]{1,64}\Z")]


class CardError(Exception):
    """The card can't be accepted; `code` is CARD_UNKNOWN or CARD_EXPIRED."""

    def __init__(self, code: RefusalCode, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class CardClaims:
    """What an accepted card says."""

    card_id: CardId
    token_id: str
    """The token's `jti`: it may be redeemed once."""
    expires_at: datetime
    """Until then, and `CLOCK_SKEW_S` longer, the token would be accepted."""


class CardPayload(msgspec.Struct, forbid_unknown_fields=True):
    """The claims of the token, by their names in RFC 7519."""

    iss: str
    sub: ClaimText
    aud: str
    iat: int
    exp: int
    jti: ClaimText


class CardReader:
    """Accepts or refuses the text of a card."""

    def __init__(self, keys: Sequence[OKPKey], issuer: str) -> None:
        self._keys = {key_id(key): key for key in keys}
        self._issuer = issuer

    def public_keys(self) -> list[str]:
        """Return the keys as text, for whoever is to read cards too."""
        return [str(key.as_dict(private=False)["x"]) for key in self._keys.values()]

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
            aud={"essential": True, "value": AUDIENCE},
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

    def _signed_payload(self, text: str) -> CardPayload:
        if len(text) > CARD_LENGTH_MAX or not text.isascii():
            raise CardError(RefusalCode.CARD_UNKNOWN, "is no token")
        try:
            token = jwt.decode(text, self._key_for, algorithms=[ALGORITHM])
            return msgspec.convert(token.claims, CardPayload)
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


def key_of_text(text: str) -> OKPKey:
    """Return the public key whose 32 bytes `text` is (base64url)."""
    return OKPKey.import_key({"kty": "OKP", "crv": ALGORITHM, "x": text})
