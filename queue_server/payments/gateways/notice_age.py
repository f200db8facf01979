"""How old a callback may be: what is older may be a recording."""

from datetime import datetime, timedelta
from typing import Final

from queue_server.payments.gateway import NoticeFault, NoticeRefused

AGE_MAX: Final = timedelta(minutes=5)


def require_fresh(signed_at: datetime, now: datetime) -> None:
    """Let a callback pass that was signed now.

    Raises:
        NoticeRefused: it was signed too long ago, or in the future.
    """
    if abs(now - signed_at) > AGE_MAX:
        raise NoticeRefused(NoticeFault.STALE)
