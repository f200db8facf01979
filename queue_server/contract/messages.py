"""Everything that travels over MQTT, as types. Pure data; the wire form is JSON (`codec.py`).

Every message forbids unknown fields, so that a misspelt field is an error and not silence.
Instants are RFC 3339 texts with an offset (`2026-11-21T08:05:00+08:00`). Texts that people
read come in Chinese (`_zh`) and English (`_en`).
"""

from typing import Annotated

from msgspec import Meta

from queue_server.contract.absence import Absence
from queue_server.contract.deferral import Defer, Deferred
from queue_server.contract.doctor_choice import ChooseDoctor, DoctorChoice
from queue_server.contract.inpatient import InpatientReply, InpatientRequest
from queue_server.contract.insurance import (
    CancelInsurance,
    InsuranceCancelled,
    InsuranceSettled,
    SettleInsurance,
)
from queue_server.contract.message import DayText, Id, Instant, LongText, Message, ShortText
from queue_server.contract.offers import AnswerOffer, ColleagueOffer
from queue_server.contract.payments import (
    CancelPayment,
    FindOwed,
    FollowPayment,
    NoteNoted,
    Owed,
    Pay,
    Payment,
    TellNote,
)
from queue_server.contract.receipt_messages import ReceiptRequest, ReceiptsListed
from queue_server.contract.report_messages import (
    PrintingNoted,
    Proven,
    ReportReleased,
    ReportRequest,
    ReportsListed,
)
from queue_server.rules.terms import (
    QueueStatus,
    RefusalCode,
    TicketState,
)

# --- requests: what a device asks of the server -----------------------------------------


class Identify(Message, frozen=True, kw_only=True, tag="identify"):
    """A patient shows who he is: the text of his virtual card, his ID number, or a chip card.

    Exactly one of them is given. The id of this request becomes the `session_id` with
    which the same device then acts for the patient, until `SESSION_LIFE_S` have passed.
    """

    card: Annotated[str, Meta(max_length=2048)] | None = None
    """The text of the QR on the phone, as the scanner read it; good for one `identify`."""
    id_number: Annotated[str, Meta(max_length=32)] | None = None
    """The resident identity number, typed or read off the ID card; a final `x` may be small."""
    chip_card: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    """The number that a reader has read off the hospital's own chip card."""


class CheckIn(Message, frozen=True, kw_only=True, tag="check_in"):
    """The identified patient checks in for a visit: booked, after a missed call, with results."""

    session_id: Id
    """The `session_id` of the `identified` reply, on the same device."""
    ticket_id: ShortText
    """The `ticket_id` of one of its visits, as it came."""
    doctor: Id | None = None
    """One of the visit's `doctor_choice`, whom he asks for; `null`: any of them."""


class FindPlace(Message, frozen=True, kw_only=True, tag="find_place"):
    """Somebody shows the QR of a paper slip and asks for its place; no name comes back."""

    slip_code: ShortText
    """The text of the QR on the slip."""


class CallHelp(Message, frozen=True, kw_only=True, tag="call_help"):
    """A patient pressed the help key; the nurse station shows it until somebody has gone there."""

    screen: Id
    """Where in its flow the device was when the key was pressed."""


class TakeOver(Message, frozen=True, kw_only=True, tag="take_over"):
    """A kiosk hands over a check-in that it accepted alone, while the server was away.

    One at a time, in order of time, each with a `request_id` of its own that is kept for all
    tries: a try that expired is sent again with new times, until the server has answered.
    """

    card: Annotated[str, Meta(max_length=2048)]
    """The text of the virtual card, which was good at `checked_in_at`."""
    checked_in_at: Instant
    """When the patient was told that he is checked in; he is placed as of then."""
    number: ShortText
    """The provisional number on his slip: a kiosk's letter and number, and a count."""
    slip_code: Annotated[str, Meta(pattern=r"^hk:offline:[a-z0-9-]{1,64}$(?!\n)")]
    """The text of the QR on his slip, unpredictable: it finds his real place later."""


RequestBody = (
    Identify
    | CheckIn
    | FindPlace
    | CallHelp
    | TakeOver
    | AnswerOffer
    | ChooseDoctor
    | FindOwed
    | Pay
    | FollowPayment
    | CancelPayment
    | TellNote
    | Defer
    | SettleInsurance
    | CancelInsurance
    | ReportRequest
    | ReceiptRequest
    | InpatientRequest
)


class Request(Message, frozen=True, kw_only=True):
    """`request/<device>`: the envelope. The same `request_id` is kept for every retry."""

    request_id: Id
    """Made anew for each request, unpredictable and unique for all time: a UUID is good."""
    sent_at: Instant
    """When the request was made, not when it was repeated."""
    expires_at: Instant
    """When the asker stops waiting; later the server carries nothing out."""
    body: RequestBody
    """What is asked; its `type` says which."""


# --- replies: what the server answers ------------------------------------------------------


