"""What boards show and say: their pictures, calls and notices. See `messages.py` for the form."""

from typing import Annotated

from msgspec import Meta, field

from queue_server.contract.absence import Absence
from queue_server.contract.board_layout import BoardLayout
from queue_server.contract.mdt import TeamDoctor
from queue_server.contract.message import DayText, Id, Instant, LongText, Message, ShortText
from queue_server.rules.terms import (
    QueueStatus,
    TicketKind,
    TicketState,
)

BOARD_WAITING_MAX = 8
"""How many waiting tickets a room shows on a board."""
BOARD_MISSED_MAX = 6
"""How many missed tickets a room shows on a board."""
BOARD_CALLS_MAX = 8
"""How many calls a board repeats."""


class ShownTicket(Message, frozen=True, kw_only=True):
    """A ticket as a board shows it: never more than number, masked name and kind."""

    number: ShortText
    masked_name: ShortText
    """Empty in clinics marked sensitive: they show the number only."""
    kind: TicketKind
    state: TicketState


class BoardRoom(Message, frozen=True, kw_only=True):
    """One consulting room on a board."""

    room: Id
    room_zh: ShortText
    room_en: ShortText
    clinic_zh: ShortText
    clinic_en: ShortText
    doctor_zh: ShortText
    doctor_en: ShortText
    doctor_title_zh: ShortText
    doctor_title_en: ShortText
    status: QueueStatus
    """Whether calling goes on."""
    in_room: ShownTicket | None
    """Whoever is called or in service."""
    standby: list[ShownTicket]
    """Told to get ready, next one first."""
    waiting: list[ShownTicket]
    """The first `BOARD_WAITING_MAX` of those who wait behind the standby ones."""
    waiting_more_count: int
    """How many wait beyond those shown."""
    missed: list[ShownTicket]
    """The first `BOARD_MISSED_MAX` whose call was missed."""
    missed_more_count: int
    """How many more missed their call."""
    absence: Absence | None = None
    """Given while the doctor is late, has left for a while, or the clinic is stopped."""
    team: list[TeamDoctor] = field(default_factory=list)
    """Of a multi-disciplinary clinic: its doctors, who come to the patient; else empty."""


class BoardAreaQueue(Message, frozen=True, kw_only=True):
    """Those of a clinic on an area's board who have checked in and have no doctor yet."""

    queue: Id
    clinic_zh: ShortText
    """Empty in clinics marked sensitive."""
    clinic_en: ShortText
    status: QueueStatus
    """Whether patients go on to doctors."""
    waiting: list[ShownTicket]
    """The first `BOARD_WAITING_MAX`, in the order in which they go to a doctor who has room."""
    waiting_more_count: int
    """How many wait beyond those shown."""


class Call(Message, frozen=True, kw_only=True):
    """`call/<area>`: a patient is called to a room. `sequence` counts in area and clinic day."""

    sequence: int
    """1 for the first call of an area on a clinic day, then rising by one."""
    called_at: Instant
    """When the doctor called."""
    fresh_until: Instant
    """After this instant the call is shown on no screen and spoken by no loudspeaker any more."""
    area: Id
    room: Id
    room_zh: ShortText
    room_en: ShortText
    number: ShortText
    masked_name: ShortText
    """Empty in clinics marked sensitive."""
    spoken_name_zh: ShortText
    """The part of `spoken_zh` that is a name, for reading its surname rightly; may be empty."""
    spoken_zh: LongText
    """What the loudspeaker says."""
    spoken_en: LongText
    is_recall: bool
    """Whether the same ticket is called once more."""


class AreaBoard(Message, frozen=True, kw_only=True):
    """`board/area/<area>` (retained): all an area's screen needs, so it may reboot any time."""

    revision: int
    """Rises with every change of its clinic day; begins anew with the next day."""
    published_at: Instant
    """When the server sent it."""
    day_on: DayText
    """The running clinic day; it changes early in the morning, not at midnight."""
    hospital_zh: ShortText
    hospital_en: ShortText
    area: Id
    area_zh: ShortText
    area_en: ShortText
    rooms: list[BoardRoom]
    """In the order of the site file."""
    last_calls: list[Call]
    """The last `BOARD_CALLS_MAX`, oldest first: a screen that was away finds what it missed."""
    rule_text_zh: list[LongText]
    """The rules of the area for patients, one sentence each."""
    rule_text_en: list[LongText]
    area_queues: list[BoardAreaQueue] = field(default_factory=list)
    """Of clinics with two steps of triage; in the order of the site file."""
    layout: BoardLayout = field(default_factory=BoardLayout)


class RoomBoard(Message, frozen=True, kw_only=True):
    """`board/room/<room>` (retained): what hangs at a consulting-room door."""

    revision: int
    """As in `AreaBoard`."""
    published_at: Instant
    """When the server sent it."""
    day_on: DayText
    """The running clinic day; it changes early in the morning, not at midnight."""
    hospital_zh: ShortText
    hospital_en: ShortText
    area: Id
    """The area whose `call/<area>` this door listens to."""
    area_zh: ShortText
    area_en: ShortText
    room: BoardRoom
    last_calls: list[Call]
    """The last `BOARD_CALLS_MAX` to this room, oldest first."""
    layout: BoardLayout = field(default_factory=BoardLayout)


class Notice(Message, frozen=True, kw_only=True):
    """One line that the nurses tell the waiting area."""

    text_zh: ShortText
    text_en: ShortText


class Notices(Message, frozen=True, kw_only=True):
    """`notice/<area>` (retained): the running notices of an area, an empty list clears them."""

    published_at: Instant
    """When the server sent it."""
    notices: Annotated[list[Notice], Meta(max_length=10)]
    """In the order in which they are shown."""
