"""A patient is asked at a kiosk whether he wants to see another doctor, over the wire."""

from collections.abc import Callable
from typing import Any

import pytest

from queue_server.contract import topics
from queue_server.contract.messages import PlaceFound
from queue_server.contract.offers import AnswerOffer
from queue_server.rules import commands as asked
from queue_server.rules.terms import AreaId, QueueId, RefusalCode, TicketId
from tests.integration.service.known_hospital import ON_TIME, SECOND, THIRD
from tests.integration.service.served_site import Device, Listener, ServedSite

SHEN, LU = QueueId("cardiology-1"), QueueId("cardiology-2")
THIRDS = TicketId("cardiology-1:A003")
OFFER = asked.OfferColleague(queue=SHEN, ticket=THIRDS, to_queue=LU)


@pytest.fixture
def waiting(kiosk: Device, served: ServedSite) -> ServedSite:
    """Three wait for Shen, and nobody for Lu, who is there."""
    for queue in (SHEN, LU):
        served.act(asked.Attend(queue=queue))
    for name in (ON_TIME, SECOND, THIRD):
        kiosk.check_in(name)
    return served


def order(served: ServedSite, queue: QueueId) -> list[str]:
    return [ticket.number for ticket in served.service.now.day.queues[queue].listed()]


def numbers(shown: list[dict[str, Any]]) -> list[str]:
    return [one["number"] for one in shown]


def answer(kiosk: Device, *, accepts: bool) -> AnswerOffer:
    session_id = kiosk.identify(THIRD).session_id
    return AnswerOffer(session_id=session_id, ticket_id=THIRDS, accepts=accepts)


def test_whoever_identifies_himself_is_asked_goes_over_and_stands_on_the_boards_there(
    kiosk: Device, waiting: ServedSite, listen: Callable[..., Listener]
) -> None:
    assert kiosk.identify(THIRD).visits[0].offer is None
    waiting.act(OFFER)
    board = topics.area_board(waiting.site, AreaId("area-a"))
    screen = listen(waiting, board)

    offer = kiosk.identify(THIRD).visits[0].offer
    assert offer is not None
    assert (offer.doctor_zh, offer.room_zh) == ("陆书宁", "202 诊室")
    assert (offer.before_min, offer.after_min) == (16, 0)
    found = kiosk.ask(answer(kiosk, accepts=True))

    assert isinstance(found, PlaceFound)
    assert (found.visit.number, found.visit.doctor_zh) == ("A003", "陆书宁")
    assert (order(waiting, SHEN), order(waiting, LU)) == (["A001", "A002"], ["A003"])
    screen.wait_for(board, lambda one: numbers(one["rooms"][1]["standby"]) == ["A003"])


def test_whoever_says_no_keeps_his_place_and_is_not_asked_again(
    kiosk: Device, waiting: ServedSite
) -> None:
    waiting.act(OFFER)

    found = kiosk.ask(answer(kiosk, accepts=False))

    assert isinstance(found, PlaceFound)
    assert found.visit.doctor_zh == "沈怀仁"
    assert order(waiting, SHEN) == ["A001", "A002", "A003"]
    assert kiosk.identify(THIRD).visits[0].offer is None


@pytest.mark.parametrize("accepts", [True, False])
def test_an_answer_whose_reply_was_lost_may_be_given_again(
    kiosk: Device, waiting: ServedSite, accepts: bool
) -> None:
    waiting.act(OFFER)
    first = kiosk.ask(answer(kiosk, accepts=accepts))
    entries = waiting.service.now.day.entry_count

    assert kiosk.ask(answer(kiosk, accepts=accepts)) == first
    assert waiting.service.now.day.entry_count == entries


def test_a_yes_that_comes_too_late_is_refused_and_he_keeps_his_place(
    kiosk: Device, waiting: ServedSite
) -> None:
    waiting.act(OFFER)
    late = answer(kiosk, accepts=True)
    waiting.act(asked.Pause(queue=LU))

    assert kiosk.identify(THIRD).visits[0].offer is None
    assert kiosk.code_of(late) is RefusalCode.SPREAD_OVER
    assert order(waiting, SHEN) == ["A001", "A002", "A003"]


def test_nobody_answers_for_another_patient(kiosk: Device, waiting: ServedSite) -> None:
    waiting.act(OFFER)
    foreign = AnswerOffer(
        session_id=kiosk.identify(SECOND).session_id, ticket_id=THIRDS, accepts=True
    )

    assert kiosk.code_of(foreign) is RefusalCode.UNKNOWN_TICKET
    assert order(waiting, LU) == []


def test_the_question_outlives_a_restart(kiosk: Device, waiting: ServedSite) -> None:
    waiting.act(OFFER)

    waiting.restart()

    assert kiosk.identify(THIRD).visits[0].offer is not None
