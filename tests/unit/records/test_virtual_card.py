"""The virtual card: what we signed is read for a minute, and nothing else is."""

import json
import stat
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey

from queue_server.records.records import CardId
from queue_server.records.virtual_card import (
    CARD_LIFE_S,
    CardError,
    CardIssuer,
    CardReader,
    KeyFileError,
    key_id,
    load_or_make_key,
    public_key,
)
from queue_server.rules.terms import RefusalCode

NOW = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
NOW_S = int(NOW.timestamp())
KEY = OKPKey.generate_key("Ed25519")
ISSUER = CardIssuer(KEY, "north")
READER = CardReader([public_key(KEY)], "north")
CARD_ID = CardId("nWq5xT0hVb2LmK8z")
CLAIMS = {
    "iss": "north",
    "sub": CARD_ID,
    "aud": "kiosk",
    "iat": NOW_S,
    "exp": NOW_S + 60,
    "jti": "token-1",
}


def signed(claims: dict[str, Any], key: Any = KEY, **header: Any) -> str:
    headers = {"alg": "Ed25519", "kid": key_id(KEY), **header}
    return jwt.encode(headers, dict(claims), key, algorithms=[headers["alg"]], default_type=None)


def refusal(text: str, now: datetime = NOW) -> RefusalCode:
    with pytest.raises(CardError) as caught:
        READER.read(text, now)
    return caught.value.code


def test_a_card_says_whose_it_is_and_how_long_it_lives() -> None:
    claims = READER.read(ISSUER.issue(CARD_ID, NOW, "token-1"), NOW)

    assert (claims.card_id, claims.token_id) == (CARD_ID, "token-1")
    assert claims.expires_at == NOW + timedelta(seconds=CARD_LIFE_S)


@pytest.mark.parametrize(("age_s", "is_accepted"), [(-5, True), (0, True), (64, True), (65, False)])
def test_a_card_lives_for_a_minute_and_clocks_may_differ_by_five_seconds(
    age_s: int, is_accepted: bool
) -> None:
    card = ISSUER.issue(CARD_ID, NOW, "token-1")
    now = NOW + timedelta(seconds=age_s)

    if is_accepted:
        assert READER.read(card, now).card_id == CARD_ID
    else:
        assert refusal(card, now) is RefusalCode.CARD_EXPIRED


def test_a_card_from_the_future_is_refused() -> None:
    card = ISSUER.issue(CARD_ID, NOW + timedelta(seconds=6), "token-1")

    assert refusal(card) is RefusalCode.CARD_UNKNOWN


def test_a_card_fits_a_code_that_a_phone_shows_large_enough() -> None:
    card = ISSUER.issue(CARD_ID, NOW, "Zk3vT9qLx2WmPb7R")

    code = segno.make(card, error="m", micro=False, boost_error=False)

    assert int(code.version) <= 15


def test_a_card_holds_nothing_but_random_ids_and_times() -> None:
    payload = ISSUER.issue(CARD_ID, NOW, "token-1").split(".")[1]

    assert json.loads(urlsafe_b64decode(payload + "==")) == CLAIMS


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "south"},
        {"aud": "pharmacy"},
        {"aud": ["kiosk"]},
        {"exp": NOW_S + 91},
        {"exp": NOW_S},
        {"exp": None},
        {"exp": float(NOW_S + 60)},
        {"exp": True},
        {"iat": NOW_S - 31},
        {"sub": ""},
        {"sub": "11010519491231002X\n"},
        {"jti": "a" * 65},
        {"name": "王芳"},
    ],
)
def test_a_signed_token_with_another_claim_is_no_card(changed: dict[str, Any]) -> None:
    assert refusal(signed(CLAIMS | changed)) is RefusalCode.CARD_UNKNOWN


@pytest.mark.parametrize("left_out", sorted(CLAIMS))
def test_a_signed_token_without_a_claim_is_no_card(left_out: str) -> None:
    claims = {name: value for name, value in CLAIMS.items() if name != left_out}

    assert refusal(signed(claims)) is RefusalCode.CARD_UNKNOWN


def test_a_card_of_somebody_elses_key_is_unknown() -> None:
    stranger = OKPKey.generate_key("Ed25519")

    own_name = CardIssuer(stranger, "north").issue(CARD_ID, NOW, "token-1")
    our_name = signed(CLAIMS, stranger)

    assert refusal(own_name) is RefusalCode.CARD_UNKNOWN
    assert refusal(our_name) is RefusalCode.CARD_UNKNOWN


