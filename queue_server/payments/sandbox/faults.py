"""Faults that the sandbox can be told to have: what goes wrong, where, and how often."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum


class Operation(StrEnum):
    """Where something goes wrong."""

    CREATE = "create"
    QUERY = "query"
    CLOSE = "close"
    REFUND = "refund"
    REFUND_QUERY = "refund_query"
    BILL = "bill"
    CALLBACK = "callback"
    REGISTER = "register"
    """The finance platform: give a receipt its numbers."""
    FIND = "find"
    """The finance platform: tell what numbers a receipt has."""
    EC_QUERY = "ec_query"
    """The medical insurance: tell whose code it is."""
    PRE_SETTLE = "pre_settle"
    """The medical insurance: tell what it would pay."""
    SETTLE = "settle"
    """The medical insurance: settle."""
    SETTLE_QUERY = "settle_query"
    """The medical insurance: tell what it has settled."""
    UNDO = "undo"
    """The medical insurance: undo a settlement."""
    SEND = "send"
    """The message service: bring a message to a patient."""


class FaultKind(StrEnum):
    """What goes wrong."""

    LOSE_REQUEST = "lose_request"
    """The line breaks before anything is done; a callback never comes."""
    LOSE_REPLY = "lose_reply"
    """Done, and the line breaks before the answer."""
    DELAY = "delay"
    """Done, and answered after `seconds`."""
    SERVER_ERROR = "server_error"
    """Not done; an error of the server."""
    BAD_SIGNATURE = "bad_signature"
    """Done; the answer is signed with another key."""
    REFUSE = "refuse"
    """Not done; refused for certain."""
    USER_PAYING = "user_paying"
    """Create by a scanned code: the patient has to type his password."""
    PAY_AFTER_CLOSE = "pay_after_close"
    """Close: answered as done, but the payment may still be paid."""
    # Callbacks only.
    DUPLICATE = "duplicate"
    """It comes twice."""
    FORGE = "forge"
    """It comes signed with another key, before the real one."""
    STALE = "stale"
    """It was signed ten minutes ago."""
    OTHER_MERCHANT = "other_merchant"
    """Rightly signed, but for somebody else."""
    OTHER_AMOUNT = "other_amount"
    """It says another amount than was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault; it strikes `times` times."""

    on: Operation
    do: FaultKind
    times: int = 1
    seconds: float = 0


class Faults:
    """The faults that are switched on; any thread may ask."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Switch one on."""
        with self._lock:
            self._waiting.append(fault)

    def clear(self) -> None:
        """Switch all off."""
        with self._lock:
            self._waiting.clear()

    def waiting(self) -> Sequence[Fault]:
        """Return those that have not struck as often as they should."""
        with self._lock:
            return tuple(self._waiting)

    def strike(self, on: Operation) -> Fault | None:
        """Take the first fault that waits for this operation; None: nothing goes wrong."""
        with self._lock:
            for index, fault in enumerate(self._waiting):
                if fault.on is on:
                    if fault.times > 1:
                        self._waiting[index] = replace(fault, times=fault.times - 1)
                    else:
                        del self._waiting[index]
                    return fault
        return None
