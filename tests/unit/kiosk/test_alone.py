"""A kiosk whose server is away, at a site that lets it check in by the virtual card alone."""

import pytest

from kiosk.flow.events import (
    CheckedInOffline,
    CheckInOffline,
    Key,
    LineChanged,
    NotCheckedInOffline,
    OfflineCheckInAllowed,
    PrintEnded,
    PrintFailure,
)
from kiosk.flow.slip_facts import Provisional, SlipFacts
from kiosk.flow.state import ArrivedOffline, Home, IdNumberPad, MyPlace, Refusal, Trouble, Waiting
from kiosk.flow.state import Identify as IdentifyScreen
from kiosk.presenter.views import HomeView, PlaceView, RefusalView, Tone, spoken_texts
from queue_server.contract.messages import FindPlace
from queue_server.rules.terms import RefusalCode
from tests.unit.kiosk.a_kiosk import AKiosk
from tests.unit.kiosk.hospital_for_tests import (
    AT,
    CARD,
    ID_NUMBER,
    SLIP_CODE,
    place_found,
    waiting_visit,
)

PROVISIONAL = Provisional(number="K01-003", slip_code="hk:offline:4f0e6c1d", checked_in_at=AT)


def alone() -> AKiosk:
    return AKiosk(is_line_up=False).on(OfflineCheckInAllowed(is_allowed=True))


def checking_in(kiosk: AKiosk) -> CheckInOffline:
    [effect] = [one for one in kiosk.effects if isinstance(one, CheckInOffline)]
    return effect


def checked_in(kiosk: AKiosk) -> AKiosk:
    kiosk.scan(CARD)
    number = checking_in(kiosk).ask_number
    return kiosk.on(CheckedInOffline(ask_number=number, provisional=PROVISIONAL))


def refusal_of(kiosk: AKiosk) -> RefusalView:
    body = kiosk.view.body
    assert isinstance(body, RefusalView)
    return body


def test_the_home_screen_says_what_still_works_and_where_to_go_for_the_rest() -> None:
    kiosk = alone()

    body = kiosk.view.body
    assert isinstance(body, HomeView)
    assert "离线" in body.title
    assert "手机就诊卡" in body.scan_title
    said = " ".join(spoken_texts(kiosk.view))
    assert "护士台" in said
    assert kiosk.view.banner is not None
    assert kiosk.view.banner.tone is Tone.CAUTION


def test_where_it_is_not_allowed_everything_is_as_before() -> None:
    kiosk = AKiosk(is_line_up=False).scan(CARD)

    assert kiosk.screen(Refusal).code == Trouble.NO_LINE
    assert not [one for one in kiosk.effects if isinstance(one, CheckInOffline)]


def test_while_the_line_is_there_the_server_is_asked() -> None:
    kiosk = AKiosk().on(OfflineCheckInAllowed(is_allowed=True)).scan(CARD)

    assert len(kiosk.asks) == 1


def test_a_card_is_checked_in_and_the_number_is_shown_and_printed() -> None:
    kiosk = checked_in(alone())

    assert checking_in(kiosk).card == CARD
    assert kiosk.screen(ArrivedOffline).provisional == PROVISIONAL
    [slip] = kiosk.slips
    assert slip.facts == PROVISIONAL
    body = kiosk.view.body
    assert isinstance(body, PlaceView)
    assert body.number.number == "K01-003"
    assert "候诊区" in body.where
    assert "正式号码" in body.steps[-1].text


def test_nothing_is_shown_or_printed_before_it_is_on_disk() -> None:
    kiosk = alone().scan(CARD)

    assert isinstance(kiosk.state.screen, Waiting)
    assert kiosk.slips == []


