"""Codes of authenticator apps: as in RFC 6238, for a minute and a half, and each for once."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from queue_server.web.second_factor import CodeCheck, app_address, code_at, new_secret

RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""The ASCII text 12345678901234567890 of the RFC's appendix B, in base 32."""
NOW = datetime(2026, 11, 23, 0, 0, 10, tzinfo=UTC)
STEP = timedelta(seconds=30)


@pytest.mark.parametrize(
    ("at_s", "digits"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_rfc(at_s: int, digits: str) -> None:
    at = datetime.fromtimestamp(at_s, UTC)

    assert code_at(RFC_SECRET, at) == digits
    assert CodeCheck({}).accepts("zheng", RFC_SECRET, digits, at)


@pytest.mark.parametrize(("steps", "is_right"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_a_clock_may_be_off_by_one_step(steps: int, is_right: bool) -> None:
    code = code_at(RFC_SECRET, NOW + steps * STEP)

    assert CodeCheck({}).accepts("zheng", RFC_SECRET, code, NOW) is is_right


def test_a_code_is_accepted_once_and_none_before_it_afterwards() -> None:
    used: dict[str, int] = {}
    check = CodeCheck(used)
    code, former = code_at(RFC_SECRET, NOW), code_at(RFC_SECRET, NOW - STEP)
    assert check.accepts("zheng", RFC_SECRET, code, NOW)

    assert not check.accepts("zheng", RFC_SECRET, code, NOW)
    assert not check.accepts("zheng", RFC_SECRET, former, NOW)
    assert not CodeCheck(used).accepts("zheng", RFC_SECRET, code, NOW + STEP)
    assert check.accepts("qian", RFC_SECRET, code, NOW)
    assert check.accepts("zheng", RFC_SECRET, code_at(RFC_SECRET, NOW + STEP), NOW)


@pytest.mark.parametrize("code", ["", "0", "1234567", "      ", "287082287082"])
def test_what_is_no_code_is_wrong(code: str) -> None:
    assert not CodeCheck({}).accepts("zheng", RFC_SECRET, code, datetime.fromtimestamp(59, UTC))


def test_digits_may_be_typed_in_two_groups() -> None:
    at = datetime.fromtimestamp(59, UTC)

    assert CodeCheck({}).accepts("zheng", RFC_SECRET, "287 082", at)


def test_an_app_learns_secret_and_name_from_the_qr_code() -> None:
    secret = new_secret()
    parts = urlsplit(app_address("zheng", secret))

    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert parts.path.endswith("zheng")
    assert parse_qs(parts.query)["secret"] == [secret]
    assert new_secret() != secret
