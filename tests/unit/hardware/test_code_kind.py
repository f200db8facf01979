"""What a scanned code is, told by its form."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.code_kind import CodeKind, classify_code, is_resident_id


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(header: object) -> str:
    parts = (json.dumps(header).encode(), b'{"sub":"card-17"}', bytes(64))
    return ".".join(base64url(part) for part in parts)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (token({"alg": "Ed25519", "kid": "2025-06"}), CodeKind.VIRTUAL_CARD),
        ("hk:0f3a9c21b7", CodeKind.SLIP),
        ("hk:20261123:cardiology-1:A002", CodeKind.SLIP),
        ("4241234567890123456712110000"[:28], CodeKind.INSURANCE),
        ("11010519491231002X", CodeKind.RESIDENT_ID),
        ("11010519491231002x", CodeKind.RESIDENT_ID),
        ("134650000000000000", CodeKind.WECHAT_PAYMENT),
        ("154650000000000000", CodeKind.WECHAT_PAYMENT),
        ("2812345678901234", CodeKind.ALIPAY_PAYMENT),
        ("301234567890123456789012", CodeKind.ALIPAY_PAYMENT),
        ("6212345678901234567", CodeKind.UNIONPAY_PAYMENT),
        # Near misses.
        ("110105194912310021", CodeKind.WECHAT_PAYMENT),  # a wrong check digit
        ("164650000000000000", CodeKind.UNKNOWN),
        ("13465000000000000", CodeKind.UNKNOWN),
        ("281234567890123", CodeKind.UNKNOWN),
        ("2812345678901234567890123", CodeKind.UNKNOWN),
        ("621234567890123456", CodeKind.UNKNOWN),
        ("424123456789012345671211000", CodeKind.UNKNOWN),
        ("www.example-hospital.cn/visit-0123456789", CodeKind.UNKNOWN),
        ("wwww.example.a-hospital-of-beijing", CodeKind.UNKNOWN),
        (token(["alg"]), CodeKind.UNKNOWN),
        (token({"typ": "JWT"}), CodeKind.UNKNOWN),
        ("HK:0f3a9c21b7", CodeKind.UNKNOWN),
        ("", CodeKind.UNKNOWN),
        ("１３４６５００００００００００００００", CodeKind.UNKNOWN),
    ],
)
def test_a_code_is_told_by_its_form(text: str, kind: CodeKind) -> None:
    assert classify_code(text) is kind


@pytest.mark.parametrize("text", ["110105194912310054", "120103199003070059"])
def test_what_may_be_a_number_or_a_payment_code_is_told_by_what_was_asked_for(text: str) -> None:
    # Both have a valid day and check digit, and the form of a WeChat code.
    assert classify_code(text) is CodeKind.RESIDENT_ID
    assert classify_code(text, is_paying=True) is CodeKind.WECHAT_PAYMENT


def test_an_identity_number_that_no_payment_code_looks_like_is_one_even_where_one_pays() -> None:
    for number in ("11010519491231002X", "330102199003070051"):
        assert classify_code(number, is_paying=True) is CodeKind.RESIDENT_ID


def test_no_alipay_code_is_an_identity_number_whatever_its_check_digit() -> None:
    codes = [f"28010519491231002{check}" for check in "0123456789"]

    assert {classify_code(code) for code in codes} == {CodeKind.ALIPAY_PAYMENT}


def test_only_payment_codes_are_payment_codes() -> None:
    assert {kind for kind in CodeKind if kind.is_payment} == {
        CodeKind.WECHAT_PAYMENT,
        CodeKind.ALIPAY_PAYMENT,
        CodeKind.UNIONPAY_PAYMENT,
    }


@pytest.mark.parametrize(
    "number", ["110105194902300023", "110105174912310025", "010105194912310020"]
)
def test_an_identity_number_needs_a_date_that_was_and_a_region(number: str) -> None:
    numbers = [number[:17] + check for check in "0123456789X"]

    assert not any(is_resident_id(number) for number in numbers)


@given(st.text(max_size=200))
def test_any_text_has_a_kind(text: str) -> None:
    assert classify_code(text) in CodeKind


@given(
    st.from_regex(
        r"[A-Za-z0-9_-]{4,400}\.[A-Za-z0-9_-]{2,40}\.[A-Za-z0-9_-]{16,40}", fullmatch=True
    )
)
def test_text_that_looks_like_a_token_never_crashes(text: str) -> None:
    assert classify_code(text) in {CodeKind.UNKNOWN, CodeKind.VIRTUAL_CARD}


PAYMENT_CODES = st.from_regex(
    r"(1[0-5][0-9]{16}|(2[5-9]|30)[0-9]{14,22}|62[0-9]{17})", fullmatch=True
)
FORMS = st.one_of(
    PAYMENT_CODES,
    st.from_regex(r"[0-9]{28}", fullmatch=True),
    st.sampled_from(["11010519491231002X", "hk:17"]),
)


@given(PAYMENT_CODES)
def test_a_payment_code_is_never_taken_for_a_card(text: str) -> None:
    kind = classify_code(text)

    # A WeChat code may have the form of an identity number, once in ten thousand.
    assert kind.is_payment or kind is CodeKind.RESIDENT_ID
    assert classify_code(text, is_paying=True).is_payment


@given(form=FORMS, at=st.integers(0, 30), intruder=st.sampled_from("\n\0 \t\u200b\u202e٣３é"))
def test_a_form_with_anything_foreign_in_it_is_not_that_form(
    form: str, at: int, intruder: str
) -> None:
    position = at % (len(form) + 1)
    kind = classify_code(form[:position] + intruder + form[position:])

    assert kind in {CodeKind.UNKNOWN, CodeKind.SLIP}
    assert form.startswith("hk:") or kind is CodeKind.UNKNOWN


@given(st.text(alphabet="0123456789Xx", max_size=40))
def test_where_one_pays_a_kind_only_ever_turns_into_a_payment(text: str) -> None:
    elsewhere, paying = classify_code(text), classify_code(text, is_paying=True)

    assert paying is elsewhere or (elsewhere is CodeKind.RESIDENT_ID and paying.is_payment)


@pytest.mark.parametrize(
    "text",
    ["9" * 100_000, "hk" * 50_000, "." * 100_000, "eyJ" * 30_000 + ".e." + "a" * 20, "[" * 1000],
)
def test_a_code_of_any_length_has_a_kind(text: str) -> None:
    assert classify_code(text) is CodeKind.UNKNOWN