def test_the_screen_can_be_heard_and_a_failed_slip_printed_again() -> None:
    kiosk = checked_in(alone())
    failure = PrintFailure(sentence_zh="缺纸", sentence_en="no paper", may_have_printed=False)
    kiosk.on(PrintEnded(print_number=kiosk.slips[-1].print_number, failure=failure))

    body = kiosk.view.body
    assert isinstance(body, PlaceView)
    assert "出示就诊卡" in body.steps[-1].text
    kiosk.tap(Key.PRINT_AGAIN)

    assert [slip.facts for slip in kiosk.slips] == [PROVISIONAL, PROVISIONAL]
    assert "K01-003" in list(spoken_texts(kiosk.view))


@pytest.mark.parametrize(
    ("code", "following", "words"),
    [
        (RefusalCode.CARD_USED, "identify", "用过"),
        (RefusalCode.CARD_EXPIRED, "identify", "过期"),
        (RefusalCode.CARD_UNKNOWN, "identify", "不认识"),
        (Trouble.NO_OUTBOX, "home", "不能离线签到"),
    ],
)
def test_a_card_that_is_not_enough_is_refused_with_what_to_do(
    code: str, following: str, words: str
) -> None:
    kiosk = alone().scan(CARD)
    kiosk.on(NotCheckedInOffline(ask_number=checking_in(kiosk).ask_number, code=code))

    shown = kiosk.screen(Refusal)
    assert (shown.code, shown.next) == (code, following)
    assert words in refusal_of(kiosk).title
    assert refusal_of(kiosk).message
    assert refusal_of(kiosk).hint
    assert kiosk.slips == []


@pytest.mark.parametrize("code", [ID_NUMBER, SLIP_CODE, PROVISIONAL.slip_code])
def test_what_only_the_server_knows_is_sent_to_the_nurse_desk(code: str) -> None:
    kiosk = alone().scan(code)

    assert kiosk.screen(Refusal).code == Trouble.ONLY_CARD
    assert "护士台" in refusal_of(kiosk).hint
    assert kiosk.asks == []


def test_nobody_types_eighteen_digits_for_nothing() -> None:
    kiosk = alone().tap(Key.CHECK_IN)
    kiosk.screen(IdentifyScreen)

    kiosk.tap(Key.TYPE_ID_NUMBER)

    assert not isinstance(kiosk.state.screen, IdNumberPad)
    assert kiosk.screen(Refusal).code == Trouble.ONLY_CARD


def test_a_place_can_t_be_looked_up() -> None:
    assert alone().tap(Key.MY_PLACE).screen(Refusal).code == Trouble.ONLY_CARD


def test_the_next_patient_finds_nothing_of_the_one_before_and_the_kiosk_still_alone() -> None:
    kiosk = checked_in(alone()).tap(Key.DONE)

    assert kiosk.state.screen == Home()
    assert "K01-003" not in repr(kiosk.state)
    assert kiosk.state.is_alone
    assert checked_in(alone()).wait(61).state.screen == Home()


def test_a_late_word_of_the_disk_finds_nobody() -> None:
    kiosk = alone().scan(CARD)
    late = CheckedInOffline(ask_number=checking_in(kiosk).ask_number, provisional=PROVISIONAL)

    kiosk.wait(60).on(late)

    assert kiosk.state.screen == Home()
    assert kiosk.slips == []


def test_when_the_line_is_back_the_provisional_slip_finds_the_place_and_gets_a_real_one() -> None:
    kiosk = alone().on(LineChanged(is_up=True)).scan(PROVISIONAL.slip_code)
    assert kiosk.asks == [FindPlace(slip_code=PROVISIONAL.slip_code)]

    kiosk.reply(place_found()).tap(Key.PRINT_AGAIN)

    assert kiosk.screen(MyPlace).visit == waiting_visit()
    [slip] = kiosk.slips
    assert isinstance(slip.facts, SlipFacts)
    assert (slip.facts.visit, slip.facts.masked_name) == (waiting_visit(), "")


def test_a_real_slip_is_not_printed_for_whoever_holds_it() -> None:
    kiosk = AKiosk().scan(SLIP_CODE).reply(place_found()).tap(Key.PRINT_AGAIN)

    assert kiosk.slips == []
