"""Codes in front of a scanner: no forged card is let in, and no text is more than refused."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from joserfc.jwk import ECKey, OKPKey

from hardware.code_kind import CodeKind, classify_code, is_resident_id
from kiosk.flow import id_number as typed
from queue_server.records.id_number import check_digit, is_id_number
from queue_server.records.virtual_card import (
    CARD_LIFE_MAX_S,
    CLOCK_SKEW_S,
    CardError,
    CardReader,
    key_id,
    public_key,
)
from queue_server.rules.terms import RefusalCode
from tests.fuzz.campaign import Fuzzer, Try
from tests.fuzz.server_line import CARD_KEY
from tests.fuzz.strange import changed_bytes, changed_tree, json_bytes, strange_text
from tests.integration.service.known_hospital import OPENING

ISSUER = "north"
_NOW_S = int(OPENING.timestamp())
_THIEF = OKPKey.import_key(
    {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": "PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw",
        "d": "TM0Imyj_ltqdtsNG7BFOD1uKMZ81q6Yk2oz27U-4pvs",
    }
)
_CURVE = ECKey.generate_key("P-256", {"kid": "other"})


@dataclass(frozen=True, kw_only=True)
class Gate:
    """Who reads cards; a test puts a careless reader in."""

    reader: CardReader


@contextmanager
def gate(reader: type[CardReader] = CardReader) -> Iterator[Gate]:
    """Yield the product's reader."""
    yield Gate(reader=reader([public_key(CARD_KEY)], ISSUER))


