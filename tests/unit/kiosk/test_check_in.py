"""From the card to the number on the slip."""

from kiosk.flow.events import Key, PrintEnded, PrintFailure, Replied
from kiosk.flow.intent import Intent
from kiosk.flow.state import (
    Arrived,
    Home,
    Identify,
    IdNumberPad,
    MyPlace,
    OneVisit,
    PrintState,
    Refusal,
    Visits,
    Waiting,
)
from queue_server.contract.messages import CheckIn, FindPlace, Refused
from queue_server.contract.messages import Identify as IdentifyBody
from queue_server.rules.terms import RefusalCode, TicketState
from tests.unit.kiosk.a_kiosk import AKiosk
from tests.unit.kiosk.hospital_for_tests import (
    CARD,
    ID_NUMBER,
    MASKED_NAME,
    SLIP_CODE,
    checked_in,
    identified,
    place_found,
    visit,
    waiting_visit,
)

ALREADY = Refused(
    code=RefusalCode.ALREADY_CHECKED_IN, message_zh="您已签到。", message_en="You are checked in."
)


def test_a_card_one_visit_one_tap_and_the_slip_is_printing() -> None:
    kiosk = AKiosk().scan().reply(identified(visit())).tap(Key.CHECK_IN).reply(checked_in())

    assert kiosk.asks == [
        IdentifyBody(card=CARD),
        CheckIn(session_id="session-1", ticket_id="cardiology-1:16"),
    ]
    assert kiosk.screen(Arrived).facts.masked_name == MASKED_NAME
    assert [slip.facts for slip in kiosk.slips] == [kiosk.screen(Arrived).facts]
    assert kiosk.state.printing is PrintState.PRINTING


def test_one_visit_that_can_be_checked_in_is_shown_without_a_list() -> None:
    other = visit(ticket_id="later", can_check_in=False, hint_zh="10:30 开始签到。")

    kiosk = AKiosk().scan().reply(identified(other, visit()))

    assert kiosk.screen(OneVisit).ticket_id == "cardiology-1:16"


def test_two_visits_that_can_be_checked_in_are_a_list_to_choose_from() -> None:
    kiosk = AKiosk().scan().reply(identified(visit(), visit(ticket_id="second")))
    kiosk.screen(Visits)

    kiosk.tap(Key.VISIT, 1).tap(Key.CHECK_IN)

    assert kiosk.asks[-1] == CheckIn(session_id="session-1", ticket_id="second")


def test_no_visit_at_all_says_where_to_ask() -> None:
    kiosk = AKiosk().scan().reply(identified())

    kiosk.screen(Visits)
    assert "护士台" in str(kiosk.view.body)


def test_an_id_number_is_typed_and_checked_before_it_is_sent() -> None:
    kiosk = AKiosk().tap(Key.CHECK_IN).tap(Key.TYPE_ID_NUMBER)

    kiosk.type_id_number("110105194912310021").tap(Key.CONFIRM)
    assert kiosk.screen(IdNumberPad).is_wrong
    assert kiosk.asks == []

    kiosk.tap(Key.DELETE).type_id_number("X").tap(Key.CONFIRM)
    assert kiosk.asks == [IdentifyBody(id_number=ID_NUMBER)]


def test_an_x_can_only_be_the_last_character() -> None:
    kiosk = AKiosk().tap(Key.CHECK_IN).tap(Key.TYPE_ID_NUMBER)

    kiosk.tap(Key.DIGIT, 10).type_id_number(ID_NUMBER).tap(Key.DIGIT, 5)

    assert kiosk.screen(IdNumberPad).characters == ID_NUMBER


def test_an_unfinished_number_is_not_sent() -> None:
    kiosk = AKiosk().tap(Key.CHECK_IN).tap(Key.TYPE_ID_NUMBER)

    kiosk.type_id_number("1101051949").tap(Key.CONFIRM)

    assert kiosk.asks == []
    kiosk.screen(IdNumberPad)


def test_a_scanned_id_card_is_an_id_number() -> None:
    kiosk = AKiosk().scan(ID_NUMBER.lower())

    assert kiosk.asks == [IdentifyBody(id_number=ID_NUMBER)]


def test_a_code_may_be_scanned_on_any_screen() -> None:
    kiosk = AKiosk().tap(Key.CHECK_IN).tap(Key.TYPE_ID_NUMBER).tap(Key.HELP).scan()

    kiosk.screen(Waiting)
    assert kiosk.state.help is None
    assert kiosk.asks == [IdentifyBody(card=CARD)]


def test_a_second_code_during_a_request_is_ignored() -> None:
    kiosk = AKiosk().scan().scan()

    assert len(kiosk.asks) == 1


def test_the_next_card_ends_the_session_of_the_one_before() -> None:
    kiosk = AKiosk().scan().reply(identified(visit(), visit(ticket_id="second"))).scan()

    assert kiosk.state.session is None
    kiosk.screen(Waiting)


def test_a_visit_with_results_can_be_checked_in_again() -> None:
    back = waiting_visit(state=TicketState.AWAY_FOR_RESULTS, can_check_in=True)

    kiosk = AKiosk().scan().reply(identified(back))

    kiosk.screen(OneVisit)
    assert "结果出来了，回来签到" in str(kiosk.view.body)


