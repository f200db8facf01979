"""Check-ins: number, place, slip; answered when on disk, and once only."""

import threading
from collections.abc import Callable

import pytest

from queue_server.contract.messages import CallHelp, CheckedIn, CheckIn, FindPlace, PlaceFound
from queue_server.journal.journal import Batch
from queue_server.journal.sqlite_journal import SqliteJournal
from queue_server.rules import commands as asked
from queue_server.rules import events as happened
from queue_server.rules.terms import QueueId, QueueStatus, RefusalCode, TicketState
from tests.integration.service.known_hospital import (
    AFTERNOON,
    CROWD,
    MORNING_OVER,
    ON_TIME,
    SECOND,
    THIRD,
)
from tests.integration.service.served_site import WAIT_S, Device, ServedSite

CODE = RefusalCode
CARDIOLOGY = QueueId("cardiology-1")


class HesitantJournal(SqliteJournal):
    """Writes a batch with entries only when it is let go on."""

    may_write = threading.Event()
    is_asked = threading.Event()

    def append(self, batch: Batch) -> None:
        if batch.entries:
            self.is_asked.set()
            assert self.may_write.wait(WAIT_S)
        super().append(batch)


def check_ins_in_journal(served: ServedSite) -> list[str]:
    return [
        event.ticket
        for written in served.service.entries()
        for event in written.entry.events
        if isinstance(event, happened.CheckedIn)
    ]


def test_a_check_in_gives_number_place_and_slip(kiosk: Device, served: ServedSite) -> None:
    first, second = kiosk.check_in(ON_TIME), kiosk.check_in(SECOND)

    assert first.masked_name == "张*三"
    assert first.checked_in_at == served.clock()
    assert first.rule_text_zh
    assert first.rule_text_en
    assert first.visit.slip_code == "hk:20261123:cardiology-1:A001"
    assert not first.visit.can_check_in
    assert first.visit.place is not None
    assert second.visit.place is not None
    assert (first.visit.place.number, first.visit.place.ahead_count) == ("A001", 0)
    assert first.visit.place.state is TicketState.STANDBY
    assert (second.visit.place.number, second.visit.place.ahead_count) == ("A002", 1)
    assert second.visit.place.reason_zh
    assert second.visit.place.queue_status is QueueStatus.OPEN
    assert check_ins_in_journal(served) == ["cardiology-1:A001", "cardiology-1:A002"]


def test_a_slip_finds_its_place_and_no_name(kiosk: Device, served: ServedSite) -> None:
    slip_code = kiosk.check_in(ON_TIME).visit.slip_code

    found = kiosk.ask(FindPlace(slip_code=slip_code))

    assert isinstance(found, PlaceFound)
    assert found.visit.place is not None
    assert found.visit.place.ahead_count == 0
    assert all(ON_TIME[-2:].encode() not in payload for _, payload, _ in kiosk.heard[-1:])
    for other in ("hk:20261122:cardiology-1:A001", "hk:20261123:cardiology-1:A9", "", "A001"):
        assert kiosk.code_of(FindPlace(slip_code=other)) is CODE.SLIP_UNKNOWN


def test_who_has_been_called_is_told_the_room(kiosk: Device, served: ServedSite) -> None:
    slip_code = kiosk.check_in(ON_TIME).visit.slip_code
    served.act(asked.CallNext(queue=CARDIOLOGY))

    found = kiosk.ask(FindPlace(slip_code=slip_code))

    assert isinstance(found, PlaceFound)
    assert found.visit.place is not None
    assert (found.visit.place.state, found.visit.place.called_room_zh) == ("called", "201 诊室")


def test_the_help_key_is_answered_and_shown_to_the_nurses(
    kiosk: Device, served: ServedSite
) -> None:
    kiosk.ask(CallHelp(screen="welcome"))

    [call] = served.service.now.help_calls
    assert (call.device, call.screen, call.called_at) == ("kiosk-01", "welcome", served.clock())


def test_no_answer_leaves_before_it_is_on_disk(
    waiting_site: ServedSite, device_of: Callable[..., Device]
) -> None:
    HesitantJournal.may_write.set()  # the tickets of the day
    waiting_site.start(HesitantJournal)
    kiosk = device_of(waiting_site)
    request = kiosk.request(kiosk.check_in_request(ON_TIME))
    HesitantJournal.may_write.clear()
    HesitantJournal.is_asked.clear()

    kiosk.post(request)
    assert HesitantJournal.is_asked.wait(WAIT_S)
    # Whatever the server has sent would arrive before this message to ourselves.
    kiosk.send_to(kiosk.reply_topic, b'{"request_id": "mark"}')
    kiosk.wait_until(lambda heard: b"mark" in heard[-1].payload)
    before = [one.payload for one in kiosk.heard if request.request_id.encode() in one.payload]
    assert not waiting_site.service.now.day.queues[CARDIOLOGY].order
    HesitantJournal.may_write.set()
    kiosk.wait_until(lambda heard: request.request_id.encode() in heard[-1].payload)

    assert before == []
    assert waiting_site.service.now.day.queues[CARDIOLOGY].order


