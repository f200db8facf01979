"""A callback that is forged, replayed, stale or meant for somebody else changes nothing."""

import base64
import contextlib
import logging
import random
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from queue_server.payments.gateway import NoticeFault
from queue_server.payments.gateways import unionpay_message
from queue_server.payments.notices import BODY_BYTES_MAX, VerdictKind
from queue_server.payments.sandbox.faults import FaultKind, Operation
from queue_server.payments.sandbox.provider import Callback, sign
from queue_server.payments.sandbox.unionpay_keys import PROVIDER_NAME, a_certificate
from queue_server.payments.terms import GATEWAY_CHANNELS, AttemptState, Channel
from tests.integration.payments.paying_hospital import PayingHospital, post

STATE = AttemptState
CHANNELS = pytest.mark.parametrize("channel", GATEWAY_CHANNELS)
STRANGE_CERTIFICATES = pytest.mark.filterwarnings(
    "ignore:Parsed a serial number:cryptography.utils.CryptographyDeprecationWarning"
)
WRITTEN_AS_FORM = (Channel.ALIPAY, Channel.UNIONPAY)
"""The last figure of a signature holds bits that mean nothing: two texts may be one signature."""


def a_paid_callback(hospital: PayingHospital, channel: Channel) -> Callback:
    """Return the callback of a payment of which the hospital has not heard yet."""
    attempt = hospital.shows(channel)
    hospital.messenger.holds_back = True
    hospital.pay(attempt)
    hospital.messenger.holds_back = False
    assert hospital.state(attempt) is STATE.WAITING
    return hospital.messenger.sent[-1]


def faults(hospital: PayingHospital) -> list[NoticeFault | None]:
    return [verdict.fault for verdict in hospital.desk.verdicts]


def kinds(hospital: PayingHospital) -> list[VerdictKind]:
    return [verdict.kind for verdict in hospital.desk.verdicts]


@CHANNELS
def test_a_callback_that_comes_twice_counts_once(
    hospital: PayingHospital, channel: Channel
) -> None:
    attempt = hospital.shows(channel)
    hospital.fault(channel, Operation.CALLBACK, FaultKind.DUPLICATE)

    hospital.pay(attempt)

    assert kinds(hospital) == [VerdictKind.TAKEN, VerdictKind.REPLAYED]
    assert hospital.messenger.statuses == [200, 200]
    assert hospital.advance(attempt).state is STATE.FULFILLED


@CHANNELS
def test_a_forged_callback_changes_nothing_and_the_real_one_counts(
    hospital: PayingHospital, channel: Channel
) -> None:
    attempt = hospital.shows(channel)
    hospital.fault(channel, Operation.CALLBACK, FaultKind.FORGE)

    hospital.pay(attempt)

    assert faults(hospital) == [NoticeFault.FORGED, None]
    assert kinds(hospital) == [VerdictKind.REFUSED, VerdictKind.TAKEN]


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        (FaultKind.STALE, NoticeFault.STALE),
        (FaultKind.OTHER_MERCHANT, NoticeFault.OTHER_MERCHANT),
    ],
)
@CHANNELS
def test_a_rightly_signed_callback_that_is_old_or_not_ours_changes_nothing(
    hospital: PayingHospital, channel: Channel, fault: FaultKind, found: NoticeFault
) -> None:
    attempt = hospital.shows(channel)
    hospital.fault(channel, Operation.CALLBACK, fault)

    hospital.pay(attempt)

    assert faults(hospital) == [found]
    assert hospital.state(attempt) is STATE.WAITING


@CHANNELS
def test_a_callback_with_another_amount_is_looked_at_by_a_person(
    hospital: PayingHospital, channel: Channel
) -> None:
    attempt = hospital.shows(channel)
    hospital.fault(channel, Operation.CALLBACK, FaultKind.OTHER_AMOUNT)

    hospital.pay(attempt)

    assert hospital.state(attempt) is STATE.REVIEW


@CHANNELS
def test_a_callback_recorded_and_sent_again_later_is_stale(
    hospital: PayingHospital, channel: Channel
) -> None:
    callback = a_paid_callback(hospital, channel)

    hospital.wait(301)
    status = post(callback.url, callback.headers, callback.body)

    assert faults(hospital) == [NoticeFault.STALE]
    assert status in (200, 400)


@CHANNELS
def test_a_callback_of_a_payment_that_nobody_began_here_changes_nothing(
    hospital: PayingHospital, channel: Channel
) -> None:
    attempt = hospital.shows(channel)
    bank = hospital.sandbox.providers[channel].bank
    bank.trades["A20261126unknown"] = bank.trades.pop(attempt.id)
    bank.trades["A20261126unknown"].number = "A20261126unknown"

    hospital.sandbox.pay(channel, "A20261126unknown")

    assert kinds(hospital) == [VerdictKind.UNKNOWN_ATTEMPT]
    assert hospital.state(attempt) is STATE.WAITING


@STRANGE_CERTIFICATES
@CHANNELS
def test_a_callback_of_which_one_byte_was_changed_changes_nothing(
    hospital: PayingHospital, channel: Channel
) -> None:
    callback = a_paid_callback(hospital, channel)
    dice = random.Random(20261126)
    tried = 0
    while tried < 300:
        body = bytearray(callback.body)
        body[dice.randrange(len(body))] = dice.randrange(256)
        if channel in WRITTEN_AS_FORM and meaning(body) == meaning(callback.body):
            continue  # another way to write the same
        if bytes(body) == callback.body:
            continue
        tried += 1

        verdict = hospital.desk.take(channel, callback.headers, bytes(body))

        assert verdict.kind is VerdictKind.REFUSED, bytes(body)


