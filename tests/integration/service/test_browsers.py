"""Commands of nurses and doctors: once for each press, and never on what they have not seen."""

from concurrent.futures import Future
from itertools import count
from queue import SimpleQueue

import pytest

from queue_server.rules import commands as asked
from queue_server.rules.events import Entry
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import QueueId, RefusalCode, RequestId, TicketId, TicketState
from queue_server.service.now import Now
from tests.integration.service.known_hospital import ON_TIME, SECOND, THIRD
from tests.integration.service.served_site import WAIT_S, Device, ServedSite, one_commit

CARDIOLOGY = QueueId("cardiology-1")
FIRST, SECOND_TICKET, THIRD_TICKET = (TicketId(f"cardiology-1:A00{n}") for n in (1, 2, 3))
_presses = count(1)


def press(
    served: ServedSite, command: asked.Command, by: str = "doctor:wang", press_id: str = ""
) -> "Future[Entry]":
    request_id = RequestId(press_id or f"press-{next(_presses)}")
    return served.service.act(command, by=by, request_id=request_id)


def refusal(answer: "Future[Entry]") -> Refused:
    error = answer.exception(WAIT_S)
    assert isinstance(error, Refused), error
    return error


@pytest.fixture
def seen_entry(kiosk: Device, served: ServedSite) -> int:
    """Three wait; what both browsers have seen last."""
    for name in (ON_TIME, SECOND, THIRD):
        kiosk.check_in(name)
    return served.service.now.day.entry_count


def test_two_nurses_move_the_same_ticket_and_the_second_is_told(
    served: ServedSite, seen_entry: int
) -> None:
    first = press(served, move_behind(FIRST, SECOND_TICKET, seen_entry), "nurse:li")
    second = press(served, move_behind(FIRST, THIRD_TICKET, seen_entry), "nurse:wu")

    assert first.result(WAIT_S).by == "nurse:li"
    assert refusal(second).code is RefusalCode.CHANGED_SINCE
    assert "A001" in refusal(second).message_zh
    assert served.service.now.day.entry_count == seen_entry + 1


def move_behind(ticket: TicketId, other: TicketId, seen_entry: int) -> asked.Move:
    return asked.Move(
        queue=CARDIOLOGY, ticket=ticket, after=other, why="腿脚不便", seen_entry=seen_entry
    )


def test_call_next_sent_twice_for_one_press_calls_one(served: ServedSite, seen_entry: int) -> None:
    call_next = asked.CallNext(queue=CARDIOLOGY, seen_entry=seen_entry)

    first = press(served, call_next, press_id="once").result(WAIT_S)
    second = press(served, call_next, press_id="once").result(WAIT_S)
    served.restart()
    third = press(served, call_next, press_id="once").result(WAIT_S)

    assert first == second == third
    assert served.service.now.day.entry_count == seen_entry + 1
    assert served.service.now.day.queues[CARDIOLOGY].in_room == FIRST


def test_call_next_pressed_twice_does_not_finish_the_one_just_called(
    served: ServedSite, seen_entry: int
) -> None:
    call_next = asked.CallNext(queue=CARDIOLOGY, seen_entry=seen_entry)

    answers = [press(served, call_next), press(served, call_next)]

    assert answers[0].result(WAIT_S).do == "call_next"
    assert refusal(answers[1]).code is RefusalCode.CHANGED_SINCE
    queue = served.service.now.day.queues[CARDIOLOGY]
    assert queue.in_room == FIRST
    assert queue.tickets[FIRST].state is TicketState.CALLED


def test_a_refused_press_is_refused_again_in_the_same_words(
    served: ServedSite, seen_entry: int
) -> None:
    start = asked.Start(queue=CARDIOLOGY, ticket=FIRST)

    first = refusal(press(served, start, press_id="once"))
    press(served, asked.CallNext(queue=CARDIOLOGY)).result(WAIT_S)
    served.restart()
    second = refusal(press(served, start, press_id="once"))

    assert first.code is second.code is RefusalCode.WRONG_STATE
    assert (first.message_zh, first.message_en) == (second.message_zh, second.message_en)
    assert served.service.now.day.queues[CARDIOLOGY].tickets[FIRST].state is TicketState.CALLED


def test_an_unknown_queue_is_refused(served: ServedSite) -> None:
    answer = press(served, asked.CallNext(queue=QueueId("nowhere")))

    assert refusal(answer).code is RefusalCode.UNKNOWN_QUEUE


def test_a_browser_that_leaves_takes_nothing_back_and_stops_nothing(
    served: ServedSite, seen_entry: int
) -> None:
    left = press(served, asked.CallNext(queue=CARDIOLOGY))
    assert not left.cancel()

    assert left.result(WAIT_S).do == "call_next"
    press(served, asked.Start(queue=CARDIOLOGY, ticket=FIRST)).result(WAIT_S)


def test_a_walk_in_called_and_taken_back_at_once_stops_nothing(served: ServedSite) -> None:
    with one_commit(served):
        answers = [
            press(served, asked.AddWalkIn(queue=CARDIOLOGY, prefix="A")),
            press(served, asked.CallNext(queue=CARDIOLOGY)),
            press(served, asked.Undo(queue=CARDIOLOGY)),
            press(served, asked.Undo(queue=CARDIOLOGY)),
        ]

    assert [answer.result(WAIT_S).do for answer in answers][-1] == "undo"
    assert served.service.now.day.queues[CARDIOLOGY].order == ()


def test_listeners_are_told_of_each_commit_until_they_stop(served: ServedSite) -> None:
    walk_in = asked.AddWalkIn(queue=CARDIOLOGY, prefix="A")
    seen: SimpleQueue[Now] = SimpleQueue()
    stop = served.service.listen(seen.put)

    for _ in range(2):
        press(served, walk_in).result(WAIT_S)
        assert seen.get(timeout=WAIT_S) is served.service.now
    stop()
    for _ in range(2):
        press(served, walk_in).result(WAIT_S)

    assert seen.empty()
