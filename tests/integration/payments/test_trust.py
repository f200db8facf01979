"""Keys, certificates and settings: whom the gateways trust, and what they refuse."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from queue_server.payments.configuration import PaymentsError, load_payments
from queue_server.payments.gateway import Order
from queue_server.payments.gateways.choice import make_gateways
from queue_server.payments.sandbox.application import make_application
from queue_server.payments.sandbox.keys import make_keys, write_configuration
from queue_server.payments.sandbox.sandbox import make_sandbox
from queue_server.payments.terms import GATEWAY_CHANNELS, AttemptState, Channel
from tests.integration.payments.certificates import a_certificate
from tests.integration.payments.memory_steps import MemorySteps
from tests.integration.payments.paying_hospital import (
    CODES,
    Clock,
    DirectMessenger,
    Ids,
    PayingHospital,
    paying_hospital,
)
from tests.integration.payments.serving import free_port, served

STATE = AttemptState
CHANNELS = pytest.mark.parametrize("channel", GATEWAY_CHANNELS)


@CHANNELS
def test_a_hospital_with_anothers_key_is_refused_and_nothing_is_begun(
    keys: Path, tmp_path: Path, channel: Channel
) -> None:
    make_keys(tmp_path / "others", datetime.now(UTC))

    def with_anothers_key(_: Path) -> None:
        for name in (tmp_path / "others").glob(f"{channel}-hospital.*"):
            shutil.copy(name, keys)

    with paying_hospital(keys, MemorySteps(), change_configuration=with_anothers_key) as hospital:
        attempt = hospital.shows(channel)

        assert attempt.state is (STATE.UNKNOWN if channel is Channel.ALIPAY else STATE.FAILED)
        assert hospital.sandbox.providers[channel].bank.trades == {}


@CHANNELS
def test_a_provider_with_another_key_is_not_believed(
    keys: Path, tmp_path: Path, channel: Channel
) -> None:
    make_keys(tmp_path / "others", datetime.now(UTC))

    def who_trusts_another(_: Path) -> None:
        trusted = "authority.crt" if channel is Channel.UNIONPAY else "provider.pub"
        shutil.copy(tmp_path / "others" / f"{channel}-{trusted}", keys)

    with paying_hospital(keys, MemorySteps(), change_configuration=who_trusts_another) as hospital:
        attempt = hospital.scans(channel)

        # It is paid, but nothing that is said of it counts: it stays unknown, never failed.
        assert hospital.trade(attempt).kept_fen == 2550
        assert attempt.state is STATE.UNKNOWN
        assert hospital.advance(attempt).state is STATE.UNKNOWN


def test_the_libraries_go_to_the_real_gateways_unless_they_are_told_otherwise(keys: Path) -> None:
    path = write_configuration(keys, gateway="http://127.0.0.1:1", notify="https://hospital.test")
    text = path.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("gateway")]
    path.write_text("\n".join(lines), encoding="utf-8")

    gateways = make_gateways(load_payments(path), Clock())

    wechat, alipay = gateways[Channel.WECHAT], gateways[Channel.ALIPAY]
    assert wechat._client._core._gate_way == "https://api.mch.weixin.qq.com"  # type: ignore[attr-defined]
    assert alipay._client._gateway == "https://openapi.alipay.com/gateway.do"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("days", "is_trusted", "standing"),
    [(30, True, "waiting"), (30, False, "silent"), (-1, True, "silent")],
    ids=["trusted", "unknown", "expired"],
)
@CHANNELS
def test_over_https_only_a_valid_certificate_of_a_trusted_authority_is_talked_to(
    keys: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    channel: Channel,
    days: int,
    is_trusted: bool,
    standing: str,
) -> None:
    tls = a_certificate(tmp_path, days=days)
    if is_trusted:
        for variable in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
            monkeypatch.setenv(variable, str(tls[0]))
    clock = Clock()
    sandbox = make_sandbox(keys, clock=clock, new_id=Ids("s"), messenger=DirectMessenger())
    with served(make_application(sandbox), free_port(), tls=tls) as address:
        path = write_configuration(keys, gateway=address, notify="https://hospital.test")
        hospital = PayingHospital(
            sandbox, make_gateways(load_payments(path), Clock()), MemorySteps(), clock
        )

        attempt = hospital.shows(channel)

    assert attempt.state is (STATE.WAITING if standing == "waiting" else STATE.UNKNOWN)
    assert len(sandbox.providers[channel].bank.trades) == (standing == "waiting")


def test_a_payment_code_is_never_written_anywhere(
    hospital: PayingHospital, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="queue_server")
    attempt = hospital.scans(Channel.WECHAT)
    code = CODES[Channel.WECHAT]
    order = Order(
        attempt=attempt.id,
        amount=attempt.amount,
        title="t",
        opened_at=attempt.opened_at,
        expires_at=attempt.expires_at,
        is_scanned=True,
        code=code,
    )

    store = hospital.cashier._parts.store
    assert isinstance(store, MemorySteps)
    assert code not in repr(store.rows)
    assert code not in caplog.text
    assert code not in repr(order)


def problems_of(path: Path) -> str:
    with pytest.raises(PaymentsError) as refused:
        load_payments(path)
    return str(refused.value)


@pytest.mark.parametrize(
    ("line", "instead", "told"),
    [
        ('merchant_id = "1900000001"', "", "wechat.merchant_id: is missing"),
        ('merchant_id = "1900000001"', 'merchantid = "1"', "did you mean merchant_id"),
        (
            'notify_url = "https://h.test/payments/notice/wechat"',
            'notify_url = "http://h.test/x"',
            "https:// address",
        ),
        (
            'private_key_file = "wechat-hospital.key"',
            'private_key_file = "none.key"',
            "wechat.private_key_file",
        ),
        ('title = "医院缴费"', 'titel = "x"', "did you mean title"),
    ],
)
def test_settings_that_can_not_be_right_are_told_by_key(
    keys: Path, line: str, instead: str, told: str
) -> None:
    path = write_configuration(keys, gateway="http://127.0.0.1:1", notify="https://h.test")
    text = path.read_text(encoding="utf-8")
    assert line in text
    path.write_text(text.replace(line, instead), encoding="utf-8")

    assert told in problems_of(path)


def test_a_secret_key_that_others_may_read_is_refused(keys: Path) -> None:
    path = write_configuration(keys, gateway="http://127.0.0.1:1", notify="https://h.test")
    (keys / "alipay-hospital.key").chmod(0o644)

    assert "alipay.private_key_file" in problems_of(path)
    assert "600" in problems_of(path)


def test_a_key_file_that_holds_no_key_is_told(keys: Path) -> None:
    path = write_configuration(keys, gateway="http://127.0.0.1:1", notify="https://h.test")
    for channel in GATEWAY_CHANNELS:
        (keys / f"{channel}-hospital.key").write_text("no key")

        with pytest.raises(ValueError, match=channel):
            make_gateways(load_payments(path), Clock())
        make_keys(keys, datetime.now(UTC))
        (keys / f"{channel}-hospital.key").unlink()
        make_keys(keys, datetime.now(UTC))
