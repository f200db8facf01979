"""Language, large print, voice, help, and what happens when nobody is there any more."""

import pytest

from kiosk.flow.events import (
    Key,
    LineChanged,
    Replied,
    Speak,
    SpeechEnded,
    StopSpeaking,
    Touched,
    Wipe,
)
from kiosk.flow.state import HelpState, Home, Identify, MyPlace, Visits
from kiosk.presenter.views import InactivityView, spoken_texts
from queue_server.contract.messages import CallHelp, HelpCalled, Refused
from queue_server.rules.terms import RefusalCode
from tests.unit.kiosk.a_kiosk import AKiosk
from tests.unit.kiosk.hospital_for_tests import (
    CARD,
    ID_NUMBER,
    SLIP_CODE,
    identified,
    place_found,
    visit,
)


def warns(kiosk: AKiosk) -> bool:
    return isinstance(kiosk.view.body, InactivityView)


DOCK = ["home", "back", "language", "elder", "listen", "help"]


def test_language_and_large_print_are_one_tap_on_every_screen() -> None:
    kiosk = AKiosk().tap(Key.CHECK_IN).tap(Key.LANGUAGE).tap(Key.ELDER)
    assert "Please show your card" in list(spoken_texts(kiosk.view))
    assert kiosk.view.is_elder

    kiosk.tap(Key.LANGUAGE).tap(Key.ELDER)

    assert "请出示就诊卡" in list(spoken_texts(kiosk.view))
    assert not kiosk.view.is_elder


def test_large_print_shows_fewer_visits_a_page_and_all_can_be_reached() -> None:
    visits = [visit(ticket_id=f"q:{i}", clinic_zh=f"科室{i}") for i in range(6)]
    kiosk = AKiosk().tap(Key.ELDER).scan().reply(identified(*visits))

    first = str(kiosk.view.body)
    kiosk.tap(Key.MORE_VISITS)
    second = str(kiosk.view.body)

    assert [f"科室{i}" in first for i in range(6)] == [True] * 3 + [False] * 3
    assert [f"科室{i}" in second for i in range(6)] == [False] * 3 + [True] * 3
    kiosk.tap(Key.MORE_VISITS).tap(Key.MORE_VISITS)
    assert "科室5" in str(kiosk.view.body)
    kiosk.tap(Key.EARLIER_VISITS)
    assert kiosk.screen(Visits).page == 0 or "科室0" in str(kiosk.view.body)


def test_the_screen_is_spoken_on_request_and_a_second_tap_is_silence() -> None:
    kiosk = AKiosk().tap(Key.LISTEN)
    assert kiosk.effects == [Speak()]

    kiosk.tap(Key.LISTEN)

    assert kiosk.effects == [Speak(), StopSpeaking()]


def test_a_new_screen_stops_the_voice() -> None:
    kiosk = AKiosk().tap(Key.LISTEN).tap(Key.CHECK_IN)

    assert kiosk.effects == [Speak(), StopSpeaking()]
    assert not kiosk.state.is_speaking


def test_while_the_voice_speaks_nobody_is_thought_gone() -> None:
    kiosk = AKiosk().tap(Key.CHECK_IN).tap(Key.LISTEN).wait(90)
    kiosk.screen(Identify)

    kiosk.on(SpeechEnded()).wait(59)

    kiosk.screen(Identify)


def test_a_voice_that_never_ends_does_not_keep_the_session_open() -> None:
    kiosk = AKiosk().tap(Key.CHECK_IN).tap(Key.LISTEN)

    for _ in range(300):
        kiosk.wait(1)

    kiosk.screen(Home)
    assert StopSpeaking() in kiosk.effects


def test_the_id_number_is_never_read_aloud() -> None:
    kiosk = AKiosk().tap(Key.CHECK_IN).tap(Key.TYPE_ID_NUMBER).type_id_number(ID_NUMBER)
    kiosk.tap(Key.SHOW_DIGITS)

    spoken = " ".join(spoken_texts(kiosk.view))

    assert "19491231" in str(kiosk.view.body)
    assert "19491231" not in spoken


def test_typed_digits_are_hidden_but_for_the_last_four() -> None:
    kiosk = AKiosk().tap(Key.CHECK_IN).tap(Key.TYPE_ID_NUMBER).type_id_number("11010519")

    body = str(kiosk.view.body)

    assert "****05" in body
    assert "110105" not in body


