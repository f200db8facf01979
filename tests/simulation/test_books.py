"""The books by which a simulated morning is judged speak up for themselves."""

import pytest

from queue_server.rules import events as happened
from queue_server.rules.events import Entry, Placing
from queue_server.rules.reason import Reason, ReasonCode
from queue_server.rules.terms import DaySecond, PatientId, QueueId, TicketId, TicketKind
from tests.simulation.books import Books
from tests.simulation.world import Violation

HEART, EYES = QueueId("heart"), QueueId("eyes")
WHY = Reason(ReasonCode.CALLED_NEXT, {"number": "1"})


def issued(queue: QueueId, number: str, patient: str) -> happened.TicketIssued:
    return happened.TicketIssued(
        queue=queue,
        ticket=TicketId(f"{queue}:{number}"),
        number=number,
        patient=PatientId(patient),
    )


def checked_in(ticket: happened.TicketIssued, index: int) -> happened.CheckedIn:
    return happened.CheckedIn(
        queue=ticket.queue,
        ticket=ticket.ticket,
        placing=Placing(index=index, key=(0,), reason=WHY),
        kind=TicketKind.ORDINARY,
        own_key=(0,),
        is_walk_in=True,
    )


def called(ticket: happened.TicketIssued) -> happened.Called:
    return happened.Called(queue=ticket.queue, ticket=ticket.ticket, reason=WHY)


def stood_by(ticket: happened.TicketIssued) -> happened.StoodBy:
    return happened.StoodBy(queue=ticket.queue, ticket=ticket.ticket)


def books_of(*entries: tuple[happened.Event, ...]) -> Books:
    books = Books()
    for number, events in enumerate(entries, start=1):
        books.apply(Entry(number=number, at_s=DaySecond(0), by="li", do="act", events=events))
    return books


def test_the_books_know_order_and_room() -> None:
    one, two, three = (issued(HEART, number, number) for number in ("1", "2", "3"))

    books = books_of(
        (one, checked_in(one, 0)),
        (two, checked_in(two, 1)),
        (three, checked_in(three, 0)),
        (called(three),),
    )

    assert books.queues[HEART].order == [one.ticket, two.ticket]
    assert books.queues[HEART].in_room() == [three.ticket]


def test_a_patient_called_by_two_rooms_is_noticed() -> None:
    heart, eyes = issued(HEART, "1", "zhang"), issued(EYES, "1", "zhang")

    with pytest.raises(Violation, match="is called by eyes and by heart"):
        books_of(
            (heart, checked_in(heart, 0), eyes, checked_in(eyes, 0)),
            (called(heart),),
            (called(eyes),),
        )


def test_two_in_one_room_are_noticed() -> None:
    one, two = issued(HEART, "1", "zhang"), issued(HEART, "2", "li")

    with pytest.raises(Violation, match="two are called into the room of heart"):
        books_of((one, checked_in(one, 0), two, checked_in(two, 1)), (called(one), called(two)))


def test_a_number_that_is_given_twice_is_noticed() -> None:
    again = happened.TicketIssued(queue=HEART, ticket=TicketId("heart:other"), number="1")

    with pytest.raises(Violation, match="number 1 of heart was given twice"):
        books_of((issued(HEART, "1", "zhang"),), (again,))


def test_who_stands_by_and_is_passed_is_noticed() -> None:
    one, two = issued(HEART, "1", "zhang"), issued(HEART, "2", "li")

    with pytest.raises(Violation, match=r"\['heart:2'\] passed heart:1, who stood by"):
        books_of((one, checked_in(one, 0), stood_by(one)), (two, checked_in(two, 0)))


def test_a_missing_entry_is_noticed() -> None:
    books = books_of((issued(HEART, "1", "zhang"),))

    with pytest.raises(Violation, match="entry 3 is not the next one"):
        books.apply(Entry(number=3, at_s=DaySecond(0), by="li", do="act", events=()))
