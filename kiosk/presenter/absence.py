"""What a patient is told of a doctor who sees nobody at the moment."""

from kiosk.presenter.views import Icon, MessageView, Tone
from kiosk.presenter.wording import Wording
from queue_server.contract.absence import Absence
from queue_server.contract.messages import Visit
from queue_server.rules.terms import AbsenceKind


def absence_status(visit: Visit, words: Wording) -> str:
    """Return "Doctor late", for a card of the list; empty while he is there."""
    return words(f"absence.card_{visit.absence.kind.value}") if visit.absence else ""


def absence_message(visit: Visit, words: Wording) -> MessageView | None:
    """Return what has happened, and what the patient is to do; None while the doctor is there."""
    if visit.absence is None:
        return None
    is_stopped = visit.absence.kind is AbsenceKind.STOPPED
    return MessageView(
        tone=Tone.CAUTION,
        icon=Icon.CAUTION if is_stopped else Icon.CLOCK,
        text=words(
            "absence.sentence",
            what=_what(visit.absence, words),
            do=words("absence.ask_nurse" if is_stopped else "absence.keep_place"),
        ),
    )


def _what(absence: Absence, words: Wording) -> str:
    kind = absence.kind.value
    parts = [words(f"absence.{kind}"), words.of(absence, "cause")]
    if absence.returns_text:
        parts.append(words(f"absence.returns_{kind}", time=absence.returns_text))
    return words.pick(zh="，", en=", ").join(part for part in parts if part)