def test_help_explains_the_screen_and_calls_a_nurse_when_asked() -> None:
    kiosk = AKiosk().tap(Key.CHECK_IN).tap(Key.HELP)
    assert "让二维码离扫码口大约一掌远" in str(kiosk.view.body)
    assert kiosk.asks == []

    kiosk.tap(Key.CALL_NURSE).tap(Key.CALL_NURSE)
    assert kiosk.asks == [CallHelp(screen="identify")]
    kiosk.reply(HelpCalled())

    assert "已经通知护士" in str(kiosk.view.body)
    kiosk.tap(Key.CLOSE_HELP)
    kiosk.screen(Identify)


@pytest.mark.parametrize("how", ["no answer", "refused", "no line"])
def test_a_nurse_who_could_not_be_told_is_not_promised(how: str) -> None:
    kiosk = AKiosk().tap(Key.HELP)
    if how == "no line":
        kiosk.on(LineChanged(is_up=False)).tap(Key.CALL_NURSE)
    elif how == "no answer":
        kiosk.tap(Key.CALL_NURSE).no_answer()
    else:
        no = Refused(code=RefusalCode.NOT_ALLOWED, message_zh="不行", message_en="no")
        kiosk.tap(Key.CALL_NURSE).reply(no)

    assert kiosk.state.help is HelpState.NOT_REACHED
    assert "直接走到护士台" in str(kiosk.view.body)


def test_help_during_a_request_does_not_lose_the_answer() -> None:
    kiosk = AKiosk().scan()
    asked = kiosk.last_ask.ask_number
    kiosk.tap(Key.HELP).tap(Key.CALL_NURSE).reply(HelpCalled())

    kiosk.on(Replied(ask_number=asked, body=identified(visit()))).tap(Key.CLOSE_HELP)

    assert kiosk.state.session is not None


def test_the_dock_is_the_same_everywhere() -> None:
    kiosk = AKiosk().tap(Key.CHECK_IN)

    assert [key.key.value for key in kiosk.view.dock if key] == DOCK


def test_a_session_left_alone_warns_for_twenty_seconds_and_is_wiped() -> None:
    kiosk = AKiosk().tap(Key.ELDER).tap(Key.LANGUAGE).scan().reply(identified(visit()))
    kiosk.wait(39)
    assert "Are you still there?" not in list(spoken_texts(kiosk.view))

    kiosk.wait(1)
    assert {"Are you still there?", "20 s"} <= set(spoken_texts(kiosk.view))
    assert Wipe() not in kiosk.wait(19.5).effects[2:]

    kiosk.wait(0.5)
    kiosk.screen(Home)
    assert (kiosk.state.language, kiosk.state.is_elder) == ("zh", False)
    assert kiosk.effects[-1] == Wipe()


def test_one_tap_extends_the_session_as_often_as_wanted() -> None:
    kiosk = AKiosk().scan(SLIP_CODE).reply(place_found())

    for _ in range(5):
        kiosk.wait(55).tap(Key.STAY)

    kiosk.screen(MyPlace)
    assert not warns(kiosk)


def test_a_touch_anywhere_shows_that_somebody_is_there() -> None:
    kiosk = AKiosk().tap(Key.CHECK_IN).wait(39).on(Touched()).wait(39)

    assert not warns(kiosk)


def test_the_warning_hides_what_was_on_the_screen() -> None:
    kiosk = AKiosk().scan().reply(identified(visit())).wait(45)

    assert "欧阳" not in str(kiosk.view)
    assert "心血管" not in str(kiosk.view)


def test_an_abandoned_help_screen_is_closed_too() -> None:
    kiosk = AKiosk().tap(Key.HELP)

    kiosk.wait(60)

    assert kiosk.state.help is None


def test_an_untouched_home_screen_has_nothing_to_warn_of_or_to_wipe() -> None:
    kiosk = AKiosk()

    for _ in range(200):
        kiosk.wait(1)
        assert not warns(kiosk)

    assert kiosk.effects == []


def test_the_chosen_language_goes_with_the_patient() -> None:
    kiosk = AKiosk().tap(Key.LANGUAGE).tap(Key.ELDER)

    kiosk.wait(60)

    assert (kiosk.state.language, kiosk.state.is_elder) == ("zh", False)


def test_nothing_of_the_patient_stands_in_the_text_of_state_and_events() -> None:
    kiosk = AKiosk().scan()
    during = repr(kiosk.state) + repr(kiosk.effects)
    kiosk.reply(identified(visit()))

    text = during + repr(kiosk.state) + repr(kiosk.effects)

    for secret in (CARD, "欧阳", "session-1", SLIP_CODE):
        assert secret not in text
