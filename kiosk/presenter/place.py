"""Where a ticket stands: right after the check-in, and whenever somebody asks."""

from dataclasses import replace
from typing import Final

from kiosk.flow.events import Key
from kiosk.flow.state import Arrived, ArrivedOffline, MyPlace, PrintState, State
from kiosk.presenter.absence import absence_message
from kiosk.presenter.views import (
    FactView,
    Icon,
    KeyView,
    MessageView,
    NumberView,
    PlaceView,
    StepView,
    Tone,
)
from kiosk.presenter.visits import OVER
from kiosk.presenter.wording import Wording
from queue_server.contract.messages import Place, Visit
from queue_server.rules.terms import QueueStatus, TicketState

_IN_THE_LIST: Final = frozenset({TicketState.WAITING, TicketState.STANDBY})
_LOOKS: Final = {
    TicketState.WAITING: (Tone.GOOD, Icon.CLOCK),
    TicketState.STANDBY: (Tone.CALL, Icon.PLACE),
    TicketState.CALLED: (Tone.CALL, Icon.SOUND),
    TicketState.IN_SERVICE: (Tone.GOOD, Icon.CONFIRM),
    TicketState.DONE: (Tone.GOOD, Icon.CONFIRM),
}


def arrived(state: State, screen: Arrived, words: Wording) -> PlaceView:
    """The number, where to wait, how many are ahead; and what the slip is doing."""
    visit = screen.facts.visit
    return PlaceView(
        title=words("arrived.title", name=words.name_of(screen.facts.masked_name)),
        tone=Tone.GOOD,
        icon=Icon.CONFIRM,
        number=NumberView(label=words("arrived.number"), number=_number(visit)),
        where=_sentence(_unless_stopped("arrived.wait", visit.place), visit, words),
        ahead=_ahead(visit.place, words),
        at_most=_at_most(visit.place, words),
        reason=_reason(state, visit, words),
        message=_message(state, visit, words),
        doctor=_beside_message(state, visit, words),
        keys=printed_keys(state, words),
    )


def arrived_offline(state: State, screen: ArrivedOffline, words: Wording) -> PlaceView:
    """The provisional number, where to wait, and how the real one is found."""
    by = "card" if state.printing is PrintState.FAILED else "scan"
    return PlaceView(
        title=words("offline.title"),
        tone=Tone.GOOD,
        icon=Icon.CONFIRM,
        number=NumberView(label=words("offline.number"), number=screen.provisional.number),
        where=words("offline.wait"),
        ahead=None,
        at_most="",
        reason="",
        steps=(
            StepView(icon=Icon.CLOCK, text=words("offline.step_queue")),
            StepView(icon=Icon.SCAN, text=words(f"offline.step_{by}")),
        ),
        message=print_message(state, words),
        keys=printed_keys(state, words),
    )


def printed_keys(state: State, words: Wording) -> tuple[KeyView, ...]:
    """Return the keys of a screen that has a slip; one that did not come is offered first."""
    is_failed = state.printing is PrintState.FAILED
    print_again = KeyView(
        key=Key.PRINT_AGAIN,
        label=words("arrived.print_once_more" if is_failed else "arrived.print_again"),
        icon=Icon.PRINTER,
        is_primary=is_failed,
        is_enabled=state.printing is not PrintState.PRINTING,
    )
    done = KeyView(key=Key.DONE, label=words("arrived.done"), is_primary=not is_failed)
    return print_again, done


def my_place(state: State, screen: MyPlace, words: Wording) -> PlaceView:
    """How a ticket stands now, and what its owner is to do."""
    visit = screen.visit
    ticket_state = visit.place.state if visit.place else visit.state
    tone, icon = _LOOKS.get(ticket_state, (Tone.CAUTION, Icon.CAUTION))
    return PlaceView(
        title=words(f"place.title_{ticket_state.value}"),
        tone=tone,
        icon=icon,
        number=NumberView(label=words("place.number"), number=_number(visit)),
        where=_sentence(_next_key(visit, ticket_state), visit, words),
        ahead=_ahead(visit.place, words),
        at_most=_at_most(visit.place, words),
        reason=_reason(state, visit, words),
        message=_message(state, visit, words),
        doctor=_beside_message(state, visit, words),
        keys=_keys(state, screen, words),
    )


def _number(visit: Visit) -> str:
    return visit.place.number if visit.place else visit.number


def _sentence(key: str, visit: Visit, words: Wording) -> str:
    room, unassigned = words.of(visit, "room"), f"{key}_unassigned"
    if room == words.of(visit, "area") and words.has(unassigned):
        # Nobody knows yet which doctor it will be.
        key = unassigned
    if visit.place is not None:
        room = words.of(visit.place, "called_room") or room
    return words(key, floor=words.of(visit, "floor"), area=words.of(visit, "area"), room=room)


