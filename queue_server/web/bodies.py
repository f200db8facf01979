"""What the pages send. Unknown fields are errors; texts are one line and of bounded length."""

import unicodedata
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from queue_server.web.users import PASSWORD_LENGTH_MAX

_NOT_ON_ONE_LINE: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def _one_line(text: str) -> str:
    if any(unicodedata.category(character) in _NOT_ON_ONE_LINE for character in text):
        raise ValueError("must be one line without control characters")
    return text


IdText = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,64}$")]
TicketText = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,64}:[A-Za-z0-9-]{1,16}$")]
RankText = Annotated[str, Field(pattern=r"^[a-z0-9_]{1,32}$")]
LineText = Annotated[str, Field(max_length=100), AfterValidator(_one_line)]


class Body(BaseModel):
    """Base of all bodies."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class SignIn(Body):
    """User name and password; `code` is asked for when the user has a second factor."""

    user: Annotated[str, Field(max_length=64)]
    password: Annotated[str, Field(max_length=PASSWORD_LENGTH_MAX)]
    code: Annotated[str, Field(pattern=r"^[0-9 ]{1,16}$")] | None = None


class Act(Body):
    """Base of all that is asked of a queue.

    `request_id` is made once for each intent: sent again, it gets the first answer again.
    `seen_entry` is the `entry_count` of the view the person looked at when he decided.
    """

    request_id: IdText
    seen_entry: Annotated[int, Field(ge=0)] | None = None


class QueueAct(Act):
    """Call next, pause, reopen or stop."""


class TeamAct(Act):
    """A doctor is at the MDT clinic, or has left it."""

    member: IdText | None = None
    """By his own queue, whom a nurse means; a doctor speaks of himself and may leave it out."""


class TicketAct(Act):
    """Something that needs no more than to know which ticket."""

    ticket: TicketText


class CallAct(TicketAct):
    """Call a chosen one; `why` has to be given unless he is the next one, or missed his call."""

    why: LineText = ""


class CrossCallAct(TicketAct):
    """Call a waiting patient of a colleague, whose queue is `from_queue`."""

    from_queue: IdText
    why: LineText


class GradeAct(TicketAct):
    """It is an emergency of `level`: 1, the most urgent, to 4."""

    level: Annotated[int, Field(ge=1, le=4)]


class WantedAct(TicketAct):
    """The patient of an area queue asks for the doctor of `doctor`; null: for any."""

    doctor: IdText | None


class NoteAct(TicketAct):
    """Tell the doctor something about the patient; an empty text takes it away."""

    note: LineText


class OneTicket(Body):
    """Which ticket it is about."""

    ticket: TicketText


class ReasonedAct(TicketAct):
    """End the visit of an MDT clinic's patient for everybody; `why` has to be given."""

    why: LineText


class RoomAct(Act):
    """The doctor sits in this room today."""

    room: IdText


class ExtraAct(Act):
    """The doctor's extra ticket, for whoever has this ID number; empty: for nobody known."""

    id_number: LineText = ""


class MoveAct(TicketAct):
    """Put the ticket before or after another one of its queue; exactly one of the two is given."""

    before: TicketText | None = None
    after: TicketText | None = None
    why: LineText


class PriorityAct(TicketAct):
    """Grant priority; `rank` is one of the queue's policy, `proof` is what was seen."""

    rank: RankText
    proof: LineText = ""


class TransferAct(TicketAct):
    """Send the ticket to another queue."""

    to_queue: IdText


class ColleagueAct(TicketAct):
    """Send the patient to a colleague of the same clinic and title, or ask him about it."""

    to_queue: IdText


class OfferAnswer(Body):
    """The patient's answer on his phone: whether he wants to see the doctor he was offered."""

    request_id: IdText
    ticket: TicketText
    accepts: bool


class WalkInAct(Act):
    """Give somebody without an appointment the next number and check him in."""

    kind: Literal["ordinary", "priority", "emergency"] = "ordinary"
    rank: RankText | None = None
    patient: IdText | None = None
    level: Annotated[int, Field(ge=1, le=4)] | None = None
    """Of an emergency."""


class AbsenceAct(Act):
    """Tell that the doctor is late, has left, pauses, or that the clinic is stopped."""

    kind: Literal["late", "left", "paused", "stopped"]
    cause: (
        Literal["rescue", "urgent", "surgery", "consultation", "device_fault", "duty", "break"]
        | None
    )
    returns_at: Annotated[str, Field(pattern=r"^([01]\d|2\d):[0-5]\d$")] | None = None
    """When he is expected, by the clock of the clinic day; after midnight it counts on."""
    approval: Annotated[str, Field(max_length=40), AfterValidator(_one_line)] = ""
    """The number of the approval of a stop, where one is needed."""


class UndoAct(Act):
    """Take back entry `entry` of the queue."""

    entry: Annotated[int, Field(ge=1)]


class Search(Body):
    """What to look for: a name, a number or the end of an ID number. Never in an address."""

    query: LineText


class NoticeLine(Body):
    """One line for a waiting area."""

    text_zh: LineText
    text_en: LineText = ""


class NoticeLines(Body):
    """All lines of a waiting area; an empty list clears them."""

    notices: Annotated[list[NoticeLine], Field(max_length=10)]


class AuditAsked(Body):
    """Which rows of the audit list; what is left out excludes nothing."""

    day_on: Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None = None
    """The running day by default."""
    who: Annotated[str, Field(max_length=64), AfterValidator(_one_line)] = ""
    """A user's name, or a device."""
    about: Annotated[str, Field(max_length=64), AfterValidator(_one_line)] = ""
    """A ticket's number, or the id of a patient."""
    what: Literal["people", "names", "acts", "sign_in", "devices"] = "people"
    before: Annotated[int, Field(ge=0)] | None = None
    """Rows before this one only: the page that follows."""


class NoFields(Body):
    """Nothing more is to be said."""
