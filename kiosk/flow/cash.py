"""Cash: how the bill validator stands, and for what it should take notes now. Pure."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hardware.cash.trouble import CashTrouble
from queue_server.contract.payments import Payment, PaymentState

if TYPE_CHECKING:
    from kiosk.flow.bills import Paying
    from kiosk.flow.state import State

CHANNEL: Final = "cash"


@dataclass(frozen=True, slots=True, kw_only=True)
class CashStanding:
    """What the kiosk's cash desk says of itself."""

    trouble: CashTrouble | None = None
    """Why no notes can be taken."""
    payment_id: str = ""
    """The payment that notes were put in for last."""
    in_fen: int = 0
    """What has come in for it, credit included, as far as this kiosk knows."""
    is_note_moving: bool = False
    """Whether a note is on its way into the box."""
    is_untold: bool = False
    """Whether the server does not know of a note yet."""
    is_too_large: bool = False
    """Whether the last note went back because it would have left too much change."""

    @property
    def is_busy(self) -> bool:
        """Whether what has come in is not known to everybody yet."""
        return self.is_note_moving or self.is_untold


def in_fen(paying: "Paying", standing: CashStanding) -> int:
    """Return what has come in for a payment, by whoever knows more of it."""
    payment = paying.payment
    known = 0 if payment.cash is None else payment.cash.in_fen
    return max(known, standing.in_fen) if standing.payment_id == payment.payment_id else known


def wanted(paying: "Paying", *, is_line_up: bool) -> Payment | None:
    """Return the payment that notes should be taken for now."""
    payment = paying.payment
    may_pay = payment.state is PaymentState.WAITING and paying.left_s > 0
    is_wanted = payment.cash is not None and may_pay and is_line_up and paying.leaving_s is None
    return payment if is_wanted else None


def is_with_cash(state: "State", paying: "Paying") -> bool:
    """Tell whether a payment is under way for which something has come in."""
    if paying.payment.cash is None or not paying.is_live or not state.is_line_up:
        return False
    return in_fen(paying, state.cash) > 0 or state.cash.is_busy
