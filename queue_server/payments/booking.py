"""The port `Booking`: the hospital's own system books a payment, so that it counts."""

from collections.abc import Sequence
from typing import Protocol

from queue_server.payments.attempt import Attempt
from queue_server.payments.ledger import Charge


class BookingRefused(Exception):
    """The hospital's system will not take this payment, for certain: the money goes back."""


class BookingSilent(Exception):
    """No answer that counts; asking again with the same key may help."""


class Booking(Protocol):
    """Takes payments in. May block for seconds and may be called by several threads."""

    def book(self, attempt: Attempt, charges: Sequence[Charge]) -> None:
        """Book that `charges` are paid. `attempt.id` is the key: a second time changes nothing.

        Raises:
            BookingRefused: it is not booked and will not be.
            BookingSilent: it may be booked now, or not.
        """
