"""Fetches a released report from the server, prints it on A4, tells the server how it ended.

The document comes by HTTP, once, with the token that the server has sent to this kiosk alone. It
stays in memory: no file of it is ever written here.
"""

import asyncio
import json
import logging
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, Protocol

from hardware.errors import PrinterError
from hardware.page_printer import PagePrinter, PageStatus
from kiosk.flow.report_screens import ReportFailure
from queue_server.client.line import NoAnswer
from queue_server.contract.messages import ReplyBody, RequestBody
from queue_server.contract.report_messages import REPORT_PATH, ReportReleased, TellPrinted
from queue_server.rules.terms import DeviceId, PrintOutcome

FETCH_TIMEOUT_S: Final = 15.0
DOCUMENT_BYTES_MAX: Final = 20_000_000
TELL_AGAIN_AFTER_S: Final = 5.0
TELL_TRIES_MAX: Final = 60
"""A server that is away for longer counts the report as not printed: he may print it again."""
_log = logging.getLogger(__name__)


class NotFetched(Exception):
    """The document can't be had; the text is for the technician and names no report."""


class Server(Protocol):
    """Whoever answers requests; in the product the `Line`."""

    async def ask(self, body: RequestBody) -> ReplyBody:
        """Return the reply.

        Raises:
            NoAnswer: none came in time.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Where documents are fetched.

    `tls` trusts the site's authority and no other; None: plain HTTP, on this machine.
    """

    address: str
    device: DeviceId
    tls: ssl.SSLContext | None

    def fetch(self, release: ReportReleased) -> bytes:
        """Return the PDF. May block for `FETCH_TIMEOUT_S` and longer.

        Raises:
            NotFetched: the server is not there, or does not give it.
        """
        said = {
            "device": self.device,
            "release_id": release.release_id,
            "token": release.token,
        }
        request = urllib.request.Request(  # noqa: S310 - the technician has set the address
            f"{self.address}{REPORT_PATH}",
            data=json.dumps(said).encode(),
            headers={"Content-Type": "application/json"},
        )
        # Without an empty list of proxies a proxy of the environment would read along.
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=self.tls)
        )
        try:
            with opener.open(request, timeout=FETCH_TIMEOUT_S) as answer:
                pdf: bytes = answer.read(DOCUMENT_BYTES_MAX + 1)
        except urllib.error.HTTPError as error:
            with error:
                raise NotFetched(f"{self.address} answers {error.code}") from error
        except OSError as error:
            reason = getattr(error, "reason", error)
            raise NotFetched(f"{self.address} can't be reached: {reason}") from error
        if not pdf.startswith(b"%PDF-") or len(pdf) > DOCUMENT_BYTES_MAX:
            raise NotFetched(f"{self.address} gives no document")
        return pdf


class ReportPrinter:
    """Prints one report after the other. `stop()` when the kiosk ends."""

    def __init__(
        self, printer: PagePrinter, fetch: Callable[[ReportReleased], bytes], server: Server
    ) -> None:
        self._printer = printer
        self._fetch = fetch
        self._server = server
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="a4-printer")
        self._telling: set[asyncio.Task[None]] = set()

    async def print_released(self, release: ReportReleased) -> ReportFailure | None:
        """Fetch and print; return why it did not come out, None if it did."""
        loop = asyncio.get_running_loop()
        failure, outcome = None, PrintOutcome.PRINTED
        try:
            await loop.run_in_executor(self._thread, self._fetch_and_print, release)
        except NotFetched as error:
            _log.warning("A report was not fetched: %s", error)
            failure, outcome = ReportFailure(), PrintOutcome.FAILED
        except PrinterError as error:
            _log.warning("A report was not printed: %s", error)
            failure = ReportFailure(
                sentence_zh=error.sentence_zh,
                sentence_en=error.sentence_en,
                may_have_printed=error.may_have_printed,
            )
            is_uncertain = error.may_have_printed
            outcome = PrintOutcome.UNCERTAIN if is_uncertain else PrintOutcome.FAILED
        except Exception as error:  # noqa: BLE001 - the patient must hear of it, whatever it is
            _log.error("The A4 printer's driver failed: %s", type(error).__name__)
            failure, outcome = ReportFailure(may_have_printed=True), PrintOutcome.UNCERTAIN
        told = loop.create_task(self._tell(release, outcome))
        self._telling.add(told)
        told.add_done_callback(self._telling.discard)
        return failure

    async def status(self) -> PageStatus:
        """Ask the printer how it is; waits while it prints."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, self._printer.status)

    async def stop(self) -> None:
        """Give up telling the server."""
        for task in self._telling:
            task.cancel()
        await asyncio.gather(*self._telling, return_exceptions=True)
        self._thread.shutdown(wait=False)

    def _fetch_and_print(self, release: ReportReleased) -> None:
        self._printer.print_document(self._fetch(release))

    async def _tell(self, release: ReportReleased, outcome: PrintOutcome) -> None:
        body = TellPrinted(release_id=release.release_id, outcome=outcome)
        for _ in range(TELL_TRIES_MAX):
            try:
                await self._server.ask(body)
            except NoAnswer:
                await asyncio.sleep(TELL_AGAIN_AFTER_S)
            else:
                return
        _log.error("The server was never told what became of a report: %s", outcome)
