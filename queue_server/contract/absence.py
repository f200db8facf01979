"""What patients are told of a doctor who sees nobody at the moment."""

from queue_server.contract.message import Message, ShortText
from queue_server.rules.terms import AbsenceKind


class Absence(Message, frozen=True, kw_only=True):
    """Why a doctor sees nobody at the moment, in neutral words, and until when."""

    kind: AbsenceKind
    cause_zh: ShortText = ""
    """A neutral cause; empty if none was given."""
    cause_en: ShortText = ""
    returns_text: ShortText = ""
    """When he is expected, `10:30`; empty if nobody knows."""