@STRANGE_CERTIFICATES
def test_whatever_byte_of_its_certificate_is_broken_a_callback_of_unionpay_is_refused(
    hospital: PayingHospital,
) -> None:
    callback = a_paid_callback(hospital, Channel.UNIONPAY)
    said = dict(parse_qsl(callback.body.decode()))
    whole = x509.load_pem_x509_certificate(said["signPubKeyCert"].encode())
    der = whole.public_bytes(Encoding.DER)

    for place in range(len(der)):
        broken = bytearray(der)
        broken[place] ^= 0xFF
        text = base64.encodebytes(broken).decode()
        pem = f"-----BEGIN CERTIFICATE-----\n{text}-----END CERTIFICATE-----\n"
        body = urlencode({**said, "signPubKeyCert": pem}).encode()

        verdict = hospital.desk.take(Channel.UNIONPAY, callback.headers, body)

        assert verdict.kind is VerdictKind.REFUSED, place


def meaning(body: bytes | bytearray) -> dict[str, object]:
    said = dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
    name = "sign" if "sign" in said else "signature"
    with contextlib.suppress(ValueError, KeyError):
        return {**said, name: base64.decodebytes(said[name].encode())}
    return {**said}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Wechatpay-Serial": "7777"},
        {"Wechatpay-Serial": "not hexadecimal"},
        {"Wechatpay-Signature": "!!!"},
        {"Wechatpay-Signature-Type": "NONE"},
        {"Wechatpay-Timestamp": "tomorrow"},
        {"Wechatpay-Nonce": "another"},
    ],
)
def test_a_callback_with_other_headers_is_forged(
    hospital: PayingHospital, headers: Mapping[str, str]
) -> None:
    callback = a_paid_callback(hospital, Channel.WECHAT)
    sent = {**callback.headers, **headers} if headers else {}

    verdict = hospital.desk.take(Channel.WECHAT, sent, callback.body)

    assert verdict.fault is NoticeFault.FORGED


def test_the_words_of_alipay_for_a_refund_or_an_old_payment_are_no_new_payment(
    hospital: PayingHospital,
) -> None:
    callback = a_paid_callback(hospital, Channel.ALIPAY)
    said = dict(parse_qsl(callback.body.decode()))

    for change in ({"trade_status": "TRADE_FINISHED"}, {"gmt_refund": "2026-11-26 12:00:00"}):
        body = signed_by_alipay(hospital, {**said, **change})
        verdict = hospital.desk.take(Channel.ALIPAY, {}, body)
        assert verdict.fault is NoticeFault.NO_PAYMENT


def signed_by_alipay(hospital: PayingHospital, said: dict[str, str]) -> bytes:
    text = "&".join(f"{key}={said[key]}" for key in sorted(said) if not key.startswith("sign"))
    key = hospital.sandbox.providers[Channel.ALIPAY].keys.own
    return urlencode({**said, "sign": sign(key, text)}).encode()


def test_a_callback_signed_by_anybody_but_unionpay_is_forged(hospital: PayingHospital) -> None:
    callback = a_paid_callback(hospital, Channel.UNIONPAY)
    said = dict(parse_qsl(callback.body.decode()))
    stranger, now = hospital.sandbox.providers[Channel.UNIONPAY].keys.stranger, hospital.clock()
    # One who calls himself UnionPay, and another merchant of UnionPay's own authority.
    self_made = a_certificate(PROVIDER_NAME, stranger.public_key(), "me", stranger, now)
    others = (hospital.keys / "unionpay-hospital.crt").read_text()

    for certificate in (self_made.public_bytes(Encoding.PEM).decode(), others):
        forged = unionpay_message.signed({**said, "signPubKeyCert": certificate}, stranger)
        verdict = hospital.desk.take(Channel.UNIONPAY, {}, urlencode(forged).encode())
        assert verdict.fault is NoticeFault.FORGED

    right = hospital.desk.take(Channel.UNIONPAY, {}, callback.body)
    assert right.kind is VerdictKind.TAKEN


def test_a_refund_told_by_unionpay_is_no_new_payment(hospital: PayingHospital) -> None:
    callback = a_paid_callback(hospital, Channel.UNIONPAY)
    said = dict(parse_qsl(callback.body.decode()))
    own = hospital.sandbox.providers[Channel.UNIONPAY].keys.own

    told = unionpay_message.signed({**said, "txnType": "04"}, own)

    verdict = hospital.desk.take(Channel.UNIONPAY, {}, urlencode(told).encode())
    assert verdict.fault is NoticeFault.NO_PAYMENT


def test_a_refused_callback_is_logged_without_anything_of_its_content(
    hospital: PayingHospital, caplog: pytest.LogCaptureFixture
) -> None:
    callback = a_paid_callback(hospital, Channel.WECHAT)
    caplog.clear()

    with caplog.at_level(logging.DEBUG):
        hospital.desk.take(Channel.WECHAT, callback.headers, b'{"name": "Zhang San"}')

    ours = [record.getMessage() for record in caplog.records if "callback" in record.getMessage()]
    assert ours == ["a callback of wechat changes nothing: forged"]


def test_a_channel_that_is_not_taken_and_a_flood_are_turned_away(
    hospital: PayingHospital,
) -> None:
    url = hospital.trade(hospital.shows(Channel.WECHAT)).notify_url

    assert post(url.replace("wechat", "paypal"), {}, b"{}") == 422
    assert post(url, {}, b"x" * (BODY_BYTES_MAX + 1)) == 413
    assert hospital.desk.verdicts == []