def test_the_same_request_gets_the_same_answer_and_acts_once(
    kiosk: Device, served: ServedSite
) -> None:
    request = kiosk.request(kiosk.check_in_request(ON_TIME))

    first = kiosk.ask_payload(request)
    served.clock.advance(1)
    second = kiosk.ask_payload(request)
    served.restart()
    third = kiosk.ask_payload(request)

    assert first == second == third
    assert b'"checked_in"' in first
    assert check_ins_in_journal(served) == ["cardiology-1:A001"]


def test_a_request_sent_ten_times_at_once_acts_once(kiosk: Device, served: ServedSite) -> None:
    request = kiosk.request(kiosk.check_in_request(ON_TIME))

    for _ in range(10):
        kiosk.post(request)
    kiosk.wait_until(lambda _: len(kiosk.payloads(request.request_id)) == 10)

    assert len(set(kiosk.payloads(request.request_id))) == 1
    assert check_ins_in_journal(served) == ["cardiology-1:A001"]


def test_who_is_checked_in_is_not_checked_in_twice(kiosk: Device, served: ServedSite) -> None:
    again = kiosk.check_in_request(ON_TIME)
    kiosk.check_in(ON_TIME)

    assert kiosk.code_of(again) is CODE.ALREADY_CHECKED_IN
    assert check_ins_in_journal(served) == ["cardiology-1:A001"]


@pytest.mark.parametrize(
    ("name", "code"), [(AFTERNOON, CODE.TOO_EARLY), (MORNING_OVER, CODE.TOO_LATE)]
)
def test_a_check_in_out_of_time_is_refused(kiosk: Device, name: str, code: RefusalCode) -> None:
    assert kiosk.code_of(kiosk.check_in_request(name)) is code


def test_a_check_in_on_another_day_is_refused(kiosk: Device) -> None:
    found = kiosk.identify(ON_TIME)
    tomorrow = CheckIn(session_id=found.session_id, ticket_id=found.visits[1].ticket_id)

    assert kiosk.code_of(tomorrow) is CODE.WRONG_DAY


def test_a_stopped_clinic_takes_nobody_in_until_it_opens_again(
    kiosk: Device, served: ServedSite
) -> None:
    served.act(asked.Stop(queue=CARDIOLOGY))
    [visit, _] = kiosk.identify(ON_TIME).visits

    assert not visit.can_check_in
    assert "停诊" in visit.hint_zh
    assert kiosk.code_of(kiosk.check_in_request(ON_TIME)) is CODE.CLINIC_STOPPED
    served.act(asked.Reopen(queue=CARDIOLOGY))
    assert isinstance(kiosk.ask(kiosk.check_in_request(ON_TIME)), CheckedIn)


def test_a_missed_call_is_followed_by_a_new_check_in(kiosk: Device, served: ServedSite) -> None:
    ticket = served.service.now.day.queues[CARDIOLOGY].tickets
    kiosk.check_in(ON_TIME)
    first = next(iter(ticket))
    for _ in range(2):  # the first miss puts him back by rule, the second does not
        served.act(asked.CallTicket(queue=CARDIOLOGY, ticket=first))
        served.act(asked.Miss(queue=CARDIOLOGY, ticket=first))
    kiosk.check_in(THIRD)

    again = kiosk.check_in(ON_TIME)

    assert again.visit.place is not None
    assert again.visit.place.ahead_count == 1


def test_forty_patients_at_four_kiosks_at_once_get_forty_places(
    served: ServedSite, device_of: Callable[..., Device]
) -> None:
    kiosks = [device_of(served, f"kiosk-{number}") for number in range(4)]
    requests = []
    for number, name in enumerate(CROWD):
        kiosk = kiosks[number % 4]
        requests.append((kiosk, kiosk.request(kiosk.check_in_request(name))))

    for kiosk, request in requests:
        kiosk.post(request)
    answers = [kiosk.reply_to(request) for kiosk, request in requests]

    queue = served.service.now.day.queues[QueueId("orthopaedics-1")]
    assert len(queue.order) == len(set(queue.order)) == 40
    assert all(b'"checked_in"' in payload for payload in answers)
