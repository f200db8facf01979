"""The rows of an area board: a consulting room, or a clinic's area queue, at this instant."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from display.absence import absence_note, absence_word
from display.cells import Cell, Showing, cell
from display.texts import NO_TEXT, Bilingual, Texts
from queue_server.contract.boards import BoardAreaQueue, BoardRoom, Call
from queue_server.rules.terms import QueueStatus, TicketState

STANDBY_MAX: Final = 2
WAITING_MAX: Final = 8
FLASH_S: Final = 15
"""How long the row of a called patient pulses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomRow:
    """One consulting room, or those who have no doctor yet."""

    room: Bilingual
    clinic: Bilingual
    doctor: Bilingual
    """Name and, in Chinese, title."""
    status: Bilingual
    """Empty while the queue moves and the doctor is there."""
    note: Bilingual
    """Why the doctor sees nobody, and until when, in the place of who is in the room."""
    is_stopped: bool
    in_room: Cell | None
    in_room_word: Bilingual
    standby: tuple[Cell, ...]
    waiting: tuple[Cell, ...]
    more: Bilingual
    """"and N more"; empty when everybody is shown."""
    is_flashing: bool
    is_unassigned: bool = False
    """Those of an area queue: nobody is called from here."""

    def only(self, *, standby: bool, waiting: bool) -> "RoomRow":
        """Return the row with those of its lists that the board shows."""
        return replace(
            self,
            standby=self.standby if standby else (),
            waiting=self.waiting if waiting else (),
            more=self.more if waiting else NO_TEXT,
        )


def room_row(room: BoardRoom, calls: list[Call], now: datetime, showing: Showing) -> RoomRow:
    """Return the row of one room."""
    texts = showing.texts
    is_stopped = room.status is QueueStatus.STOPPED
    more_count = (
        room.waiting_more_count
        + max(0, len(room.waiting) - WAITING_MAX)
        + max(0, len(room.standby) - STANDBY_MAX)
    )
    return RoomRow(
        room=Bilingual(zh=room.room_zh, en=room.room_en),
        clinic=Bilingual(zh=room.clinic_zh, en=room.clinic_en),
        doctor=_doctor(room),
        status=_status(room, texts),
        note=absence_note(room.absence, texts) if room.in_room is None else NO_TEXT,
        is_stopped=is_stopped,
        in_room=cell(room.in_room, showing) if room.in_room else None,
        in_room_word=in_room_word(room, texts),
        standby=tuple(cell(ticket, showing) for ticket in room.standby[:STANDBY_MAX]),
        waiting=tuple(cell(ticket, showing) for ticket in room.waiting[:WAITING_MAX]),
        more=texts.both("area.more", count=more_count) if more_count else NO_TEXT,
        is_flashing=is_flashing(room, calls, now),
    )


def _doctor(room: BoardRoom) -> Bilingual:
    """Return the doctor with his title; a team's names stand at its door."""
    if room.team:
        return Bilingual(zh=room.doctor_title_zh, en=room.doctor_title_en)
    return Bilingual(zh=f"{room.doctor_zh} {room.doctor_title_zh}".strip(), en=room.doctor_en)


def area_queue_row(queue: BoardAreaQueue, showing: Showing) -> RoomRow:
    """Return the row of those who have checked in at a clinic and wait for a doctor."""
    texts = showing.texts
    more_count = queue.waiting_more_count + max(0, len(queue.waiting) - WAITING_MAX)
    is_open = queue.status is QueueStatus.OPEN
    return RoomRow(
        room=Bilingual(zh=queue.clinic_zh, en=queue.clinic_en)
        if queue.clinic_zh
        else texts.both("area.unassigned"),
        clinic=NO_TEXT,
        doctor=texts.both("area.unassigned") if queue.clinic_zh else NO_TEXT,
        status=NO_TEXT if is_open else texts.both(f"status.{queue.status.value}"),
        note=texts.both("area.to_be_assigned" if queue.waiting else "area.nobody_unassigned"),
        is_stopped=queue.status is QueueStatus.STOPPED,
        in_room=None,
        in_room_word=NO_TEXT,
        standby=(),
        waiting=tuple(cell(ticket, showing) for ticket in queue.waiting[:WAITING_MAX]),
        more=texts.both("area.more", count=more_count) if more_count else NO_TEXT,
        is_flashing=False,
        is_unassigned=True,
    )


def _status(room: BoardRoom, texts: Texts) -> Bilingual:
    if room.absence is not None:
        return absence_word(room, texts)
    if room.status is QueueStatus.OPEN:
        return NO_TEXT
    return texts.both(f"status.{room.status.value}")


def in_room_word(room: BoardRoom, texts: Texts) -> Bilingual:
    """Return "Please enter" for a called patient, "In consultation" for one who has come."""
    if room.in_room is None:
        return NO_TEXT
    is_called = room.in_room.state is TicketState.CALLED
    return texts.both("state.called" if is_called else "state.in_service")


def is_flashing(room: BoardRoom, calls: list[Call], now: datetime) -> bool:
    """Tell whether whoever is called to the room was called only just now."""
    if room.in_room is None or room.in_room.state is not TicketState.CALLED:
        return False
    called_at = [
        call.called_at
        for call in calls
        if call.room == room.room and call.number == room.in_room.number
    ]
    return bool(called_at) and now < max(called_at) + timedelta(seconds=FLASH_S)
