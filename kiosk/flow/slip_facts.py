"""What a slip is made of, as the server said it. The words around it stand in `slip.py`."""

from dataclasses import dataclass
from datetime import datetime

from queue_server.contract.messages import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Provisional:
    """A check-in without the server: no name, no place and no real number are known."""

    number: str
    slip_code: str
    checked_in_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipFacts:
    """One checked-in visit on paper."""

    visit: Visit
    masked_name: str
    checked_in_at: datetime | None = None
    """None when the check-in lies further back and only the place was asked."""
    rule_text_zh: tuple[str, ...] = ()
    rule_text_en: tuple[str, ...] = ()
