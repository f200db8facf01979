"""A bill validator behind the driver's own conversation, without thread and without time.

What the note does, and whether an answer gets lost, is the simulated mechanism's; what is said to
it, and which note counts, is the product's. Whoever drives it says when the driver polls.
"""

from collections.abc import Callable

from hardware.cash.bill_validator import CashEvent, NoteInEscrow, ValidatorState
from hardware.cash.note_book import NoteBook
from hardware.cash.ssp_conversation import SspConversation, Wishes
from hardware.cash.ssp_link import SspLink
from hardware.cash.trouble import CashTrouble
from hardware.simulated.ssp_mechanism import SspMechanism


class SteppedValidator:
    """A `BillValidator`; `step` is called after each command that is sent."""

    def __init__(self, mechanism: SspMechanism, step: Callable[[], None]) -> None:
        self.state = ValidatorState.STOPPED
        self._wire = _Wire(mechanism, step)
        self._wishes = Wishes()
        self._talk: SspConversation | None = None
        self._is_open = False

    def start(
        self,
        on_event: Callable[[CashEvent], None],
        *,
        box_count: int,
        accepted_fen: int | None = None,
    ) -> None:
        """See BillValidator."""

        def tell(event: CashEvent) -> None:
            if isinstance(event, NoteInEscrow):
                self._decide(is_accepted=None)
            on_event(event)

        self._talk = SspConversation(NoteBook(box_count, accepted_fen), tell)
        self.state = ValidatorState.OUT_OF_SERVICE

    def poll(self) -> None:
        """Do what the driver does between two pauses."""
        assert self._talk is not None, "not started"
        try:
            if not self._is_open:
                self._talk.open(SspLink(self._wire, address=0))
                self._is_open = True
            self._talk.step(self._wishes)
        except TimeoutError:
            self._is_open = False
            self._talk.tell_trouble(CashTrouble.NO_ANSWER)
        is_well = self._is_open and self._talk.trouble is None
        may_take = ValidatorState.OPEN if self._talk.is_open else ValidatorState.CLOSED
        self.state = may_take if is_well else ValidatorState.OUT_OF_SERVICE

    def stop(self) -> None:
        """See BillValidator."""
        self.state = ValidatorState.STOPPED

    def take_notes(self, most_fen: int) -> None:
        """See BillValidator."""
        self._wishes = Wishes(most_fen=most_fen, is_accepted=self._wishes.is_accepted)

    def accept(self) -> None:
        """See BillValidator."""
        self._decide(is_accepted=True)

    def give_back(self) -> None:
        """See BillValidator."""
        self._decide(is_accepted=False)

    def _decide(self, *, is_accepted: bool | None) -> None:
        self._wishes = Wishes(most_fen=self._wishes.most_fen, is_accepted=is_accepted)


class _Wire:
    """See Wire: what is sent is answered at once, or never."""

    def __init__(self, mechanism: SspMechanism, step: Callable[[], None]) -> None:
        self._mechanism = mechanism
        self._step = step
        self._came = b""

    def send(self, data: bytes) -> None:
        self._came = b"".join(self._mechanism.answers_to(data))
        self._step()

    def receive(self) -> bytes:
        came, self._came = self._came, b""
        return came