def test_a_slip_that_failed_can_be_printed_again_in_the_language_of_then() -> None:
    kiosk = AKiosk().scan().reply(identified(visit())).tap(Key.CHECK_IN).reply(checked_in())
    failure = PrintFailure(sentence_zh="缺纸。", sentence_en="No paper.", may_have_printed=False)

    kiosk.on(PrintEnded(print_number=1, failure=failure))
    body = str(kiosk.view.body)
    assert [words for words in ("A16", "没有打印出来", "缺纸。") if words not in body] == []

    kiosk.tap(Key.LANGUAGE).tap(Key.PRINT_AGAIN)
    assert [slip.language for slip in kiosk.slips] == ["zh", "en"]
    kiosk.on(PrintEnded(print_number=2, failure=None))
    assert "Your slip is printed" in str(kiosk.view.body)


def test_a_slip_is_not_printed_twice_by_an_impatient_finger() -> None:
    kiosk = AKiosk().scan().reply(identified(visit())).tap(Key.CHECK_IN).reply(checked_in())

    kiosk.tap(Key.PRINT_AGAIN).tap(Key.PRINT_AGAIN)

    assert len(kiosk.slips) == 1


def test_word_of_a_slip_of_the_patient_before_is_ignored() -> None:
    kiosk = AKiosk().scan().reply(identified(visit())).tap(Key.CHECK_IN).reply(checked_in())
    kiosk.tap(Key.DONE)

    kiosk.on(PrintEnded(print_number=1, failure=None))

    assert kiosk.state.printing is PrintState.NOT_PRINTED


def test_after_the_check_in_the_list_shows_the_visit_as_waiting() -> None:
    second = visit(ticket_id="second")
    kiosk = AKiosk().scan().reply(identified(visit(), second)).tap(Key.VISIT, 0)
    kiosk.tap(Key.CHECK_IN).reply(checked_in()).tap(Key.BACK)

    kiosk.screen(Visits)
    kiosk.tap(Key.VISIT, 0)

    assert kiosk.screen(MyPlace).visit == waiting_visit()


def test_a_check_in_without_answer_is_uncertain_and_may_be_tried_again() -> None:
    kiosk = AKiosk().scan().reply(identified(visit())).tap(Key.CHECK_IN).no_answer()
    assert kiosk.screen(Refusal).code == "CHECK_IN_UNCERTAIN"

    kiosk.tap(Key.TRY_AGAIN)

    assert kiosk.asks[-1] == kiosk.asks[-2]


def test_a_check_in_that_had_succeeded_unseen_still_gives_number_and_slip() -> None:
    kiosk = AKiosk().scan().reply(identified(visit())).tap(Key.CHECK_IN).no_answer()

    kiosk.tap(Key.TRY_AGAIN).reply(ALREADY)
    assert kiosk.asks[-1] == FindPlace(slip_code=SLIP_CODE)
    kiosk.reply(place_found())

    assert kiosk.screen(Arrived).facts.visit == waiting_visit()
    assert len(kiosk.slips) == 1


def test_it_stays_uncertain_when_the_second_try_finds_no_line() -> None:
    kiosk = AKiosk().scan().reply(identified(visit())).tap(Key.CHECK_IN).no_answer()
    kiosk.tap(Key.TRY_AGAIN).no_answer().tap(Key.TRY_AGAIN).reply(ALREADY).no_answer()

    kiosk.tap(Key.TRY_AGAIN).reply(place_found())

    kiosk.screen(Arrived)


def test_already_checked_in_leads_to_the_place() -> None:
    kiosk = AKiosk().scan().reply(identified(visit())).tap(Key.CHECK_IN).reply(ALREADY)
    kiosk.screen(Refusal)

    kiosk.tap(Key.TRY_AGAIN).reply(place_found())

    kiosk.screen(MyPlace)
    assert kiosk.slips == []


def test_home_ends_the_session_but_not_in_the_midst_of_a_request() -> None:
    kiosk = AKiosk().tap(Key.ELDER).scan().tap(Key.HOME)
    kiosk.screen(Waiting)

    kiosk.reply(identified(visit())).tap(Key.HOME)

    kiosk.screen(Home)
    assert kiosk.state.session is None
    assert kiosk.state.is_elder


def test_back_goes_one_screen_back() -> None:
    kiosk = AKiosk().tap(Key.CHECK_IN).tap(Key.TYPE_ID_NUMBER).tap(Key.BACK)
    assert kiosk.screen(Identify).intent is Intent.CHECK_IN

    kiosk.tap(Key.BACK)

    kiosk.screen(Home)


def test_a_late_answer_to_an_earlier_question_leads_nowhere() -> None:
    kiosk = AKiosk().scan()
    earlier = kiosk.last_ask.ask_number
    kiosk.no_answer().scan()

    from_then = identified(visit(ticket_id="somebody-else"))
    kiosk.on(Replied(ask_number=earlier, body=from_then))

    kiosk.screen(Waiting)
    assert kiosk.state.session is None
