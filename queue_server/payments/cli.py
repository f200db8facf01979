"""The commands around money: the payment sandbox, and the daily reconciliation."""

import argparse
import os
import sys
import uuid
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from queue_server.journal.cli import add_key_option
from queue_server.journal.journal import JournalUnusable
from queue_server.journal.journal_file import JOURNAL_NAME
from queue_server.journal.journal_key import load_journal_key
from queue_server.journal.sqlite_journal import SqliteJournal
from queue_server.payments.cash_reconciliation import CASH_ADVICE, CashDay
from queue_server.payments.reconciliation import ADVICE, Reconciliation
from queue_server.payments.reconciliation_csv import differences_csv, yuan
from queue_server.payments.step_store import JournalSteps
from queue_server.payments.terms import Channel

SANDBOX_PORT: Final = 8090
DIFFERENT: Final = 1
"""Exit code when the bills and the books do not agree."""
USER_ERROR: Final = 2
BEIJING: Final = ZoneInfo("Asia/Shanghai")


def add_payment_commands(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> None:
    """Add the commands to the ones of `hospital-kiosk`."""
    sandbox = commands.add_parser(
        "sandbox", help="the gateways without money / 支付沙箱（不涉及真实资金）"
    )
    sandbox.add_argument(
        "--folder",
        type=Path,
        required=True,
        metavar="DIR",
        help="keys, payments.toml and messages.toml",
    )
    sandbox.add_argument("--port", type=int, default=SANDBOX_PORT, metavar="PORT")
    sandbox.add_argument(
        "--notify",
        default="http://127.0.0.1:8080",
        metavar="URL",
        help="the queue server, which is told of payments / 接收支付通知的地址",
    )
    sandbox.add_argument(
        "--tls", type=Path, nargs=2, metavar=("CERTIFICATE", "KEY"), help="serve https / 使用 https"
    )
    sandbox.add_argument(
        "--receipt-platform",
        action="store_true",
        help="let the finance platform number the receipts / 由财政平台给电子票据编号",
    )
    sandbox.set_defaults(run=_sandbox)

    reconcile = commands.add_parser(
        "reconcile", help="the gateways' bills of a day against the books / 与渠道账单对账"
    )
    reconcile.add_argument("--data", type=Path, required=True, metavar="DIR", help="the journal's")
    reconcile.add_argument("--payments", type=Path, required=True, metavar="FILE")
    reconcile.add_argument(
        "--day", type=date.fromisoformat, metavar="YYYY-MM-DD", help="default: yesterday / 默认昨天"
    )
    reconcile.add_argument("--csv", type=Path, metavar="FILE", help="where the differences go")
    add_key_option(reconcile)
    reconcile.set_defaults(run=_reconcile)


def _sandbox(parsed: argparse.Namespace) -> int:
    import uvicorn  # noqa: PLC0415  # slow to import

    from queue_server.payments.sandbox.application import make_application  # noqa: PLC0415
    from queue_server.payments.sandbox.keys import (  # noqa: PLC0415
        make_keys,
        write_configuration,
        write_messages,
    )
    from queue_server.payments.sandbox.messenger import HttpMessenger  # noqa: PLC0415
    from queue_server.payments.sandbox.sandbox import make_sandbox  # noqa: PLC0415

    certificate, key = parsed.tls or (None, None)
    address = f"{'http' if certificate is None else 'https'}://127.0.0.1:{parsed.port}"
    make_keys(parsed.folder, datetime.now(UTC))
    path = write_configuration(
        parsed.folder,
        gateway=address,
        notify=parsed.notify.rstrip("/"),
        has_platform=parsed.receipt_platform,
    )
    write_messages(parsed.folder, gateway=address)
    messenger = HttpMessenger()
    sandbox = make_sandbox(
        parsed.folder,
        clock=lambda: datetime.now(UTC),
        new_id=lambda: uuid.uuid4().hex[:20],
        address=address,
        messenger=messenger,
    )
    print(f"支付沙箱 sandbox: {address} · {path}", flush=True)
    try:
        uvicorn.run(
            make_application(sandbox),
            host="127.0.0.1",
            port=parsed.port,
            ssl_certfile=certificate,
            ssl_keyfile=key,
            access_log=False,
            log_level="error",
        )
    finally:
        messenger.stop()
    return 0


def _reconcile(parsed: argparse.Namespace) -> int:
    from queue_server.payments.configuration import PaymentsError, load_payments  # noqa: PLC0415
    from queue_server.payments.gateway import GatewaySilent  # noqa: PLC0415
    from queue_server.payments.gateways.choice import make_gateways  # noqa: PLC0415
    from queue_server.payments.reconciling import (  # noqa: PLC0415
        cash_day,
        receipt_numbers,
        reconcile_day,
    )

    day_on = parsed.day or (datetime.now(BEIJING) - timedelta(days=1)).date()
    try:
        gateways = make_gateways(load_payments(parsed.payments), lambda: datetime.now(UTC))
        key = load_journal_key(parsed.key_file, os.environ)
        journal = SqliteJournal(parsed.data / JOURNAL_NAME, key)
        store = JournalSteps(journal, _keep_nothing)
        cash = cash_day(store, day_on)
        _print_cash(day_on, cash)
        found = reconcile_day(store, gateways, day_on)
        if parsed.csv is not None:
            every = [difference for one in found for difference in one.differences]
            numbers = receipt_numbers(store, day_on)
            text = differences_csv(
                day_on, every, lambda attempt: numbers.get(attempt, ()), cash.boxes
            )
            parsed.csv.write_text(text, encoding="utf-8", newline="")
    except (PaymentsError, JournalUnusable, ValueError) as error:
        print(error, file=sys.stderr)
        return USER_ERROR
    except GatewaySilent as error:
        print(
            f"the bill can't be fetched now ({error}); it is there from 10:00 of the next day"
            " / 暂时取不到账单，次日 10 点后可取",
            file=sys.stderr,
        )
        return USER_ERROR
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return USER_ERROR
    for one in found:
        _print(day_on, one)
    is_different = cash.difference_count or any(one.differences for one in found)
    return DIFFERENT if is_different else 0


def _print(day_on: date, one: Reconciliation) -> None:
    print(
        f"{day_on} {one.channel}: 收 came {one.gateway_came} · 退 went back"
        f" {one.gateway_went_back} · 差异 differences {len(one.differences)}"
    )
    for difference in one.differences:
        advice_zh, advice_en = ADVICE[difference.kind]
        amounts = f"{yuan(difference.books_fen)} / {yuan(difference.gateway_fen)}"
        print(f"  - {difference.attempt} {difference.kind} {amounts}")
        print(f"    {advice_zh}\n    {advice_en}")


def _print_cash(day_on: date, cash: CashDay) -> None:
    """Print the boxes of the day; nothing where no kiosk takes notes."""
    if not (cash.boxes or cash.came or cash.handed_out or cash.kept):
        return
    print(
        f"{day_on} {Channel.CASH}: 收 came {cash.came} · 发还 handed out {cash.handed_out}"
        f" · 留存 kept {cash.kept} · 差异 differences {cash.difference_count}"
    )
    for one in cash.boxes:
        box = one.box
        counted = "" if one.counted is None else f" · 清点 counted {one.counted}"
        notes = f"{box.count}/{box.found_count}"
        print(f"  {box.device}: 账 books {box.value} · 张 notes {notes}{counted}")
        for kind in one.kinds:
            advice_zh, advice_en = CASH_ADVICE[kind]
            print(f"  - {kind}\n    {advice_zh}\n    {advice_en}")


def _keep_nothing(_: object) -> None:
    raise AssertionError("a comparison writes nothing")
