"""What should lie in the box of a kiosk, and what its validator counts there. Pure."""

from dataclasses import dataclass, replace

from queue_server.payments import steps as happened
from queue_server.payments.fen import NOTHING, Fen
from queue_server.rules.terms import DeviceId


@dataclass(frozen=True, slots=True, kw_only=True)
class CashBox:
    """The box of one kiosk, since it was emptied last."""

    device: DeviceId
    book: str
    last_number: int
    """Of the kiosk's last note that is known: an earlier one is told again, and counts once."""
    count: int = 0
    """How many notes should be in it."""
    value: Fen = NOTHING
    """What they are worth."""
    unassigned: Fen = NOTHING
    """The part of it of which nobody knows whose it is."""
    device_base: int = 0
    """What the validator counted when the box was empty; it does not begin anew."""
    device_count: int = 0
    """What it counted last."""
    differed: int = 0
    """How often the validator found other notes than were credited."""

    @property
    def found_count(self) -> int:
        """How many notes the validator has counted into it."""
        return self.device_count - self.device_base

    @property
    def agrees(self) -> bool:
        """Whether there is nothing to look at."""
        return self.found_count == self.count and not self.differed and not self.unassigned

    def knows(self, book: str, number: int) -> bool:
        """Tell whether word of that number has come before."""
        return self.book == book and number <= self.last_number


def box_after(
    box: CashBox | None, step: happened.NoteTaken | happened.BoxDiffered | happened.BoxEmptied
) -> CashBox:
    """Return the box after a step; None: nothing was known of it."""
    match step:
        case happened.NoteTaken():
            return _with_note(box or _new(step.device, step.box_count - 1), step)
        case happened.BoxDiffered():
            return _with_difference(box or _new(step.device, step.expected_count), step)
        case happened.BoxEmptied():
            assert box is not None, step.device
            return CashBox(
                device=box.device,
                book=box.book,
                last_number=box.last_number,
                device_base=box.device_count,
                device_count=box.device_count,
            )


def _with_note(box: CashBox, step: happened.NoteTaken) -> CashBox:
    value = Fen(step.value_fen)
    return replace(
        box,
        book=step.book,
        last_number=step.number,
        count=box.count + 1,
        value=box.value + value,
        unassigned=box.unassigned + (value if step.attempt is None else NOTHING),
        device_count=step.box_count,
    )


def _with_difference(box: CashBox, step: happened.BoxDiffered) -> CashBox:
    found = step.found_count
    return replace(
        box,
        book=step.book,
        last_number=step.number,
        device_count=step.expected_count if found is None else found,
        differed=box.differed + 1,
    )


def _new(device: DeviceId, device_base: int) -> CashBox:
    return CashBox(
        device=device, book="", last_number=0, device_base=device_base, device_count=device_base
    )
