"""Whatever happens, in whatever order: nothing personal survives a wipe, and nothing crashes."""

import dataclasses
from collections.abc import Iterator
from enum import Enum

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.flow.course import step
from kiosk.flow.events import (
    Ask,
    CheckedInOffline,
    CheckInOffline,
    Event,
    Key,
    LineChanged,
    NotAnswered,
    NotCheckedInOffline,
    OfflineCheckInAllowed,
    PrintEnded,
    PrintFailure,
    PrintSlip,
    Replied,
    Scanned,
    SecondsPassed,
    SpeechEnded,
    Tapped,
    Touched,
    Wipe,
)
from kiosk.flow.forgetting import start
from kiosk.flow.slip_facts import Provisional
from kiosk.flow.state import Home, State, Trouble
from kiosk.presenter.views import spoken_texts
from queue_server.contract.messages import HelpCalled, Refused, ReplyBody
from queue_server.rules.terms import RefusalCode, TicketState
from tests.unit.kiosk.a_kiosk import PRESENTER, SETTINGS
from tests.unit.kiosk.hospital_for_tests import (
    AT,
    CARD,
    ID_NUMBER,
    MASKED_NAME,
    SLIP_CODE,
    checked_in,
    identified,
    place,
    place_found,
    visit,
    waiting_visit,
)

PERSONAL = (CARD, MASKED_NAME, ID_NUMBER, SLIP_CODE, "session-1", "cardiology-1", "A16")
PROVISIONAL = Provisional(number="K01-A16", slip_code="hk:offline:A16", checked_in_at=AT)

VISITS = st.lists(
    st.sampled_from(
        [
            visit(),
            visit(ticket_id="cardiology-1:17", can_check_in=False, hint_zh="10:30 开始签到。"),
            visit(ticket_id="cardiology-1:18", is_today=False, can_check_in=False),
            waiting_visit(ticket_id="cardiology-1:19"),
            waiting_visit(ticket_id="cardiology-1:20", place=place(state=TicketState.CALLED)),
            visit(ticket_id="cardiology-1:21", state=TicketState.MISSED),
        ]
    ),
    max_size=6,
    unique_by=lambda one: one.ticket_id,
)
REPLIES: st.SearchStrategy[ReplyBody] = st.one_of(
    VISITS.map(lambda visits: identified(*visits)),
    st.just(checked_in()),
    st.just(place_found()),
    st.just(HelpCalled()),
    st.sampled_from(list(RefusalCode)).map(
        lambda code: Refused(code=code, message_zh=f"{MASKED_NAME}不行", message_en=MASKED_NAME)
    ),
)
FAILURE = PrintFailure(sentence_zh="缺纸", sentence_en="no paper", may_have_printed=False)
NUMBERS_BACK = st.integers(min_value=0, max_value=2)
EVENTS = st.one_of(
    st.builds(Tapped, key=st.sampled_from(list(Key)), argument=st.integers(0, 11)),
    st.builds(Tapped, key=st.just(Key.DIGIT), argument=st.integers(0, 10)),
    st.just(Touched()),
    st.sampled_from([CARD, SLIP_CODE, ID_NUMBER, "134567890123456789", "EAN", ""]).map(
        lambda code: Scanned(code=code)
    ),
    st.builds(LineChanged, is_up=st.booleans()),
    st.builds(OfflineCheckInAllowed, is_allowed=st.booleans()),
    st.builds(SecondsPassed, seconds=st.floats(0, 70), time_text=st.just("08:05")),
    st.just(SpeechEnded()),
)
Answer = tuple[str, int, object]
ANSWERS: st.SearchStrategy[Answer] = st.one_of(
    st.tuples(st.just("reply"), NUMBERS_BACK, REPLIES),
    st.tuples(st.just("no answer"), NUMBERS_BACK, st.none()),
    st.tuples(st.just("alone"), NUMBERS_BACK, st.sampled_from([*RefusalCode, *Trouble, None])),
    st.tuples(st.just("printed"), NUMBERS_BACK, st.sampled_from([None, FAILURE])),
)
COURSES = st.lists(st.one_of(EVENTS, ANSWERS), max_size=60)


def to_event(what: object, state: State) -> Event:
    """An answer is given to one of the last questions, or to one that was never asked."""
    if not isinstance(what, tuple):
        return what  # type: ignore[return-value]
    kind, back, body = what
    if kind == "reply":
        return Replied(ask_number=state.ask_count - back, body=body)
    if kind == "no answer":
        return NotAnswered(ask_number=state.ask_count - back)
    if kind == "alone" and body is None:
        return CheckedInOffline(ask_number=state.ask_count - back, provisional=PROVISIONAL)
    if kind == "alone":
        return NotCheckedInOffline(ask_number=state.ask_count - back, code=body)
    return PrintEnded(print_number=state.print_count - back, failure=body)


def texts_in(value: object) -> Iterator[str]:
    """Every text anywhere inside a value."""
    if isinstance(value, str) and not isinstance(value, Enum):
        yield value
    elif isinstance(value, list | tuple):
        for part in value:
            yield from texts_in(part)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from texts_in(getattr(value, field.name))
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from texts_in(getattr(value, name))


def personal_in(value: object) -> list[str]:
    return [text for text in texts_in(value) if any(secret in text for secret in PERSONAL)]


def after(course: list[object]) -> State:
    state = start(SETTINGS)
    for what in course:
        event = to_event(what, state)
        state, effects = step(state, event, SETTINGS)
        list(spoken_texts(PRESENTER.present(state)))
        for effect in effects:
            assert isinstance(effect, Ask | CheckInOffline | PrintSlip) or personal_in(effect) == []
        # A scan wipes the patient before and brings its own code.
        if Wipe() in effects and not isinstance(event, Scanned):
            assert personal_in(state) == []
    return state


@settings(max_examples=150)
@given(course=COURSES)
def test_after_a_wipe_nothing_personal_remains_anywhere(course: list[object]) -> None:
    state = after(course)

    fresh, effects = step(state, Tapped(key=Key.DONE), SETTINGS)

    assert personal_in(fresh) == []
    assert personal_in(PRESENTER.present(fresh)) == []
    assert all(not isinstance(effect, Ask | CheckInOffline | PrintSlip) for effect in effects)


@settings(max_examples=100)
@given(course=COURSES)
def test_whoever_leaves_finds_the_kiosk_at_home_four_minutes_later(course: list[object]) -> None:
    state = after(course)

    for _ in range(250):
        state, _effects = step(state, SecondsPassed(seconds=1, time_text="08:10"), SETTINGS)

    assert isinstance(state.screen, Home)
    assert personal_in(state) == []
    assert (state.language, state.is_elder, state.help) == ("zh", False, None)


@pytest.mark.parametrize("secret", [CARD, ID_NUMBER])
@pytest.mark.parametrize("code", [None, *RefusalCode])
def test_card_and_id_number_are_dropped_as_soon_as_the_reply_is_there(
    secret: str, code: RefusalCode | None
) -> None:
    state = start(SETTINGS)
    for event in (LineChanged(is_up=True), Scanned(code=secret)):
        state, _ = step(state, event, SETTINGS)
    assert any(secret in text for text in texts_in(state))
    reply: ReplyBody = identified(visit())
    if code is not None:
        reply = Refused(code=code, message_zh="不行", message_en="no")

    state, _ = step(state, Replied(ask_number=1, body=reply), SETTINGS)

    assert [text for text in texts_in(state) if secret in text] == []
