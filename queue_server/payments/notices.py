"""Callbacks of the gateways: a request comes in, a verdict goes out.

What is forged, stale, replayed or meant for somebody else changes nothing. It is logged, by
gateway and fault only: nothing of its content is trusted, and nothing personal is written.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from queue_server.payments.cashier import Cashier
from queue_server.payments.gateway import Gateway, NoticeFault, NoticeRefused
from queue_server.payments.refusals import PaymentRefused
from queue_server.payments.terms import Channel

BODY_BYTES_MAX: Final = 64_000
REMEMBERED_FOR: Final = timedelta(minutes=11)
"""Longer than a callback is fresh, before and after its stamp; an older one is stale anyway."""


class VerdictKind(StrEnum):
    """What became of a callback."""

    TAKEN = "taken"
    """It told something new, which is in the journal."""
    NOTHING_NEW = "nothing_new"
    """Right, and known already."""
    REPLAYED = "replayed"
    """The very same callback came before."""
    UNKNOWN_ATTEMPT = "unknown_attempt"
    """Right, but of no payment that is known here: the daily bill will show it."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of a callback, and how it is answered."""

    kind: VerdictKind
    fault: NoticeFault | None
    status: int
    content_type: str
    body: bytes


_log = logging.getLogger(__name__)


class NoticeDesk:
    """Takes callbacks; one thread at a time for each gateway is enough, more are safe."""

    def __init__(
        self,
        cashier: Cashier,
        gateways: Mapping[Channel, Gateway],
        clock: Callable[[], datetime],
    ) -> None:
        self._cashier = cashier
        self._gateways = gateways
        self._clock = clock
        self._seen: dict[tuple[Channel, str], datetime] = {}

    @property
    def channels(self) -> frozenset[Channel]:
        """Whose callbacks are taken."""
        return frozenset(self._gateways)

    def take(self, channel: Channel, headers: Mapping[str, str], body: bytes) -> Verdict:
        """Judge a callback and take in what it says. Blocks until that is on the disk.

        Raises:
            JournalUnusable: nothing was kept and nothing may be answered: the process has to stop.
        """
        gateway = self._gateways[channel]
        now = self._clock()
        try:
            if len(body) > BODY_BYTES_MAX:
                raise NoticeRefused(NoticeFault.UNREADABLE)
            notice = gateway.read_notice(headers, body, now)
        except NoticeRefused as refused:
            _log.warning("a callback of %s changes nothing: %s", channel, refused.fault)
            # What is ours and no payment is done with; the rest may be sent again.
            is_done = refused.fault is NoticeFault.NO_PAYMENT
            return _verdict(gateway, VerdictKind.REFUSED, is_taken=is_done, fault=refused.fault)
        if self._is_replayed(channel, notice.notice_id, now):
            _log.info("a callback of %s came again", channel)
            return _verdict(gateway, VerdictKind.REPLAYED, is_taken=True)
        try:
            is_new = self._cashier.told(notice.attempt, notice.answer, by=f"callback {channel}")
        except PaymentRefused:
            _log.warning("a callback of %s is of no payment known here", channel)
            return _verdict(gateway, VerdictKind.UNKNOWN_ATTEMPT, is_taken=False)
        self._seen[channel, notice.notice_id] = now
        kind = VerdictKind.TAKEN if is_new else VerdictKind.NOTHING_NEW
        return _verdict(gateway, kind, is_taken=True)

    def _is_replayed(self, channel: Channel, notice_id: str, now: datetime) -> bool:
        self._seen = {key: at for key, at in self._seen.items() if now - at < REMEMBERED_FOR}
        return (channel, notice_id) in self._seen


def _verdict(
    gateway: Gateway, kind: VerdictKind, *, is_taken: bool, fault: NoticeFault | None = None
) -> Verdict:
    status, content_type, body = gateway.notice_reply(is_taken)
    return Verdict(kind=kind, fault=fault, status=status, content_type=content_type, body=body)
