"""`kill -9` at each write and each call, with a real journal and the real client libraries."""

import multiprocessing
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from queue_server.journal.journal_check import check_journal
from queue_server.journal.journal_file import JournalFile
from queue_server.journal.sqlite_journal import SqliteJournal
from queue_server.payments.sandbox.application import make_application
from queue_server.payments.sandbox.keys import write_configuration
from queue_server.payments.sandbox.sandbox import Sandbox, make_sandbox
from queue_server.payments.terms import GATEWAY_CHANNELS, Channel
from tests.integration.payments.cashier_process import take_payment
from tests.integration.payments.paying_hospital import CODES, DirectMessenger, Ids
from tests.integration.payments.serving import address_of, free_port, served

KILLED = -9
# Forked from a process that has imported everything and runs no threads.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.integration.payments.cashier_process"])


@pytest.fixture
def sandbox(keys: Path) -> Iterator[Sandbox]:
    """A sandbox that serves, and a `payments.toml` for it in `keys`."""
    sandbox = make_sandbox(
        keys, clock=lambda: datetime.now(UTC), new_id=Ids("s"), messenger=DirectMessenger()
    )
    port = free_port()
    write_configuration(keys, gateway=address_of(port), notify="https://nobody.test")
    with served(make_application(sandbox), port):
        yield sandbox


def is_killed(folder: Path, how: str, kill_at: int) -> bool:
    """Take a payment in a process of its own; tell whether it was killed."""
    process = PROCESSES.Process(target=take_payment, args=(folder, how, kill_at))
    process.start()
    process.join(timeout=100)
    exit_code = process.exitcode
    process.close()
    assert exit_code in (0, KILLED), exit_code
    return exit_code == KILLED


def receipt_count(folder: Path) -> int:
    facts = SqliteJournal(folder / "journal.sqlite").facts(datetime.now(UTC).date())
    return sum(fact.name == "payment.ReceiptIssued" for fact in facts)


@pytest.mark.end_to_end
@pytest.mark.timeout(400)
@pytest.mark.parametrize("channel", GATEWAY_CHANNELS)
def test_a_scanned_payment_is_taken_once_whenever_the_process_is_killed(
    keys: Path, tmp_path: Path, sandbox: Sandbox, channel: Channel
) -> None:
    bank = sandbox.providers[channel].bank
    moments = 0
    while True:
        folder = Path(shutil.copytree(keys, tmp_path / f"killed-{moments + 1}"))
        code = f"{CODES[channel][:-2]}{moments:02d}"
        if not is_killed(folder, code, moments + 1):
            break
        moments += 1

        [(number, state, kept)] = take_payment(folder, code, 0)

        # Killed before the provider was asked, nothing was taken; after it, all of it, once.
        trade = bank.trades.get(number)
        assert kept == (0 if trade is None else trade.kept_fen)
        assert state == ("unknown" if trade is None else "fulfilled")
        assert (folder / "booked" / number).exists() == (trade is not None)
        assert receipt_count(folder) == (1 if state == "fulfilled" else 0)
        assert check_journal(JournalFile(path=folder / "journal.sqlite")).is_sound
    # Opening the books, posting, beginning, the call, its answer, booking: before and after each.
    assert moments >= 12
