"""The clerk: has the finance platform number the receipts, until it is known of each.

One receipt is never registered twice: the platform is asked whether it knows it before it is
asked to number it, our number is the key of both, and one thread does all of it. What was under
way when the process was killed is open in the journal, and asked about like any other.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

from queue_server.journal.journal import JournalUnusable
from queue_server.payments.bookkeeper import Bookkeeper
from queue_server.payments.receipt import (
    Receipt,
    ReceiptRefused,
    ReceiptRegistered,
    ReceiptStep,
)
from queue_server.payments.receipt_platform import (
    PlatformRefused,
    PlatformSilent,
    ReceiptPlatform,
)
from queue_server.payments.terms import ReceiptNo

AGAIN_AFTER: Final = timedelta(seconds=10)
"""So long a platform that gave no answer is left alone about a receipt."""
REFUSED_AGAIN_AFTER: Final = timedelta(minutes=10)
"""And one that has refused it: somebody has to put something right first."""
TICK_S: Final = 1.0

_log = logging.getLogger(__name__)


class ReceiptClerk:
    """Works on what is open. `start()`, and in the end `stop()`; or `sweep()` by hand.

    Args:
        keeper: whose receipts.
        platform: who numbers them.
        clock: gives the present instant.
        fatal: called when the journal can't be written: the process has to stop.
    """

    def __init__(
        self,
        keeper: Bookkeeper,
        platform: ReceiptPlatform,
        clock: Callable[[], datetime],
        fatal: Callable[[Exception], None],
    ) -> None:
        self._keeper = keeper
        self._platform = platform
        self._clock = clock
        self._fatal = fatal
        self._not_before: dict[ReceiptNo, datetime] = {}
        self._is_wanted = threading.Event()
        self._is_stopped = False
        self._thread = threading.Thread(target=self._run, name="receipt-clerk")

    def start(self) -> None:
        """Begin to work in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Finish what is being asked, and end."""
        self._is_stopped = True
        self._is_wanted.set()
        self._thread.join()

    def wake(self) -> None:
        """Look at once whether there is something new."""
        self._is_wanted.set()

    def sweep(self) -> None:
        """Work on everything that is due, one after the other. Blocks on the platform.

        Raises:
            JournalUnusable: what the platform has said can't be kept; the process has to stop.
        """
        for receipt in self._due():
            if self._is_stopped:
                return
            self._work_on(receipt)

    def _due(self) -> Iterator[Receipt]:
        with self._keeper.today() as books:
            book, waiting = books.receipt_book, books.receipt_book.open()
            # What takes another one back comes after it.
            ready = [
                one
                for one in waiting
                if one.reverses is None or not book.receipts[one.reverses].is_open
            ]
        numbers = {one.number for one in waiting}
        self._not_before = {key: at for key, at in self._not_before.items() if key in numbers}
        for receipt in ready:
            not_before = self._not_before.get(receipt.number)
            if not_before is None or self._clock() >= not_before:
                yield receipt

    def _work_on(self, receipt: Receipt) -> None:
        step: ReceiptStep
        # Whatever happens now, the others have their turn.
        self._not_before[receipt.number] = self._clock() + AGAIN_AFTER
        try:
            registration = self._platform.find(receipt.number)
            if registration is None:
                registration = self._platform.register(receipt)
        except PlatformSilent:
            return
        except PlatformRefused as refused:
            self._not_before[receipt.number] = self._clock() + REFUSED_AGAIN_AFTER
            _log.error("the finance platform refuses a receipt: %s", refused.code[:64])
            if refused.code == receipt.refusal:
                return
            step = ReceiptRefused(
                number=receipt.number, attempt=receipt.attempt, code=refused.code[:64]
            )
        else:
            step = ReceiptRegistered(
                number=receipt.number,
                attempt=receipt.attempt,
                patient=receipt.patient,
                registration=registration,
            )
        with self._keeper.today() as books:
            # The day may have turned meanwhile: what is open has come along.
            if books.receipt_book.receipts[receipt.number].is_open:
                self._keeper.write([step], by="receipt platform")

    def _run(self) -> None:
        while not self._is_stopped:
            self._is_wanted.wait(TICK_S)
            self._is_wanted.clear()
            try:
                self.sweep()
            except JournalUnusable as error:
                self._fatal(error)
            except Exception as error:  # noqa: BLE001  # one receipt's trouble must not stop the clerk
                _log.error("the clerk has failed: %s", type(error).__name__, exc_info=error)
