"""Views are pure: what nurse and doctor see follows from the day alone."""

from datetime import UTC, date, datetime

import msgspec

from queue_server.journal.journal import JournaledEntry
from queue_server.records.demo_hospital import DEMO_SITE_FILE
from queue_server.records.records import Patient, Sex
from queue_server.rules import commands as asked
from queue_server.rules.decide import Act, decide
from queue_server.rules.terms import (
    DaySecond,
    FullName,
    PatientId,
    QueueId,
    Slot,
    TicketId,
    TicketKind,
)
from queue_server.service.now import Now, open_now, with_entry
from queue_server.service.setup import make_setup
from queue_server.site import load_site
from queue_server.web.console_view import console_view
from queue_server.web.detail_view import detail_view
from queue_server.web.own_acts import OwnActs
from queue_server.web.phone_view import phone_view
from queue_server.web.queue_parts import QueueParts
from queue_server.web.ready_views import ReadyViews
from queue_server.web.search import FOUND_MAX, find
from queue_server.web.station_view import station_view
from queue_server.web.ticket_view import can_happen
from queue_server.web.users import make_doctor, make_nurse

SETUP = make_setup(load_site(DEMO_SITE_FILE))
SITE = SETUP.site
DAY = date(2026, 11, 23)
AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
QUEUE = QueueId("cardiology-1")
OTHER = QueueId("endocrinology-1")
NURSE = make_nurse(SITE, "li", "李静", "", [SITE.areas[0].id])
DOCTOR = make_doctor(SITE, "shen", "沈怀仁", "", QUEUE)
EIGHT = Slot(start_s=DaySecond(28800), end_s=DaySecond(30600))
NAMES = ("张晓明", "张建明", "欧阳明月", "荒")


class Morning:
    """A day that grows by commands, without a service."""

    def __init__(self, names: tuple[str, ...] = NAMES) -> None:
        patients = {
            patient(index, name).patient_id: patient(index, name)
            for index, name in enumerate(names)
        }
        self.now: Now = open_now(SETUP, DAY, patients)
        self.written: list[JournaledEntry] = []
        self.own_acts = OwnActs()
        for index, patient_id in enumerate(patients, start=1):
            self.do(
                asked.IssueTicket(
                    queue=QUEUE,
                    ticket=ticket(index),
                    number=f"A{index:03d}",
                    slot=EIGHT,
                    patient=patient_id,
                )
            )

    def do(self, command: asked.Command, at_s: int = 28900, by: str = "nurse:li") -> None:
        act = Act(command=command, at_s=DaySecond(at_s), by=by)
        entry = decide(self.now.day, act, SETUP.policies)
        line = JournaledEntry(day_on=DAY, written_at=AT, entry=entry)
        self.now = with_entry(SETUP, self.now, line)
        self.written.append(line)
        self.own_acts.add(DAY, entry)

    def check_in(self, *indices: int, at_s: int = 28900) -> None:
        for index in indices:
            self.do(asked.CheckIn(queue=QUEUE, ticket=ticket(index)), at_s, by="kiosk-01")


def patient(index: int, name: str) -> Patient:
    return Patient(
        patient_id=PatientId(f"p-{index}"),
        full_name=FullName(name),
        sex=Sex.FEMALE,
        birth_on=date(1960, 11, 24),
        id_number=f"1101011960112400{index:02d}",
    )


def ticket(index: int) -> TicketId:
    return TicketId(f"{QUEUE}:A{index:03d}")


def parts_of(morning: Morning) -> QueueParts:
    return QueueParts(ready=ReadyViews(), setup=SETUP, now=morning.now)


def test_the_station_shows_the_queues_of_the_nurses_areas_in_the_order_of_the_site_file() -> None:
    morning = Morning()
    morning.check_in(1, 2)

    view = station_view(parts_of(morning), NURSE, AT, None)

    assert [queue.name.id for queue in view.queues] == [
        "respiratory",
        "cardiology-1",
        "cardiology-2",
        "respiratory-1",
        "respiratory-2",
    ]
    assert len(view.all_queues) == len(SITE.queues) + len(SITE.area_queues)
    first = view.queues[1].tickets
    assert [one.state for one in first.listed] == ["standby", "waiting"]
    assert (first.booked_count, first.done_count) == (2, 0)
    assert view.now_s == 9 * 3600