def test_only_our_one_algorithm_is_accepted() -> None:
    with_secret = signed(CLAIMS, OctKey.import_key(str(KEY["x"])), alg="HS256")
    with_curve = signed(CLAIMS, ECKey.generate_key("P-256"), alg="ES256")
    head = urlsafe_b64encode(json.dumps({"alg": "none", "kid": key_id(KEY)}).encode()).decode()
    unsigned = f"{head.rstrip('=')}.{signed(CLAIMS).split('.')[1]}."

    assert refusal(with_secret) is RefusalCode.CARD_UNKNOWN
    assert refusal(with_curve) is RefusalCode.CARD_UNKNOWN
    assert refusal(unsigned) is RefusalCode.CARD_UNKNOWN


def test_a_token_that_names_no_key_is_no_card() -> None:
    token = jwt.encode({"alg": "Ed25519"}, dict(CLAIMS), KEY, algorithms=["Ed25519"])

    assert refusal(token) is RefusalCode.CARD_UNKNOWN


def test_cards_of_the_old_key_are_read_while_the_new_one_is_taken_up() -> None:
    new = OKPKey.generate_key("Ed25519")
    reader = CardReader([public_key(KEY), public_key(new)], "north")

    for key in (KEY, new):
        card = CardIssuer(key, "north").issue(CARD_ID, NOW, "token-1")
        assert reader.read(card, NOW).card_id == CARD_ID


def test_the_public_half_cannot_sign() -> None:
    assert not public_key(KEY).is_private
    assert key_id(public_key(KEY)) == key_id(KEY)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    assert refusal(text) is RefusalCode.CARD_UNKNOWN


@given(st.lists(st.binary(max_size=60), min_size=3, max_size=3))
def test_any_bytes_in_the_form_of_a_token_are_refused(parts: list[bytes]) -> None:
    text = ".".join(urlsafe_b64encode(part).decode().rstrip("=") for part in parts)

    assert refusal(text) is RefusalCode.CARD_UNKNOWN


@pytest.mark.parametrize(
    "header", ["[]", "null", '{"alg":[]}', '{"alg":"Ed25519","crit":[1]}', "[" * 300, "\x00"]
)
def test_a_header_that_no_signer_writes_is_refused(header: str) -> None:
    parts = [header.encode(), b"{}", b"signature"]
    text = ".".join(urlsafe_b64encode(part).decode().rstrip("=") for part in parts)

    assert refusal(text) is RefusalCode.CARD_UNKNOWN


@pytest.mark.parametrize("text", ["\ud800", "王芳", "a.b." + "c" * 5000])
def test_a_text_that_no_scanner_should_send_is_refused(text: str) -> None:
    assert refusal(text) is RefusalCode.CARD_UNKNOWN


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=5), st.lists))
def test_any_header_and_any_claims_are_refused(value: Any) -> None:
    header = {"alg": "Ed25519", "kid": value}
    parts = [json.dumps(part).encode() for part in (header, value)] + [b"signature"]
    text = ".".join(urlsafe_b64encode(part).decode().rstrip("=") for part in parts)

    assert refusal(text) is RefusalCode.CARD_UNKNOWN


@given(st.integers(0, 300), st.characters(categories=["L", "N", "P"]))
def test_a_card_with_a_changed_character_is_refused_or_the_same_card(
    place: int, character: str
) -> None:
    card = ISSUER.issue(CARD_ID, NOW, "token-1")
    changed = card[:place] + character + card[place + 1 :]

    outcome: tuple[str, str] | RefusalCode
    try:
        claims = READER.read(changed, NOW)
        outcome = (claims.card_id, claims.token_id)
    except CardError as error:
        outcome = error.code

    # The last character of a base64 text has unused bits: it may change and mean the same.
    assert outcome in ((CARD_ID, "token-1"), RefusalCode.CARD_UNKNOWN)


def test_the_key_file_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "card-key.json"

    made = load_or_make_key(path)
    loaded = load_or_make_key(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert made.as_dict(private=True) == loaded.as_dict(private=True)
    assert [found.name for found in tmp_path.iterdir()] == ["card-key.json"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'"key"',
        b"{}",
        b"\xff",
        json.dumps(public_key(KEY).as_dict()).encode(),
        json.dumps(OKPKey.generate_key("X25519").as_dict(private=True)).encode(),
        b'{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "d": "AA"}',
        b"[" * 5000,
    ],
    ids=[
        "empty",
        "list",
        "text",
        "object",
        "no-text",
        "public-key",
        "key-of-another-kind",
        "unknown-curve",
        "nested-too-deeply",
    ],
)
def test_a_file_that_holds_no_key_is_told_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "card-key.json"
    path.write_bytes(content)

    with pytest.raises(KeyFileError, match="move it away"):
        load_or_make_key(path)

    assert path.read_bytes() == content