def _part(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _token(header: Any, claims: Any, signature: bytes) -> str:
    return ".".join((_part(json_bytes(header)), _part(json_bytes(claims)), _part(signature)))


_HEADER = {"alg": "Ed25519", "kid": key_id(CARD_KEY)}
_CLAIMS = {
    "iss": ISSUER, "sub": "card-1", "aud": "kiosk", "iat": _NOW_S, "exp": _NOW_S + 60, "jti": "t-1",
}  # fmt: skip
_headers = changed_tree(
    {**_HEADER, "typ": "JWT", "crit": ["b64"], "b64": True, "jwk": public_key(_THIEF).as_dict()}
) | st.fixed_dictionaries(
    {
        "alg": st.sampled_from(
            [
                "none",
                "None",
                "HS256",
                "ES256",
                "EdDSA",
                "Ed25519",
                "RS256",
                "PBES2-HS256+A128KW",
                "",
            ]
        ),
        "kid": st.sampled_from([key_id(CARD_KEY), key_id(_THIEF), "../key", ""]),
    },
    optional={
        "jku": st.just("http://evil.test/jwks"),
        "x5u": st.just("file:///etc/passwd"),
        "jwk": st.just(public_key(_THIEF).as_dict()),
        "crit": st.sampled_from([[], [1], ["b64"], "b64", [None], {}, [["b64"]]]),
        "b64": st.booleans(),
        "zip": st.just("DEF"),
    },
)
_times = st.integers(-120, 120).map(lambda seconds: _NOW_S + seconds) | st.sampled_from(
    [0, -1, 2**31, 2**53, 2**63 - 1, 2**64, 253402300799, 253402300800, 1e400, 1.5, True, None, "0"]
)
_claims = changed_tree(_CLAIMS) | st.fixed_dictionaries(
    {
        "iss": st.just(ISSUER),
        "sub": st.just("card-1"),
        "aud": st.just("kiosk"),
        "iat": _times,
        "exp": _times,
        "jti": st.just("t-1"),
    }
)


@st.composite
def forged(draw: st.DrawFn) -> str:
    """A token that the hospital has not signed: by anybody, by nobody, or changed afterwards."""
    header, claims = draw(_headers), draw(st.just(_CLAIMS) | _claims)
    signed = f"{_part(json_bytes(header))}.{_part(json_bytes(claims))}".encode()
    public = json.dumps(public_key(CARD_KEY).as_dict()).encode()
    raw_public = base64.urlsafe_b64decode(str(CARD_KEY.as_dict()["x"]) + "=")
    signature = draw(
        st.sampled_from(
            [
                b"",
                bytes(64),
                _THIEF.private_key.sign(signed),  # type: ignore[union-attr]
                hmac.digest(public, signed, hashlib.sha256),
                hmac.digest(raw_public, signed, hashlib.sha256),
                hmac.digest(b"", signed, hashlib.sha256),
            ]
        )
        | st.binary(max_size=70)
    )
    return f"{signed.decode()}.{_part(signature)}"


@st.composite
def genuine(draw: st.DrawFn) -> str:
    """A token signed with the hospital's key, whatever it claims."""
    return _signed(_HEADER, draw(_claims))


def _signed(header: Any, claims: Any) -> str:
    content = f"{_part(json_bytes(header))}.{_part(json_bytes(claims))}"
    return f"{content}.{_part(CARD_KEY.private_key.sign(content.encode()))}"  # type: ignore[union-attr]


_good = st.just(_signed(_HEADER, _CLAIMS)).map(str.encode)
_texts = (
    strange_text
    | changed_bytes(_good).map(lambda content: content.decode("latin-1"))
    | st.lists(st.text(st.sampled_from("AZaz09_-=.+/ \n")), min_size=1, max_size=6).map(".".join)
    | st.integers(1000, 1100).map(lambda length: "A" * length)
)
_instants = st.integers(-200, 200).map(lambda seconds: OPENING + timedelta(seconds=seconds))


def no_forgery_is_let_in(target: Gate, text: str) -> None:
    """Nobody but the hospital makes a card."""
    try:
        target.reader.read(text, OPENING)
    except CardError as error:
        assert error.code is RefusalCode.CARD_UNKNOWN
    else:
        raise AssertionError("a forged card was let in")


def a_card_is_good_for_its_minute(target: Gate, thrown: tuple[str, datetime]) -> None:
    """What the hospital has signed is let in within its time only, and that is short."""
    text, now = thrown
    try:
        claims = target.reader.read(text, now)
    except CardError as error:
        assert error.code in (RefusalCode.CARD_UNKNOWN, RefusalCode.CARD_EXPIRED)
        return
    left_s = (claims.expires_at - now).total_seconds()
    assert -CLOCK_SKEW_S <= left_s <= CARD_LIFE_MAX_S + CLOCK_SKEW_S
    assert claims.card_id
    assert claims.token_id


def any_text_has_a_kind(target: Gate, text: str) -> None:
    """Whatever was scanned has a kind; what is no card of ours is refused; nothing is raised."""
    kind = classify_code(text)
    assert kind.is_payment is kind.value.endswith("_payment")
    if is_resident_id(text):
        assert kind is CodeKind.RESIDENT_ID
        assert is_id_number(text)
    try:
        claims = target.reader.read(text, OPENING)
    except CardError:
        return
    # Another spelling of the same token: it is used up with the same id.
    assert claims.token_id == _CLAIMS["jti"]


def id_numbers_are_judged_alike(_target: Gate, text: str) -> None:
    """Kiosk and server agree which text is an ID number, and typing one never fails."""
    if is_resident_id(text):
        assert is_id_number(text)
    if is_id_number(text):
        assert check_digit(text[:17]) == text[17].upper()
    so_far = ""
    for character in text:
        if typed.may_follow(so_far, character):
            so_far += character
        shown = typed.groups(so_far, is_shown=False)
        assert len("".join(shown)) == len(so_far)
    assert so_far.isascii()


_digits = st.text(st.sampled_from("0123456789Xx１²٣ "), min_size=14, max_size=30)
CARDS = Fuzzer(
    name="cards",
    target=gate,
    tries=(
        Try(name="forged cards", inputs=forged(), check=no_forgery_is_let_in, examples=125),
        Try(
            name="genuine cards that claim anything",
            inputs=st.tuples(genuine(), _instants),
            check=a_card_is_good_for_its_minute,
            examples=125,
        ),
        Try(name="any text", inputs=_texts, check=any_text_has_a_kind, examples=125),
        Try(name="codes of digits", inputs=_digits, check=any_text_has_a_kind, examples=125),
        Try(name="ID numbers", inputs=_digits, check=id_numbers_are_judged_alike, examples=125),
    ),
)