def test_what_pages_show_of_a_queue_is_made_once_for_each_state_of_it() -> None:
    morning, ready = Morning(), ReadyViews()
    colleague = QueueId("cardiology-2")
    before = QueueParts(ready=ready, setup=SETUP, now=morning.now)
    shown, of_colleague = before.queue(QUEUE), before.queue(colleague)

    morning.check_in(1)
    after = QueueParts(ready=ready, setup=SETUP, now=morning.now)

    assert after.queue(colleague) is of_colleague
    assert after.queue(QUEUE) is not shown
    assert [one.number for one in after.queue(QUEUE).tickets.listed] == ["A001"]


def test_who_shares_a_masked_name_with_a_newcomer_is_shown_anew() -> None:
    morning, ready = Morning(), ReadyViews()
    morning.check_in(1)
    before = QueueParts(ready=ready, setup=SETUP, now=morning.now).queue(QUEUE)
    assert not before.tickets.listed[0].shares_masked_name

    # In another queue of the area, so that nothing of this one has changed.
    namesake = asked.AddWalkIn(
        queue=QueueId("cardiology-2"), prefix="B", patient=patient(1, "").patient_id
    )
    morning.do(namesake)
    after = QueueParts(ready=ready, setup=SETUP, now=morning.now).queue(QUEUE)

    assert after.tickets.listed[0].shares_masked_name


def test_same_masked_names_are_told_once_both_are_there_and_a_second_visit_is_no_namesake() -> None:
    morning = Morning()
    morning.check_in(1, 3)
    assert station_view(parts_of(morning), NURSE, AT, None).shared_names == []
    second_visit = asked.IssueTicket(
        queue=QueueId("cardiology-2"),
        ticket=TicketId("cardiology-2:B001"),
        number="B001",
        patient=PatientId("p-0"),
    )
    morning.do(second_visit)
    morning.do(asked.CheckIn(queue=QueueId("cardiology-2"), ticket=second_visit.ticket))
    assert station_view(parts_of(morning), NURSE, AT, None).shared_names == []

    morning.check_in(2)

    [shared] = station_view(parts_of(morning), NURSE, AT, None).shared_names
    assert shared.masked_name == "张*明"
    assert set(shared.tickets) == {ticket(1), ticket(2), "cardiology-2:B001"}


def test_who_came_late_is_marked_and_who_comes_back_with_results_is_not() -> None:
    morning = Morning()
    morning.check_in(1)
    morning.do(asked.CallNext(queue=QUEUE))
    morning.do(asked.SendForResults(queue=QUEUE, ticket=ticket(1)))
    morning.check_in(1, 2, at_s=30700)

    listed = station_view(parts_of(morning), NURSE, AT, None).queues[1].tickets.listed

    assert {one.number: (one.kind, one.is_late) for one in listed} == {
        "A001": ("returned", False),
        "A002": ("ordinary", True),
    }


def test_the_doctor_sees_his_own_queue_only() -> None:
    morning = Morning()
    morning.check_in(1)
    morning.do(asked.CallNext(queue=QUEUE))

    view = console_view(parts_of(morning), DOCTOR, AT, None)

    assert view.queue.name.id == QUEUE
    assert view.queue.tickets.in_room is not None
    assert view.queue.tickets.in_room.full_name == "张晓明"


def test_the_detail_tells_why_who_and_what_can_be_taken_back() -> None:
    morning = Morning()
    morning.check_in(1, 2)
    morning.do(asked.Hold(queue=QUEUE, ticket=ticket(2)))
    about = [
        line
        for line in morning.written
        if any(getattr(event, "ticket", None) == ticket(2) for event in line.entry.events)
    ]

    found = morning.now.day.queues[QUEUE].tickets[ticket(2)]
    detail = detail_view(SETUP, morning.now, found, about, {"li": NURSE})

    assert detail.reason_zh == "A002 号暂挂。"
    assert [(line.by, line.what_zh) for line in detail.history] == [
        ("李静", "暂挂"),
        ("kiosk-01", "签到"),
        ("李静", "建立号票"),
    ]
    assert detail.last_step is not None
    assert detail.last_step.what_zh == "暂挂"
    assert detail.person is not None
    assert (detail.person.age, detail.person.id_number_end) == (65, "0001")
    assert "resume" in detail.acts
    assert "110101" not in msgspec.json.encode(detail).decode()


