"""What a patient does at the kiosk, with finger and scanner, in the real window."""

import pytest

from hardware.simulated.faults import SimulatedFault
from kiosk.flow.events import SecondsPassed
from queue_server.client.line import NoAnswer
from queue_server.contract.messages import CallHelp, CheckIn, FindPlace, HelpCalled, Refused
from queue_server.contract.messages import Identify as IdentifyBody
from queue_server.rules.terms import RefusalCode
from tests.ui.kiosk.conftest import Kiosk, MakeKiosk
from tests.unit.kiosk.hospital_for_tests import (
    CARD,
    ID_NUMBER,
    SLIP_CODE,
    checked_in,
    identified,
    place_found,
    visit,
    waiting_visit,
)

pytestmark = pytest.mark.ui


def text_of(kiosk: Kiosk, test_name: str) -> str:
    content: str = kiosk.ui.find(test_name).content
    return content


async def test_from_the_card_to_the_slip(make_kiosk: MakeKiosk) -> None:
    kiosk = await make_kiosk(identified(visit()), checked_in())

    await kiosk.ui.tap("check-in")
    await kiosk.until_screen("identify")
    await kiosk.ui.scan(CARD)
    await kiosk.until_screen("one-visit")
    await kiosk.ui.tap("check-in")
    await kiosk.until_screen("place")
    await kiosk.ui.until(lambda: len(kiosk.slips()) == 1)
    await kiosk.ui.until(lambda: "小票已打印，请取走" in str(kiosk.conductor.view()))

    assert text_of(kiosk, "number") == "A16"
    assert text_of(kiosk, "ahead") == "3 位"
    assert kiosk.server.asked == [
        IdentifyBody(card=CARD),
        CheckIn(session_id="session-1", ticket_id="cardiology-1:16"),
    ]
    await kiosk.ui.tap("done")
    await kiosk.until_screen("home")


async def test_a_key_stays_pressed_until_the_next_screen_is_there(make_kiosk: MakeKiosk) -> None:
    from kivy.tests.common import UnitTestTouch  # noqa: PLC0415 - importing Kivy opens a window

    kiosk = await make_kiosk(identified(visit()), checked_in())
    await kiosk.ui.scan(CARD)
    await kiosk.until_screen("one-visit")
    key = kiosk.ui.find("check-in")

    finger = UnitTestTouch(*key.to_window(*key.center))
    finger.touch_down()
    finger.touch_up()

    assert key.state == "down"
    await kiosk.until_screen("place")


async def test_an_id_number_is_typed_on_the_pad(make_kiosk: MakeKiosk) -> None:
    kiosk = await make_kiosk(identified(visit(), visit(ticket_id="second")))

    await kiosk.ui.tap("check-in")
    await kiosk.ui.tap("type-id-number")
    for character in ID_NUMBER:
        await kiosk.ui.tap("digit-10" if character == "X" else f"digit-{character}")
    await kiosk.ui.tap("confirm")
    await kiosk.until_screen("visits")

    assert kiosk.server.asked == [IdentifyBody(id_number=ID_NUMBER)]
    await kiosk.ui.tap("visit-1")
    await kiosk.until_screen("one-visit")
    await kiosk.ui.tap("dock-back")
    await kiosk.until_screen("visits")


async def test_a_slip_held_under_the_scanner_shows_its_place(make_kiosk: MakeKiosk) -> None:
    kiosk = await make_kiosk(place_found())

    await kiosk.ui.scan(SLIP_CODE)
    await kiosk.until_screen("place")

    assert kiosk.server.asked == [FindPlace(slip_code=SLIP_CODE)]
    assert text_of(kiosk, "reason") == waiting_visit().place.reason_zh  # type: ignore[union-attr]


async def test_a_printer_without_paper_costs_nobody_the_check_in(make_kiosk: MakeKiosk) -> None:
    kiosk = await make_kiosk(identified(visit()), checked_in())
    kiosk.printer.set_fault(SimulatedFault.PAPER_OUT)

    await kiosk.ui.scan(CARD)
    await kiosk.until_screen("one-visit")
    await kiosk.ui.tap("check-in")
    await kiosk.ui.until(lambda: "没有打印出来" in str(kiosk.conductor.view()))
    assert text_of(kiosk, "number") == "A16"

    kiosk.printer.clear_fault(SimulatedFault.PAPER_OUT)
    await kiosk.ui.tap("print-again")
    await kiosk.ui.until(lambda: len(kiosk.slips()) == 1)


