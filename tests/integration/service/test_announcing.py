"""What displays are told: retained boards, calls in order, notices; never a full name."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from queue_server.broker.broker_process import BrokerProcess
from queue_server.contract import topics
from queue_server.contract.boards import AreaBoard, Call, Notice, RoomBoard
from queue_server.contract.codec import decode
from queue_server.contract.topics import SERVER
from queue_server.rules import commands as asked
from queue_server.rules.events import TicketIssued
from queue_server.rules.terms import (
    AreaId,
    QueueId,
    RequestId,
    RoomId,
    SiteId,
    TicketId,
)
from queue_server.service.board_view import CALL_FRESH_S
from queue_server.service.facts import NoticesSet
from tests.conftest import BrokerProgram
from tests.integration.service.known_hospital import (
    CROWD,
    ON_TIME,
    SECOND,
    SENSITIVE,
    WITHOUT_VISIT,
    patient_id,
)
from tests.integration.service.served_site import (
    WAIT_S,
    Device,
    Listener,
    ServedSite,
    one_commit,
)

AREA_A, AREA_C = AreaId("area-a"), AreaId("area-c")
CARDIOLOGY, DERMATOLOGY = QueueId("cardiology-1"), QueueId("dermatology-1")
ListenTo = Callable[..., Listener]


def everything(served: ServedSite) -> str:
    return f"{topics.PREFIX}/{served.site}/#"


def board_topic(served: ServedSite) -> str:
    return topics.area_board(served.site, AREA_A)


def call_topic(served: ServedSite) -> str:
    return topics.call(served.site, AREA_A)


def crowd_waits(served: ServedSite, count: int) -> None:
    """Let walk-ins wait in area A; answered when the last one is in the list."""
    walk_in = asked.AddWalkIn(queue=CARDIOLOGY, prefix="A")
    added = [
        served.service.act(walk_in, by="nurse:li", request_id=RequestId(f"walk-in-{number}"))
        for number in range(count)
    ]
    for one in added:
        one.result(WAIT_S)


def test_boards_are_there_when_the_service_has_started(
    served: ServedSite, listen: ListenTo
) -> None:
    screen = listen(served, f"{topics.PREFIX}/{served.site}/board/#")
    site = served.service.setup.site

    areas = {topics.area_board(site.id, area.id) for area in site.areas}
    rooms = {topics.room_board(site.id, queue.room) for queue in site.queues}
    screen.wait_until(lambda heard: {one.topic for one in heard} == areas | rooms)

    for one in screen.heard:
        is_area = "/board/area/" in one.topic
        board = decode(one.payload, AreaBoard) if is_area else decode(one.payload, RoomBoard)
        assert (board.hospital_zh, board.day_on) == ("北京清榆医院", "2026-11-23")


def test_a_screen_that_comes_later_sees_the_present_board(
    kiosk: Device, served: ServedSite, listen: ListenTo
) -> None:
    kiosk.check_in(ON_TIME)
    kiosk.check_in(SECOND)
    first = listen(served, board_topic(served))
    first.wait_for(board_topic(served), lambda board: board["rooms"][0]["waiting"])

    later = listen(served, board_topic(served))
    later.wait_until(lambda heard: heard)
    board = decode(later.heard[0].payload, AreaBoard)

    [room] = [room for room in board.rooms if room.room == "room-201"]
    assert later.heard[0].is_retained
    assert [(one.number, one.masked_name) for one in room.standby] == [("A001", "张*三")]
    assert [(one.number, one.masked_name) for one in room.waiting] == [("A002", "李*五")]


def test_nothing_on_the_wire_holds_a_full_name_replies_to_kiosks_included(
    kiosk: Device, served: ServedSite, listen: ListenTo
) -> None:
    screen = listen(served, f"{topics.PREFIX}/{served.site}/#")
    names = (ON_TIME, SECOND, SENSITIVE, *CROWD[:3])
    for name in names:
        kiosk.check_in(name)
    for queue in (CARDIOLOGY, DERMATOLOGY, QueueId("orthopaedics-1")):
        served.act(asked.CallNext(queue=queue))
    last = topics.area_board(served.site, AreaId("area-b"))
    screen.wait_for(last, lambda board: any(room["in_room"] for room in board["rooms"]))
    screen.wait_for(topics.area_board(served.site, AREA_C), lambda board: board["last_calls"])

    kinds = {one.topic.split("/")[3] for one in screen.heard}
    assert {"request", "reply", "board", "call", "status"} <= kinds
    said = b"\n".join(one.payload for one in screen.heard).decode()
    assert "张*三" in said
    for name in names:
        assert name not in said
        assert name[1:] not in said


def test_a_sensitive_clinic_shows_and_speaks_the_number_only(
    kiosk: Device, served: ServedSite, listen: ListenTo
) -> None:
    call, board = topics.call(served.site, AREA_C), topics.area_board(served.site, AREA_C)
    screen = listen(served, call, board)
    kiosk.check_in(SENSITIVE)
    served.act(asked.CallNext(queue=DERMATOLOGY))

    screen.wait_for(board, lambda board: board["last_calls"])
    [*_, last] = [one.payload for one in screen.heard if one.topic == board]
    said = decode(last, AreaBoard).last_calls[0]

    assert (said.number, said.masked_name, said.spoken_name_zh) == ("G001", "", "")
    assert said.spoken_zh == "请G001号，到401 诊室就诊"
    assert screen.texts(call)[0]["masked_name"] == ""
    assert all("赵" not in one.payload.decode() for one in screen.heard)


def test_a_call_says_number_masked_name_and_room_and_until_when(
    kiosk: Device, served: ServedSite, listen: ListenTo
) -> None:
    screen = listen(served, call_topic(served))
    kiosk.check_in(ON_TIME)
    served.act(asked.CallNext(queue=CARDIOLOGY))
    screen.wait_until(lambda heard: heard)

    call = decode(screen.heard[0].payload, Call)

    assert (call.sequence, call.number, call.masked_name) == (1, "A001", "张*三")
    assert (call.room, call.room_en, call.is_recall) == ("room-201", "Room 201", False)
    assert call.spoken_zh == "请A001号张某三，到201 诊室就诊"
    assert call.called_at == served.clock()
    assert (call.fresh_until - call.called_at).total_seconds() == CALL_FRESH_S
    served.act(asked.Recall(queue=CARDIOLOGY, ticket=TicketId("cardiology-1:A001")))
    screen.wait_until(lambda heard: len(heard) == 2)
    recall = decode(screen.heard[1].payload, Call)
    assert (recall.sequence, recall.is_recall) == (2, True)


def test_a_hundred_calls_at_once_arrive_complete_and_in_order(
    served: ServedSite, listen: ListenTo
) -> None:
    screen = listen(served, call_topic(served))
    crowd_waits(served, 100)

    call_next = asked.CallNext(queue=CARDIOLOGY)
    with one_commit(served):
        calls = [
            served.service.act(call_next, by="doctor:wang", request_id=RequestId(f"call-{n}"))
            for n in range(100)
        ]
    for one in calls:
        one.result(WAIT_S)
    screen.wait_until(lambda heard: len(heard) >= 100)

    heard = [decode(one.payload, Call) for one in screen.heard]
    assert [call.sequence for call in heard] == list(range(1, 101))
    assert [call.number for call in heard] == [f"A{number:03d}" for number in range(5, 105)]


def test_a_board_comes_at_most_twenty_times_a_second_and_the_last_one_is_right(
    served: ServedSite, listen: ListenTo
) -> None:
    screen = listen(served, board_topic(served))
    screen.wait_until(lambda heard: heard)
    began_s = time.monotonic()
    for _ in range(150):
        served.act(asked.AddWalkIn(queue=CARDIOLOGY, prefix="A"))

    last = served.service.now.change_count
    screen.wait_for(board_topic(served), lambda board: board["revision"] == last)

    lasted_s = time.monotonic() - began_s
    revisions = [board["revision"] for board in screen.texts(board_topic(served))]
    assert revisions == sorted(revisions)
    assert len(revisions) <= lasted_s * 20 + 3


def test_what_was_called_before_a_restart_is_on_the_board_after_it(
    kiosk: Device, served: ServedSite, listen: ListenTo
) -> None:
    kiosk.check_in(ON_TIME)
    served.act(asked.CallNext(queue=CARDIOLOGY))
    before = served.service.now
    served.restart()
    screen = listen(served, board_topic(served), call_topic(served))

    board = screen.wait_for(board_topic(served), lambda board: board["last_calls"])

    assert [call["sequence"] for call in board["last_calls"]] == [1]
    assert board["revision"] == before.change_count
    assert screen.texts(call_topic(served)) == []
    served.act(asked.Recall(queue=CARDIOLOGY, ticket=TicketId("cardiology-1:A001")))
    assert screen.wait_for(call_topic(served), bool)["sequence"] == 2


def test_notices_are_told_at_once_and_kept_for_whoever_comes_later(
    served: ServedSite, listen: ListenTo
) -> None:
    topic = topics.notice(served.site, AREA_A)
    screen = listen(served, topic)
    notice = Notice(text_zh="二楼开水间维修", text_en="No hot water on floor 2")

    served.service.note(NoticesSet(area=AREA_A, notices=(notice,)), by="nurse:li").result(WAIT_S)

    assert screen.wait_for(topic, lambda told: told["notices"])
    later = listen(served, topic)
    told = later.wait_for(topic, lambda told: told["notices"])
    assert told["notices"] == [{"text_zh": notice.text_zh, "text_en": notice.text_en}]


def test_the_server_says_that_it_is_there_and_when_it_leaves(
    waiting_site: ServedSite, listen: ListenTo
) -> None:
    topic = topics.status(waiting_site.site, SERVER)
    screen = listen(waiting_site, topic)

    waiting_site.start()
    waiting_site.stop()
    screen.wait_until(lambda heard: b"false" in heard[-1].payload if heard else False)

    said = [one["is_up"] for one in screen.texts(topic)]
    assert said[0] is True
    assert said[-1] is False
    assert said.count(False) == 1


@pytest.fixture
def moved_site(own_broker: BrokerProcess, records_file: Path, tmp_path: Path) -> ServedSite:
    return ServedSite(tmp_path, own_broker.address, SiteId("moved"), records_file)


def test_a_broker_that_has_lost_everything_is_told_everything_again(
    moved_site: ServedSite, own_broker: BrokerProcess, tmp_path: Path, listen: ListenTo
) -> None:
    moved_site.start()
    notice = Notice(text_zh="停水", text_en="No water")
    moved_site.service.note(NoticesSet(area=AREA_A, notices=(notice,)), by="nurse:li").result(
        WAIT_S
    )
    moved_site.act(asked.AddWalkIn(queue=CARDIOLOGY, prefix="A"))
    screen = listen(moved_site, everything(moved_site))
    screen.wait_until(lambda heard: len({one.topic for one in heard}) == 19)
    before = {one.topic for one in screen.heard}

    own_broker.stop()
    shutil.rmtree(tmp_path / "broker")
    own_broker.start()

    screen.wait_until(lambda _: screen.paho.is_connected())
    screen.heard.clear()
    fresh = listen(moved_site, everything(moved_site))
    fresh.wait_until(lambda heard: {one.topic for one in heard} >= before)
    [told] = fresh.texts(topics.notice(moved_site.site, AREA_A))[-1:]
    assert told["notices"] == [{"text_zh": "停水", "text_en": "No water"}]
    moved_site.stop()
    assert moved_site.fatal.empty()


def test_a_service_ends_also_without_a_broker(
    moved_site: ServedSite, own_broker: BrokerProcess
) -> None:
    moved_site.start()
    own_broker.stop()

    moved_site.stop()

    assert moved_site.fatal.empty()


def test_a_service_that_starts_before_the_broker_serves_once_it_is_there(
    broker_program: BrokerProgram, records_file: Path, tmp_path: Path, listen: ListenTo
) -> None:
    broker = broker_program(tmp_path / "broker")
    broker.start()
    broker.stop()
    early = ServedSite(tmp_path, broker.address, SiteId("early"), records_file)

    early.begin()
    broker.start()

    screen = listen(early, topics.room_board(early.site, RoomId("room-201")))
    screen.wait_until(lambda heard: heard)
    early.stop()
    broker.stop()


def test_a_walk_in_without_an_appointment_today_is_shown_by_his_masked_name(
    served: ServedSite, listen: ListenTo
) -> None:
    board = topics.area_board(served.site, AREA_A)
    patient = served.service.records.patient(patient_id(WITHOUT_VISIT))
    assert patient is not None
    assert patient.patient_id not in served.service.now.patients
    command = asked.AddWalkIn(queue=CARDIOLOGY, prefix="A", patient=patient.patient_id)

    added = served.service.act(
        command, by="nurse:li", request_id=RequestId("walk-in"), patient=patient
    )

    issued = added.result(WAIT_S).events[0]
    assert isinstance(issued, TicketIssued)
    screen = listen(served, board)
    screen.wait_for(board, lambda told: shown_name(told, issued.number) == "周*约")


def shown_name(board: dict[str, Any], number: str) -> str | None:
    """Return the masked name beside `number` on an area board."""
    for room in board["rooms"]:
        for ticket in (*room["standby"], *room["waiting"]):
            if ticket["number"] == number:
                return str(ticket["masked_name"])
    return None