def test_a_call_that_finished_somebody_is_told_as_his_end_in_his_history() -> None:
    morning = Morning()
    morning.check_in(1, 2)
    morning.do(asked.CallNext(queue=QUEUE), by="doctor:shen")
    morning.do(asked.CallNext(queue=QUEUE), by="doctor:shen")
    found = morning.now.day.queues[QUEUE].tickets[ticket(1)]

    detail = detail_view(SETUP, morning.now, found, morning.written[-1:], {})

    assert detail.history[0].what_zh == "诊结"


def test_own_acts_are_ones_own_and_an_undone_one_is_passed_over() -> None:
    morning = Morning()
    morning.check_in(1, 2, 3)
    morning.do(asked.Hold(queue=QUEUE, ticket=ticket(2)))
    morning.do(asked.Hold(queue=QUEUE, ticket=ticket(3)))
    morning.do(asked.Pause(queue=QUEUE), by="doctor:shen")
    last = morning.own_acts.last(morning.now, "nurse:li")
    assert last is not None
    assert last.number == "A003"

    morning.do(asked.Undo(queue=QUEUE, entry=last.entry))

    before = morning.own_acts.last(morning.now, "nurse:li")
    assert before is not None
    assert before.number == "A002"
    assert morning.own_acts.last(morning.now, "nurse:zhao") is None
    of_doctor = morning.own_acts.last(morning.now, "doctor:shen")
    assert of_doctor is not None
    assert (of_doctor.what_zh, of_doctor.number) == ("暂停叫号", "")


def test_acts_read_from_the_journal_again_are_the_same() -> None:
    morning = Morning()
    morning.check_in(1, 2)
    morning.do(asked.Hold(queue=QUEUE, ticket=ticket(2)))
    anew = OwnActs()

    for _ in range(2):
        anew.read_again("nurse:li", morning.written)

    assert anew.last(morning.now, "nurse:li") == morning.own_acts.last(morning.now, "nurse:li")


def test_search_finds_by_name_number_and_the_end_of_the_id_number_in_ones_own_queues() -> None:
    morning = Morning()

    def found(query: str, queue: QueueId = QUEUE) -> list[str]:
        return [one.ticket.number for one in find(SETUP, morning.now, query, [queue]).tickets]

    assert found("张") == ["A001", "A002"]
    assert found(" a003 ") == ["A003"]
    assert found("0002") == ["A003"]
    assert found("02") == ["A002"]
    assert found("") == []
    assert found("没有") == []
    assert found("张", OTHER) == []


def test_a_search_with_too_many_hits_says_that_it_is_cut() -> None:
    morning = Morning(tuple(["王芳"] * (FOUND_MAX + 1)))

    found = find(SETUP, morning.now, "王", [QUEUE])

    assert len(found.tickets) == FOUND_MAX
    assert found.is_cut


def test_whoever_has_not_come_yet_is_found_first() -> None:
    morning = Morning()
    morning.check_in(1)

    found = find(SETUP, morning.now, "张", [QUEUE])

    assert [one.ticket.number for one in found.tickets] == ["A002", "A001"]


def test_the_phone_shows_place_and_masked_name_only() -> None:
    morning = Morning()
    morning.check_in(1, 2, 3)

    view = phone_view(SETUP, morning.now, patient(2, "欧阳明月"), AT)

    [visit] = view.visits
    assert visit.place is not None
    assert visit.place.ahead_count == 2
    assert "欧阳明月" not in msgspec.json.encode(view).decode()


def test_results_are_noted_once_and_nobody_checks_in_twice() -> None:
    morning = Morning()
    morning.check_in(1)

    def state() -> tuple[bool, bool]:
        found = morning.now.day.queues[QUEUE].tickets[ticket(1)]
        return can_happen(asked.CheckIn, found), can_happen(asked.NoteResultsReady, found)

    assert state() == (False, False)
    morning.do(asked.CallNext(queue=QUEUE))
    morning.do(asked.SendForResults(queue=QUEUE, ticket=ticket(1)))
    assert state() == (True, True)
    morning.do(asked.NoteResultsReady(queue=QUEUE, ticket=ticket(1)))
    assert state() == (True, False)


def test_an_emergency_is_shown_before_the_one_who_stands_by() -> None:
    morning = Morning()
    morning.check_in(1, 2)
    morning.do(asked.AddWalkIn(queue=QUEUE, prefix="A", kind=TicketKind.EMERGENCY))

    listed = station_view(parts_of(morning), NURSE, AT, None).queues[1].tickets.listed

    assert [(one.number, one.full_name) for one in listed] == [
        ("A005", ""),
        ("A001", "张晓明"),
        ("A002", "张建明"),
    ]
    assert listed[1].overtaken_count == 1
