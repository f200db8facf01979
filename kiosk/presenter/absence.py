"""What a patient is told of a doctor who sees nobody at the moment."""

from typing import Final

from kiosk.flow.state import State
from kiosk.presenter.views import Icon, MessageView, Tone
from kiosk.presenter.wording import Wording
from queue_server.contract.absence import Absence, AbsentDoctor
from queue_server.contract.messages import Visit
from queue_server.rules.terms import AbsenceKind, TicketState

NOT_IN_LIST: Final = frozenset(
    {TicketState.BOOKED, TicketState.MISSED, TicketState.AWAY_FOR_RESULTS}
)
"""Whose patient has no place yet: he checks in, be the doctor there or not."""
SHOWN_MAX: Final = 2
SHOWN_MAX_ELDER: Final = 1
"""So many doctors on the home screen; how many more there are is told."""


def absence_status(visit: Visit, words: Wording) -> str:
    """Return "Doctor late", for a card of the list; empty while he is there."""
    return words(f"absence.card_{visit.absence.kind.value}") if visit.absence else ""


def absence_message(visit: Visit, words: Wording) -> MessageView | None:
    """Return what has happened, and what the patient is to do; None while the doctor is there."""
    if visit.absence is None:
        return None
    is_stopped = visit.absence.kind is AbsenceKind.STOPPED
    do = "ask_nurse" if is_stopped else "check_in" if visit.state in NOT_IN_LIST else "keep_place"
    return MessageView(
        tone=Tone.CAUTION,
        icon=Icon.CAUTION if is_stopped else Icon.CLOCK,
        text=words(
            "absence.sentence",
            what=_what(visit.absence, words),
            do=words(f"absence.{do}"),
        ),
    )


def absent_doctors(state: State, words: Wording) -> MessageView | None:
    """Return who is late, away or stopped, for everybody who comes; None: nobody, or not known."""
    if not state.absent or not state.is_line_up:
        return None
    shown_max = SHOWN_MAX_ELDER if state.is_elder else SHOWN_MAX
    # Whose clinic is stopped has come in vain: he should know first.
    doctors = sorted(state.absent, key=lambda one: one.absence.kind is not AbsenceKind.STOPPED)
    lines = [_who_and_what(one, words) for one in doctors[:shown_max]]
    more = len(doctors) - shown_max
    return MessageView(
        tone=Tone.CAUTION,
        icon=Icon.CLOCK,
        text="\n".join(lines),
        more=words("absence.more_doctors", count=more) if more > 0 else "",
    )


def _who_and_what(doctor: AbsentDoctor, words: Wording) -> str:
    kind = doctor.absence.kind.value
    parts = [words(f"absence.card_{kind}")]
    if doctor.absence.returns_text:
        parts.append(words(f"absence.returns_{kind}", time=doctor.absence.returns_text))
    return words(
        "absence.of_doctor",
        clinic=words.of(doctor, "clinic"),
        doctor=words.of(doctor, "doctor"),
        what=words.pick(zh="，", en=", ").join(parts),
    )


def _what(absence: Absence, words: Wording) -> str:
    kind = absence.kind.value
    parts = [words(f"absence.{kind}"), words.of(absence, "cause")]
    if absence.returns_text:
        parts.append(words(f"absence.returns_{kind}", time=absence.returns_text))
    return words.pick(zh="，", en=", ").join(part for part in parts if part)
