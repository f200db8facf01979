"""`hospital-kiosk sandbox` and `hospital-kiosk reconcile`, as a technician starts them."""

import csv
import os
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

from queue_server.journal.journal import Batch
from queue_server.journal.sqlite_journal import SqliteJournal
from queue_server.payments.configuration import load_payments
from queue_server.payments.fen import Fen
from queue_server.payments.gateway import Order, RefundOrder
from queue_server.payments.gateways.choice import make_gateways
from queue_server.payments.step_store import JournalSteps
from queue_server.payments.steps import BoxEmptied, NoteTaken
from queue_server.payments.terms import GATEWAY_CHANNELS, Channel
from queue_server.rules.terms import DeviceId
from tests.integration.payments.cashier_process import take_payment
from tests.integration.payments.certificates import a_certificate
from tests.integration.payments.paying_hospital import CODES
from tests.integration.payments.serving import free_port

ROOT = Path(__file__).parents[3]
PAID = Fen(2550)


def today() -> date:
    """The gateways' day: asked for when needed, since a run of all tests may go over midnight."""
    return datetime.now(ZoneInfo("Asia/Shanghai")).date()


def command(*words: str | Path) -> list[str]:
    return [sys.executable, "-m", "queue_server", *map(str, words)]


@contextmanager
def running_sandbox(folder: Path, *more: str | Path) -> Iterator[int]:
    """Start a sandbox in a process of its own; gives its port."""
    with free_port() as taken:
        port = int(taken.getsockname()[1])
    words = ("sandbox", "--folder", folder, "--port", str(port), "--notify", "http://127.0.0.1:1")
    program = subprocess.Popen(command(*words, *more), cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert program.stdout is not None
    try:
        assert "payments.toml" in program.stdout.readline()
        yield port
    finally:
        program.terminate()
        program.wait(timeout=60)
        program.stdout.close()


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A sandbox: its address, and the folder of the hospital."""
    folder = tmp_path / "hospital"
    with running_sandbox(folder) as port:
        address = f"http://127.0.0.1:{port}"
        with httpx.Client(transport=httpx.HTTPTransport(retries=10)) as client:
            assert client.get(f"{address}/control/wechat/trades").json() == []
        yield address, folder


def reconcile(folder: Path, *more: str | Path) -> subprocess.CompletedProcess[str]:
    words = ("reconcile", "--data", folder, "--payments", folder / "payments.toml")
    return subprocess.run(
        command(*words, "--day", today().isoformat(), *more),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )


@pytest.mark.end_to_end
@pytest.mark.parametrize("channel", GATEWAY_CHANNELS)
def test_a_day_is_paid_in_the_sandbox_and_compared_from_the_journal(
    sandbox: tuple[str, Path], channel: Channel
) -> None:
    address, folder = sandbox
    [(number, state, kept)] = take_payment(folder, CODES[channel], 0)
    assert (state, kept) == ("fulfilled", 2550)

    agreed = reconcile(folder, "--csv", folder / "agreed.csv")

    assert agreed.returncode == 0, agreed.stderr
    assert f"{channel}: 收 came 25.50 · 退 went back 0.00 · 差异 differences 0" in agreed.stdout
    assert len((folder / "agreed.csv").read_text(encoding="utf-8").splitlines()) == 1

    order = Order(
        attempt=number,
        amount=PAID,
        title="t",
        opened_at=datetime.now(UTC),
        expires_at=datetime.now(UTC),
        is_scanned=True,
    )
    gateway = make_gateways(load_payments(folder / "payments.toml"), lambda: datetime.now(UTC))[
        channel
    ]
    by_hand = RefundOrder(
        number="on the merchant page", amount=PAID, paid=PAID, asked_at=datetime.now(UTC)
    )
    gateway.refund(order, by_hand)
    different = reconcile(folder, "--csv", folder / "different.csv")

    assert different.returncode == 1
    assert f"{number} refund_not_in_books 25.50 / 0.00" in different.stdout
    text = (folder / "different.csv").read_text(encoding="utf-8-sig")
    assert list(csv.reader(text.splitlines()))[1][2:4] == ["refund_not_in_books", number]
    trades = httpx.get(f"{address}/control/{channel}/trades").json()
    assert [(one["number"], one["refunded_fen"]) for one in trades] == [(number, 2550)]


@pytest.mark.end_to_end
def test_the_cash_boxes_of_a_day_are_compared_from_the_journal(tmp_path: Path) -> None:
    (tmp_path / "payments.toml").write_text('[cash]\nchange_goes = "desk"\nchange_max_yuan = 50\n')
    journal = SqliteJournal(tmp_path / "journal.sqlite")
    journal.open(datetime.now(UTC))
    store = JournalSteps(journal, lambda facts: journal.append(Batch(facts=list(facts))))
    kiosk = DeviceId("kiosk-01")
    note = NoteTaken(
        device=kiosk, book="b1", number=1, value_fen=2000, box_count=1, attempt=None
    )  # fmt: skip
    emptied = BoxEmptied(device=kiosk, counted_fen=1000)
    store.append([note, emptied], day_on=today(), at=datetime.now(UTC), by="chen")
    journal.close()

    told = reconcile(tmp_path, "--csv", tmp_path / "cash.csv")

    assert told.returncode == 1, told.stderr
    assert "cash: 收 came 20.00 · 发还 handed out 0.00" in told.stdout
    assert "kiosk-01: 账 books 20.00 · 张 notes 1/1 · 清点 counted 10.00" in told.stdout
    text = (tmp_path / "cash.csv").read_text(encoding="utf-8-sig")
    kinds = [row[2] for row in csv.reader(text.splitlines())][1:]
    assert kinds == ["box_sum", "box_unassigned"]


@pytest.mark.end_to_end
def test_what_is_wrong_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "payments.toml").write_text("[wechat]\n")

    told = reconcile(tmp_path)

    assert told.returncode == 2
    assert "wechat.merchant_id" in told.stderr
    assert "Traceback" not in told.stderr


def test_the_control_api_switches_faults_on_and_off(sandbox: tuple[str, Path]) -> None:
    address, _ = sandbox
    faults = f"{address}/control/alipay/faults"

    added = httpx.post(faults, json={"on": "close", "do": "lose_reply", "times": 2})
    unknown = httpx.post(faults, json={"on": "close", "do": "explode"})

    assert (added.status_code, unknown.status_code) == (204, 422)
    assert httpx.get(faults).json() == [
        {"on": "close", "do": "lose_reply", "times": 2, "seconds": 0}
    ]
    httpx.delete(faults)
    assert httpx.get(faults).json() == []


@pytest.mark.parametrize("channel", GATEWAY_CHANNELS)
def test_a_patient_at_the_sandbox_pays_once_and_sees_how_it_stands(
    sandbox: tuple[str, Path], channel: Channel
) -> None:
    address, folder = sandbox
    [(number, state, _)] = take_payment(folder, channel, 0)
    assert state == "waiting"
    control = f"{address}/control/{channel}/trades"
    [trade] = httpx.get(control).json()
    page = f"{address}/pay/{channel}/{trade['token']}"

    assert "请确认付款" in httpx.get(page).text
    httpx.post(f"{page}/confirm")
    assert "支付成功" in httpx.get(page).text
    assert httpx.post(f"{control}/{number}/pay").status_code == 409
    assert httpx.get(f"{page}x").status_code == 404
    assert "default-src 'none'" in httpx.get(page).headers["content-security-policy"]
    [paid] = httpx.get(control).json()
    assert paid["paid_fen"] == 2550


def test_the_sandbox_serves_https_if_it_is_given_a_certificate(tmp_path: Path) -> None:
    certificate, key = a_certificate(tmp_path, days=30)
    trusting = httpx.HTTPTransport(
        verify=ssl.create_default_context(cafile=certificate), retries=10
    )

    with (
        running_sandbox(tmp_path / "hospital", "--tls", certificate, key) as port,
        httpx.Client(transport=trusting) as client,
    ):
        trades = client.get(f"https://127.0.0.1:{port}/control/wechat/trades")

    assert trades.json() == []
    written = (tmp_path / "hospital" / "payments.toml").read_text(encoding="utf-8")
    assert f'gateway = "https://127.0.0.1:{port}"' in written