def _next_key(visit: Visit, state: TicketState) -> str:
    """Return the key of what to do next; where doctors come to the patient, he stays."""
    stays = visit.doctors_come and state in {TicketState.CALLED, TicketState.IN_SERVICE}
    return _unless_stopped(f"place.{'stay' if stays else 'next'}_{state.value}", visit.place)


def _unless_stopped(key: str, place: Place | None) -> str:
    """Return `key`, or that of the nurse desk for whoever would wait in vain."""
    return "place.next_stopped" if _waits_in_vain(place) else key


def _waits_in_vain(place: Place | None) -> bool:
    if place is None or place.state not in _IN_THE_LIST:
        return False
    return place.queue_status is QueueStatus.STOPPED


def _ahead(place: Place | None, words: Wording) -> FactView | None:
    if place is None or place.state not in _IN_THE_LIST or _waits_in_vain(place):
        return None
    value = words("place.none_ahead")
    if place.ahead_count > 0:
        value = words("place.people", count=place.ahead_count)
    return FactView(label=words("place.ahead"), value=value)


def _at_most(place: Place | None, words: Wording) -> str:
    if place is None or place.state not in _IN_THE_LIST or _waits_in_vain(place):
        return ""
    if place.ahead_at_most <= place.ahead_count:
        return ""
    return words("place.at_most", count=place.ahead_at_most)


def _reason(state: State, visit: Visit, words: Wording) -> str:
    """Return why he stands there, unless slip and doctor need the room."""
    is_crowded = state.is_elder or state.printing is PrintState.FAILED
    says_both = print_message(state, words) is not None and visit.absence is not None
    if visit.place is None or _waits_in_vain(visit.place) or (is_crowded and says_both):
        return ""
    return words.of(visit.place, "reason")


def _message(state: State, visit: Visit, words: Wording) -> MessageView | None:
    """Return what the slip is doing; in the same breath what is to be known of the doctor."""
    printed, doctor = print_message(state, words), _about_doctor(visit, words)
    if doctor is None or state.printing is PrintState.FAILED:
        return printed
    return doctor if printed is None else replace(doctor, more=printed.text)


def _beside_message(state: State, visit: Visit, words: Wording) -> MessageView | None:
    """Return what is to be known of the doctor, where the slip needs a message of its own."""
    return _about_doctor(visit, words) if state.printing is PrintState.FAILED else None


def _about_doctor(visit: Visit, words: Wording) -> MessageView | None:
    if visit.state in OVER:
        return None
    return absence_message(visit, words) or _queue_message(visit.place, words)


def _queue_message(place: Place | None, words: Wording) -> MessageView | None:
    if place is None or place.queue_status is QueueStatus.OPEN:
        return None
    key = "place.paused" if place.queue_status is QueueStatus.PAUSED else "place.stopped"
    return MessageView(tone=Tone.CAUTION, icon=Icon.CAUTION, text=words(key))


def print_message(state: State, words: Wording, screen: str = "arrived") -> MessageView | None:
    """Say what the slip of a screen is doing."""
    match state.printing:
        case PrintState.PRINTING:
            return MessageView(tone=Tone.PLAIN, icon=Icon.PRINTER, text=words("arrived.printing"))
        case PrintState.PRINTED:
            return MessageView(tone=Tone.GOOD, icon=Icon.PRINTER, text=words("arrived.printed"))
        case PrintState.FAILED:
            return MessageView(
                tone=Tone.CAUTION,
                icon=Icon.CAUTION,
                text=words(f"{screen}.failed"),
                more=_what_to_do_without_slip(state, words, screen),
            )
        case PrintState.NOT_PRINTED:
            return None


def _what_to_do_without_slip(state: State, words: Wording, screen: str) -> str:
    hint = words(f"{screen}.failed_hint")
    failure = state.print_failure
    if failure is None or (state.is_elder and not failure.may_have_printed):
        # In large print there is room for what the patient does, not for what staff does.
        return hint
    return f"{hint} {words.pick(zh=failure.sentence_zh, en=failure.sentence_en)}"


def _keys(state: State, screen: MyPlace, words: Wording) -> tuple[KeyView, ...]:
    visit = screen.visit
    keys: list[KeyView] = []
    if visit.can_check_in and state.session is not None:
        keys.append(
            KeyView(
                key=Key.CHECK_IN,
                label=words("visit.check_in_missed"),
                icon=Icon.CHECK_IN,
                is_primary=True,
            )
        )
    elif visit.can_check_in:
        keys.append(
            KeyView(
                key=Key.SHOW_CARD,
                label=words("place.show_card"),
                icon=Icon.PHONE,
                is_primary=True,
            )
        )
    if (state.session is not None or screen.may_print) and visit.place is not None:
        keys.append(
            KeyView(
                key=Key.PRINT_AGAIN,
                label=words("place.print"),
                icon=Icon.PRINTER,
                is_enabled=state.printing is not PrintState.PRINTING,
            )
        )
    keys.append(
        KeyView(key=Key.DONE, label=words("arrived.done"), is_primary=not visit.can_check_in)
    )
    return tuple(keys)
