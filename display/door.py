"""The door board as a frozen picture: one room, what the last message means at this instant."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from display.absence import absence_sentence, absence_word
from display.cells import Cell, Showing, cell, equal_names
from display.header import Header, LineState, SoundState, header
from display.rows import in_room_word, is_flashing
from display.team import DoctorLine, awaited, doctor_lines
from display.texts import NO_TEXT, Bilingual, Texts
from queue_server.contract.boards import BoardRoom, RoomBoard
from queue_server.rules.terms import QueueStatus

STANDBY_MAX: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorView:
    """All that a door board shows."""

    header: Header
    room: Bilingual = NO_TEXT
    clinic: Bilingual = NO_TEXT
    doctor: Bilingual = NO_TEXT
    doctor_title: Bilingual = NO_TEXT
    team: tuple[DoctorLine, ...] = ()
    """Of an MDT clinic: a line for each doctor, in the place of doctor and title."""
    status: Bilingual = NO_TEXT
    """Paused, stopped or the doctor away, in words; empty while the queue moves."""
    in_room: Cell | None = None
    in_room_word: Bilingual = NO_TEXT
    sentence: Bilingual = NO_TEXT
    """What is said in the place of a number, while nobody is in the room."""
    standby_word: Bilingual = NO_TEXT
    """Empty when nobody is to be called, so that nobody gets ready."""
    standby: tuple[Cell, ...] = ()
    waiting: Bilingual = NO_TEXT
    is_flashing: bool = False


def door_view(board: RoomBoard | None, line: LineState, now: datetime, texts: Texts) -> DoorView:
    """Return what the door board shows at `now`."""
    top = header(board, line, SoundState(), now, texts)
    if board is None:
        return DoorView(
            header=top, sentence=texts.both("line.connected" if line.is_up else "line.connecting")
        )
    room = board.room
    layout = board.layout
    showing = Showing(unclear=equal_names([room]), colours=layout.colours, texts=texts)
    shows_standby = "standby" in layout.lists and room.status is not QueueStatus.STOPPED
    return DoorView(
        header=top,
        room=Bilingual(zh=room.room_zh, en=room.room_en),
        clinic=Bilingual(zh=room.clinic_zh, en=room.clinic_en),
        doctor=NO_TEXT if room.team else Bilingual(zh=room.doctor_zh, en=room.doctor_en),
        doctor_title=Bilingual(zh=room.doctor_title_zh, en=room.doctor_title_en),
        team=doctor_lines(room, texts),
        status=_status(room, texts),
        in_room=cell(room.in_room, showing) if room.in_room else None,
        in_room_word=in_room_word(room, texts),
        sentence=_sentence(room, texts),
        standby_word=texts.both("door.standby") if shows_standby else NO_TEXT,
        standby=tuple(cell(ticket, showing) for ticket in room.standby[:STANDBY_MAX])
        if shows_standby
        else (),
        waiting=texts.both("door.waiting", count=_waiting_count(room))
        if "waiting" in layout.lists
        else NO_TEXT,
        is_flashing=is_flashing(room, board.last_calls, now),
    )


def _status(room: BoardRoom, texts: Texts) -> Bilingual:
    if room.absence is not None:
        return absence_word(room, texts) if room.in_room is not None else NO_TEXT
    if room.status is QueueStatus.PAUSED or (
        room.status is QueueStatus.STOPPED and room.in_room is not None
    ):
        return texts.both(f"door.{room.status.value}")
    return NO_TEXT


def _sentence(room: BoardRoom, texts: Texts) -> Bilingual:
    if room.in_room is not None:
        return NO_TEXT
    if room.absence is not None:
        return absence_sentence(room, texts)
    if room.status is QueueStatus.OPEN and awaited(room):
        return texts.both("team.awaited")
    return texts.both("door.stopped" if room.status is QueueStatus.STOPPED else "door.nobody")


def _waiting_count(room: BoardRoom) -> int:
    """How many wait behind the standby tickets that are shown."""
    hidden_count = max(0, len(room.standby) - STANDBY_MAX)
    return hidden_count + len(room.waiting) + room.waiting_more_count
