"""Everything that travels over MQTT, as types. Pure data; the wire form is JSON (`codec.py`).

Every message forbids unknown fields, so that a misspelt field is an error and not silence.
Instants are RFC 3339 texts with an offset (`2026-11-21T08:05:00+08:00`). Texts that people
read come in Chinese (`_zh`) and English (`_en`).
"""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from queue_server.rules.terms import (
    QueueStatus,
    RefusalCode,
    TicketKind,
    TicketState,
)

# Python's `$` would let a line end pass; other languages read the look-ahead alike.
Id = Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,64}$(?!\n)")]
Instant = Annotated[datetime, Meta(tz=True)]
DayText = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
ShortText = Annotated[str, Meta(max_length=200)]
LongText = Annotated[str, Meta(max_length=2000)]


class Message(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of all messages."""


# --- requests: what a device asks of the server -----------------------------------------


class Identify(Message, frozen=True, kw_only=True, tag="identify"):
    """A patient shows who he is: the text of his virtual card, or his ID number.

    Exactly one of the two is given. The id of this request becomes the `session_id` with
    which the same device then acts for the patient, until `SESSION_LIFE_S` have passed.
    """

    card: Annotated[str, Meta(max_length=2048)] | None = None
    id_number: Annotated[str, Meta(max_length=32)] | None = None


class CheckIn(Message, frozen=True, kw_only=True, tag="check_in"):
    """The identified patient checks in for a visit: booked, after a missed call, with results."""

    session_id: Id
    ticket_id: ShortText


class FindPlace(Message, frozen=True, kw_only=True, tag="find_place"):
    """Somebody shows the QR of a paper slip and asks for its place; no name comes back."""

    slip_code: ShortText


class CallHelp(Message, frozen=True, kw_only=True, tag="call_help"):
    """A patient pressed the help key; the nurse station shows it until somebody has gone there."""

    screen: Id


RequestBody = Identify | CheckIn | FindPlace | CallHelp


class Request(Message, frozen=True, kw_only=True):
    """`request/<device>`: the envelope. The same `request_id` is kept for every retry."""

    request_id: Id
    sent_at: Instant
    expires_at: Instant
    body: RequestBody


# --- replies: what the server answers ------------------------------------------------------


class Place(Message, frozen=True, kw_only=True):
    """Where a ticket stands, in numbers and in words."""

    number: ShortText
    state: TicketState
    ahead_count: int
    """Tickets in standby and waiting before this one; 0 when it is not in the list."""
    ahead_at_most: int
    """`ahead_count` and those whom the rules may yet let in before: never more by the rules."""
    reason_zh: LongText
    reason_en: LongText
    queue_status: QueueStatus
    called_room_zh: ShortText = ""
    called_room_en: ShortText = ""


class Visit(Message, frozen=True, kw_only=True):
    """One visit of the patient, as kiosk and slip show it."""

    ticket_id: ShortText
    slip_code: ShortText
    number: ShortText
    state: TicketState
    day_on: DayText
    is_today: bool
    slot_text: ShortText
    """`09:00-09:30`; empty for a walk-in."""
    clinic_zh: ShortText
    clinic_en: ShortText
    doctor_zh: ShortText
    doctor_en: ShortText
    doctor_title_zh: ShortText
    doctor_title_en: ShortText
    area_zh: ShortText
    area_en: ShortText
    floor_zh: ShortText
    floor_en: ShortText
    room_zh: ShortText
    room_en: ShortText
    can_check_in: bool
    """Whether a check-in would be accepted at this moment."""
    hint_zh: LongText = ""
    hint_en: LongText = ""
    """What to do next, when he can't check in now."""
    place: Place | None = None
    """Given once he has checked in."""


class Identified(Message, frozen=True, kw_only=True, tag="identified"):
    """Reply to `identify`: the only message with a full name, to the device that asked."""

    session_id: Id
    full_name: ShortText
    masked_name: ShortText
    visits: list[Visit]


class CheckedIn(Message, frozen=True, kw_only=True, tag="checked_in"):
    """Reply to `check_in`: on disk, and what the slip says."""

    masked_name: ShortText
    visit: Visit
    checked_in_at: Instant
    rule_text_zh: list[LongText]
    rule_text_en: list[LongText]


class PlaceFound(Message, frozen=True, kw_only=True, tag="place_found"):
    """Reply to `find_place`."""

    visit: Visit


class HelpCalled(Message, frozen=True, kw_only=True, tag="help_called"):
    """Reply to `call_help`."""


class Refused(Message, frozen=True, kw_only=True, tag="refused"):
    """The request was understood and refused; the sentences tell the patient what to do next."""

    code: RefusalCode
    message_zh: LongText
    message_en: LongText


ReplyBody = Identified | CheckedIn | PlaceFound | HelpCalled | Refused


class Reply(Message, frozen=True, kw_only=True):
    """`reply/<device>`: on disk before it is sent; a repeated request gets the first one again."""

    request_id: Id
    replied_at: Instant
    body: ReplyBody


# --- updates: what everybody may see ------------------------------------------------------------


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
    in_room: ShownTicket | None
    """Whoever is called or in service."""
    standby: list[ShownTicket]
    waiting: list[ShownTicket]
    """The first `BOARD_WAITING_MAX` of those who wait behind the standby ones."""
    waiting_more_count: int
    """How many wait beyond those shown."""
    missed: list[ShownTicket]
    """The first `BOARD_MISSED_MAX` whose call was missed."""
    missed_more_count: int


class Call(Message, frozen=True, kw_only=True):
    """`call/<area>`: a patient is called to a room. `sequence` counts in area and clinic day."""

    sequence: int
    called_at: Instant
    fresh_until: Instant
    """After this instant the call is shown on no screen and spoken by no loudspeaker any more."""
    area: Id
    room: Id
    room_zh: ShortText
    room_en: ShortText
    number: ShortText
    masked_name: ShortText
    spoken_name_zh: ShortText
    """The part of `spoken_zh` that is a name, for reading its surname rightly; may be empty."""
    spoken_zh: LongText
    spoken_en: LongText
    is_recall: bool


class AreaBoard(Message, frozen=True, kw_only=True):
    """`board/area/<area>` (retained): all an area's screen needs, so it may reboot any time."""

    revision: int
    published_at: Instant
    day_on: DayText
    hospital_zh: ShortText
    hospital_en: ShortText
    area: Id
    area_zh: ShortText
    area_en: ShortText
    rooms: list[BoardRoom]
    last_calls: list[Call]
    """The last `BOARD_CALLS_MAX`, oldest first: a screen that was away finds what it missed."""
    rule_text_zh: list[LongText]
    rule_text_en: list[LongText]


class RoomBoard(Message, frozen=True, kw_only=True):
    """`board/room/<room>` (retained): what hangs at a consulting-room door."""

    revision: int
    published_at: Instant
    day_on: DayText
    hospital_zh: ShortText
    hospital_en: ShortText
    area: Id
    area_zh: ShortText
    area_en: ShortText
    room: BoardRoom
    last_calls: list[Call]


class Notice(Message, frozen=True, kw_only=True):
    """One line that the nurses tell the waiting area."""

    text_zh: ShortText
    text_en: ShortText


class Notices(Message, frozen=True, kw_only=True):
    """`notice/<area>` (retained): the running notices of an area, an empty list clears them."""

    published_at: Instant
    notices: Annotated[list[Notice], Meta(max_length=10)]


class DeviceStatus(Message, frozen=True, kw_only=True):
    """`status/<device>` (retained, and the will): whether a device is there."""

    is_up: bool
    reported_at: Instant | None = None
    """None in the will, which is written before the line breaks."""
    version: ShortText = ""
    paper: ShortText = ""


class Heard(Message, frozen=True, kw_only=True):
    """`heard/<device>`: a display has shown and spoken a call, or says why it did not speak."""

    sequence: int
    area: Id
    heard_at: Instant
    was_spoken: bool
    why_not: ShortText = ""


class Command(Message, frozen=True, kw_only=True):
    """`command/<device>`: the technician's desk asks a device to do something."""

    do: Annotated[str, Meta(pattern="^(reload|silence|speak)$")]


SESSION_LIFE_S = 180
"""How long after an `identify` the same device may act for the patient."""
BOARD_WAITING_MAX = 8
BOARD_MISSED_MAX = 6
BOARD_CALLS_MAX = 8
PAYLOAD_BYTES_MAX = 65_536
"""A larger payload is refused unread."""
