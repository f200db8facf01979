"""Cards on a reader: they say who has come, wherever a code under the scanner would do."""

from dataclasses import replace
from datetime import date

import pytest

from hardware.cards.card_reader import CardProblem, ChipCard, IdCard
from kiosk.flow.events import CardFailed, ChipCardRead, IdCardRead, Key
from kiosk.flow.forgetting import start
from kiosk.flow.intent import Intent
from kiosk.flow.report_screens import ProofPad
from kiosk.flow.state import Identify as IdentifyScreen
from kiosk.flow.state import OneVisit, Refusal, Waiting
from kiosk.input_devices import event_of
from kiosk.presenter.entry import home, identify
from queue_server.contract.messages import Identify
from queue_server.contract.payments import FindOwed
from queue_server.contract.report_messages import ProveIdentity
from queue_server.rules.terms import FullName
from tests.unit.kiosk.a_kiosk import PRESENTER, SETTINGS, AKiosk
from tests.unit.kiosk.hospital_for_tests import CARD, ID_NUMBER, identified, visit

CHIP = "清榆-00017"
TODAY = date(2026, 11, 21)
ID_CARD = IdCard(
    full_name=FullName("欧阳明月"),
    id_number=ID_NUMBER,
    born=date(1949, 12, 31),
    valid_until=date(2030, 1, 1),
)
UNREADABLE = CardFailed(code="CARD_UNREADABLE", sentence_zh="读不出", sentence_en="Unreadable")


@pytest.mark.parametrize(
    ("event", "body"),
    [
        (IdCardRead(id_number=ID_NUMBER), Identify(id_number=ID_NUMBER)),
        (ChipCardRead(card_number=CHIP), Identify(chip_card=CHIP)),
    ],
)
def test_a_card_on_the_reader_checks_in_without_a_tap(event: IdCardRead, body: Identify) -> None:
    kiosk = AKiosk().on(event)

    assert kiosk.asks == [body]
    kiosk.reply(identified(visit())).screen(OneVisit)


@pytest.mark.parametrize(
    ("key", "intent"),
    [(Key.MY_PLACE, Intent.PLACE), (Key.PAY, Intent.PAY), (Key.REPORTS, Intent.REPORTS)],
)
def test_a_card_serves_whatever_its_owner_came_for(key: Key, intent: Intent) -> None:
    kiosk = AKiosk().tap(key).on(IdCardRead(id_number=ID_NUMBER))

    assert kiosk.screen(Waiting).asked.intent is intent
    kiosk.reply(identified(visit()))
    if intent is Intent.PAY:
        assert isinstance(kiosk.asks[-1], FindOwed)


def test_the_id_card_is_the_second_factor_for_reports() -> None:
    kiosk = AKiosk().tap(Key.REPORTS).scan(CARD).reply(identified(visit()))
    kiosk.screen(ProofPad)

    kiosk.on(IdCardRead(id_number=ID_NUMBER))

    assert kiosk.asks[-1] == ProveIdentity(session_id="session-1", id_number=ID_NUMBER)


def test_a_card_that_cannot_be_read_loses_nobody_his_way_to_his_reports() -> None:
    kiosk = AKiosk().tap(Key.REPORTS).scan(CARD).reply(identified(visit())).on(UNREADABLE)

    assert kiosk.screen(Refusal).message_zh == "读不出"
    kiosk.on(IdCardRead(id_number=ID_NUMBER))

    assert isinstance(kiosk.asks[-1], ProveIdentity)


def test_while_the_server_is_asked_another_card_changes_nothing() -> None:
    kiosk = AKiosk().scan(CARD)

    kiosk.on(IdCardRead(id_number=ID_NUMBER), UNREADABLE)

    assert len(kiosk.asks) == 1


@pytest.mark.parametrize("problem", list(CardProblem))
def test_each_problem_of_a_card_is_said_in_words_that_lead_on(problem: CardProblem) -> None:
    kiosk = AKiosk().tap(Key.CHECK_IN).on(event_of(problem, TODAY))

    assert kiosk.screen(Refusal).code == problem
    for wording in PRESENTER.wordings.values():
        assert wording.has(f"refusal.title_{problem}"), problem
        assert wording.has(f"refusal.hint_{problem}"), problem


def test_an_expired_id_card_identifies_nobody() -> None:
    assert event_of(ID_CARD, TODAY) == IdCardRead(id_number=ID_NUMBER)
    expired = event_of(ID_CARD, date(2030, 1, 2))
    assert isinstance(expired, CardFailed)
    assert expired.code == "ID_CARD_EXPIRED"


def test_of_a_card_its_number_goes_on_and_never_the_name() -> None:
    assert event_of(ChipCard(card_number=CHIP), TODAY) == ChipCardRead(card_number=CHIP)
    assert "欧阳" not in repr(event_of(ID_CARD, TODAY))
    assert ID_NUMBER not in repr(event_of(ID_CARD, TODAY))


@pytest.mark.parametrize("has_id_card", [False, True])
@pytest.mark.parametrize("has_chip_card", [False, True])
def test_the_screens_name_the_ways_that_this_kiosk_has(
    has_id_card: bool, has_chip_card: bool
) -> None:
    settings = replace(SETTINGS, has_id_card_reader=has_id_card, has_chip_card_reader=has_chip_card)
    words = PRESENTER.wordings["zh"]
    screen = IdentifyScreen(intent=Intent.PAY)

    steps = "".join(one.text for one in identify(screen, words, settings, is_alone=False).steps)
    text = home(start(settings), words, settings).scan_text

    for said in (steps, text):
        assert ("身份证" in said) is has_id_card
        assert ("芯片" in said) is has_chip_card