class Place(Message, frozen=True, kw_only=True):
    """Where a ticket stands, in numbers and in words."""

    number: ShortText
    """What the patient is called by."""
    state: TicketState
    ahead_count: int
    """Tickets in standby and waiting before this one; 0 when it is not in the list.
    In an area queue with those who wait already for the doctor he goes to."""
    ahead_at_most: int
    """`ahead_count` and those whom the rules may yet let in before: never more by the rules."""
    reason_zh: LongText
    """Why it stands there, in one sentence."""
    reason_en: LongText
    queue_status: QueueStatus
    called_room_zh: ShortText = ""
    """Where to go now; empty unless he is called or in service."""
    called_room_en: ShortText = ""


class Visit(Message, frozen=True, kw_only=True):
    """One visit of the patient, as kiosk and slip show it."""

    ticket_id: ShortText
    """What a `check_in` names; to be handed back as it came, not to be read."""
    queue: Id
    """Where it stands; `absences` names the same."""
    slip_code: ShortText
    """The text for the QR on the slip; names a place and nobody; empty for another day."""
    number: ShortText
    state: TicketState
    day_on: DayText
    """The clinic day of the visit."""
    is_today: bool
    """Whether that is the running clinic day."""
    slot_text: ShortText
    """`09:00-09:30`; empty for a walk-in."""
    clinic_zh: ShortText
    """The medical speciality."""
    clinic_en: ShortText
    doctor_zh: ShortText
    doctor_en: ShortText
    doctor_title_zh: ShortText
    doctor_title_en: ShortText
    area_zh: ShortText
    """The waiting area to go to."""
    area_en: ShortText
    floor_zh: ShortText
    floor_en: ShortText
    room_zh: ShortText
    """The consulting room; the patient goes there only when called."""
    room_en: ShortText
    can_check_in: bool
    """Whether a check-in would be accepted at this moment."""
    hint_zh: LongText = ""
    """What to do next, when he can't check in now."""
    hint_en: LongText = ""
    place: Place | None = None
    """Given once he has checked in."""
    absence: Absence | None = None
    """Given while the doctor is late, has left for a while, or the clinic is stopped."""
    offer: ColleagueOffer | None = None
    """Given while he is asked whether he wants to see another doctor."""
    doctor_choice: DoctorChoice | None = None
    """Given while he may ask for a doctor: with the check-in, or when the one he has is gone."""
    doctors_come: bool = False
    """Of a multi-disciplinary clinic: he stays in its room, and several doctors come to him."""


class Identified(Message, frozen=True, kw_only=True, tag="identified"):
    """Reply to `identify`: who it is, as far as a screen needs it, and his visits."""

    session_id: Id
    """The id of the request; good on this device until `SESSION_LIFE_S` have passed."""
    masked_name: ShortText
    """What the patient, boards and the slip are shown: no message holds a full name."""
    visits: list[Visit]
    """Those of today by their slot, then the nearest of other days; may be empty."""


class CheckedIn(Message, frozen=True, kw_only=True, tag="checked_in"):
    """Reply to `check_in`: on disk, and what the slip says."""

    masked_name: ShortText
    """What the slip shows; empty while the hospital's records can't be asked."""
    visit: Visit
    """With its `place`."""
    checked_in_at: Instant
    """When he was checked in, as the slip says."""
    rule_text_zh: list[LongText]
    """The rules of this queue for patients, one sentence each."""
    rule_text_en: list[LongText]


class PlaceFound(Message, frozen=True, kw_only=True, tag="place_found"):
    """Reply to `find_place`, `answer_offer` and `choose_doctor`: where he stands now."""

    visit: Visit


class HelpCalled(Message, frozen=True, kw_only=True, tag="help_called"):
    """Reply to `call_help`."""


class TakenOver(Message, frozen=True, kw_only=True, tag="taken_over"):
    """Reply to `take_over`: on disk, either as a check-in or as a matter for the nurses."""


class Refused(Message, frozen=True, kw_only=True, tag="refused"):
    """The request was understood and refused; the sentences tell the patient what to do next."""

    code: RefusalCode
    message_zh: LongText
    """To be shown as it is."""
    message_en: LongText


ReplyBody = (
    Identified
    | CheckedIn
    | PlaceFound
    | HelpCalled
    | TakenOver
    | Owed
    | Payment
    | NoteNoted
    | Deferred
    | InsuranceSettled
    | InsuranceCancelled
    | Proven
    | ReportsListed
    | ReportReleased
    | ReceiptsListed
    | PrintingNoted
    | InpatientReply
    | Refused
)


class Reply(Message, frozen=True, kw_only=True):
    """`reply/<device>`: on disk before it is sent; a repeated request gets the first one again."""

    request_id: Id
    """Of the request that is answered; a reply to no open request is dropped."""
    replied_at: Instant
    """When it was answered first."""
    body: ReplyBody
    """What is answered; its `type` says which. Any request may be `refused`."""


PROVISIONAL_SLIP_PREFIX = "hk:offline:"
"""What the QR on a provisional slip begins with."""
SESSION_LIFE_S = 180
"""How long after an `identify` the same device may act for the patient."""
CLOCK_SKEW_S = 120
"""How far clocks may be apart before what travels counts as expired too early."""
PAYLOAD_BYTES_MAX = 65_536
"""A larger payload is refused unread."""
