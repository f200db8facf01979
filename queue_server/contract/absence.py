"""What patients are told of a doctor who sees nobody at the moment."""

from queue_server.contract.message import Id, Instant, Message, ShortText
from queue_server.rules.terms import AbsenceKind


class Absence(Message, frozen=True, kw_only=True):
    """Why a doctor sees nobody at the moment, in neutral words, and until when."""

    kind: AbsenceKind
    cause_zh: ShortText = ""
    """A neutral cause; empty if none was given."""
    cause_en: ShortText = ""
    returns_text: ShortText = ""
    """When he is expected, `10:30`; empty if nobody knows."""


class AbsentDoctor(Message, frozen=True, kw_only=True):
    """A doctor who sees nobody at the moment."""

    queue: Id
    """His queue; a `visit` names the same."""
    clinic_zh: ShortText
    clinic_en: ShortText
    doctor_zh: ShortText
    doctor_en: ShortText
    absence: Absence
    """Why, and until when."""


class Absences(Message, frozen=True, kw_only=True):
    """`absences` (retained): who is late, away, pausing or stopped; a kiosk says so at once."""

    published_at: Instant
    """When the server sent it."""
    doctors: list[AbsentDoctor]
    """In the order of the site file; empty: everybody is there."""
    paused: list[Id]
    """The queues in which calls are paused until staff reopen them, whoever is there."""
