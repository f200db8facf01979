"""Which note is credited, and that none is credited twice. Pure.

Three things tell of a note: the device's event, its own count of the box, and what we know of a
note that we told it to take. The count decides: a note that it does not show is not credited
after the fact, and one that nobody can name is told as to be looked at.
"""

from hardware.cash.bill_validator import BoxDiffers, NoteCredited

Told = list[NoteCredited | BoxDiffers]


class NoteBook:
    """The book of one device; its box held `box_count` notes when it was last on disk.

    `accepted_fen`: a note was on its way in then.
    """

    def __init__(self, box_count: int, accepted_fen: int | None = None) -> None:
        self._count = box_count
        self._accepted_fen = accepted_fen
        self._cleared_fen: int | None = None

    def accept(self, value_fen: int) -> None:
        """Remember a note that the device was told to take."""
        self._accepted_fen = value_fen

    def credit(self, value_fen: int) -> Told:
        """The device says: this note can no longer be pulled out."""
        self._accepted_fen = None
        return [self._credited(value_fen)]

    def returned(self) -> None:
        """The device says: the note went back."""
        self._accepted_fen = None

    def cleared_to_box(self, value_fen: int | None) -> None:
        """The device says after a power cut: a note went into the box. Perhaps credited already."""
        self._cleared_fen = value_fen if value_fen is not None else self._accepted_fen

    def compare(self, found_count: int | None) -> Told:
        """Compare with the device's count, while no note is on its way; None: it has none."""
        accepted, cleared = self._accepted_fen, self._cleared_fen
        self._accepted_fen = self._cleared_fen = None
        if found_count is None:
            if accepted is not None and cleared is not None:  # told to take it, and it did
                return [self._credited(cleared)]
            if accepted is None and cleared is None:
                return []
            return [BoxDiffers(expected_count=self._count, found_count=None)]
        expected, self._count = self._count, found_count
        if found_count == expected:
            return []
        named = cleared if cleared is not None else accepted
        if found_count == expected + 1 and named is not None:
            return [NoteCredited(value_fen=named, box_count=found_count)]
        return [BoxDiffers(expected_count=expected, found_count=found_count)]

    def _credited(self, value_fen: int) -> NoteCredited:
        self._count += 1
        return NoteCredited(value_fen=value_fen, box_count=self._count)