async def test_a_refusal_is_shown_in_words_and_a_nurse_is_called(make_kiosk: MakeKiosk) -> None:
    refusal = Refused(
        code=RefusalCode.CARD_EXPIRED, message_zh="这个码已过期。", message_en="Expired."
    )
    kiosk = await make_kiosk(refusal, HelpCalled())

    await kiosk.ui.scan(CARD)
    await kiosk.until_screen("refusal")
    assert text_of(kiosk, "message") == "这个码已过期。"
    await kiosk.ui.tap("call-nurse")
    await kiosk.until_screen("help")
    await kiosk.ui.until(lambda: "已经通知护士" in str(kiosk.conductor.view()))

    assert kiosk.server.asked[-1] == CallHelp(screen="refusal")


async def test_no_answer_is_said_and_tried_again(make_kiosk: MakeKiosk) -> None:
    kiosk = await make_kiosk(NoAnswer, place_found())

    await kiosk.ui.scan(SLIP_CODE)
    await kiosk.until_screen("refusal")
    await kiosk.ui.tap("try-again")
    await kiosk.until_screen("place")


async def test_a_line_that_is_down_is_said_at_home(make_kiosk: MakeKiosk) -> None:
    kiosk = await make_kiosk()
    assert not kiosk.ui.has("message")

    kiosk.conductor.line_changed(False)
    await kiosk.ui.frames()

    assert kiosk.ui.find("message").view.text == "现在连不上医院系统，请到护士台办理。"


async def test_whoever_walks_away_leaves_nothing_behind(make_kiosk: MakeKiosk) -> None:
    kiosk = await make_kiosk(identified(visit()))
    await kiosk.ui.scan(CARD)
    await kiosk.until_screen("one-visit")

    kiosk.conductor.handle(SecondsPassed(seconds=45, time_text="08:06"))
    await kiosk.until_screen("inactivity")
    shown = [getattr(widget, "text", "") for widget in kiosk.ui.widgets()]
    assert [text for text in shown if "欧阳" in text] == []

    kiosk.conductor.handle(SecondsPassed(seconds=15, time_text="08:06"))
    await kiosk.until_screen("home")
    assert kiosk.conductor.state.session is None


async def test_a_touch_anywhere_on_the_warning_keeps_the_session(make_kiosk: MakeKiosk) -> None:
    kiosk = await make_kiosk(identified(visit()))
    await kiosk.ui.scan(CARD)
    await kiosk.until_screen("one-visit")
    kiosk.conductor.handle(SecondsPassed(seconds=45, time_text="08:06"))
    await kiosk.until_screen("inactivity")

    await kiosk.ui.touch(540, 1500)

    await kiosk.until_screen("one-visit")


async def test_the_warning_can_be_answered_with_i_am_done(make_kiosk: MakeKiosk) -> None:
    kiosk = await make_kiosk(identified(visit()))
    await kiosk.ui.scan(CARD)
    await kiosk.until_screen("one-visit")
    kiosk.conductor.handle(SecondsPassed(seconds=45, time_text="08:06"))
    await kiosk.until_screen("inactivity")

    await kiosk.ui.tap("done")

    await kiosk.until_screen("home")
    assert kiosk.conductor.state.session is None


async def test_language_and_large_print_change_at_a_touch(make_kiosk: MakeKiosk) -> None:
    kiosk = await make_kiosk()
    size_before = kiosk.ui.find("title").font_size

    await kiosk.ui.tap("dock-elder")
    await kiosk.ui.tap("dock-language")

    assert text_of(kiosk, "title") == "Hello. What can we do for you?"
    assert kiosk.ui.find("title").font_size >= 1.25 * size_before


async def test_a_window_that_gets_another_size_goes_on_where_it_was(make_kiosk: MakeKiosk) -> None:
    kiosk = await make_kiosk(identified(visit()), checked_in())
    await kiosk.ui.scan(CARD)
    await kiosk.until_screen("one-visit")

    await kiosk.ui.resize((720, 1280))
    await kiosk.ui.tap("check-in")

    await kiosk.until_screen("place")
    assert text_of(kiosk, "number") == "A16"
