"""Who is told of a stopped clinic: each once, nobody in vain."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from queue_server.messages.message_text import message_text
from queue_server.messages.owed import Owed, owed_messages
from queue_server.rules import commands as asked
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import AbsenceCause, QueueId, TicketId
from queue_server.service.message_facts import MessageKind, PatientTold
from tests.unit.service.morning import CARDIOLOGY, MIDNIGHT, Morning

NAMES = ("张晓明", "欧阳明月", "李静", "刘洋")
STOP = asked.Stop(queue=CARDIOLOGY, cause=AbsenceCause.SURGERY)
REOPEN = asked.Reopen(queue=CARDIOLOGY)


def booked(count: int = 4) -> tuple[Morning, list[TicketId]]:
    morning = Morning(NAMES)
    tickets = [morning.book(number + 1, name=NAMES[number]) for number in range(count)]
    return morning, tickets


def owed(morning: Morning) -> list[tuple[str, MessageKind]]:
    return [(one.ticket, one.kind) for one in owed_messages(morning.now)]


def tell(morning: Morning, *, is_reached: bool = True) -> list[Owed]:
    """Send all that is owed."""
    sent = []
    while (one := next(owed_messages(morning.now), None)) is not None:
        fact = PatientTold(
            ticket=one.ticket, patient=one.patient, kind=one.kind, is_reached=is_reached
        )
        morning.now = fact.change(morning.now, MIDNIGHT + timedelta(hours=8))
        sent.append(one)
    return sent


def test_whoever_still_counts_on_being_seen_is_told_once() -> None:
    morning, tickets = booked()
    for ticket in tickets[:3]:
        morning.act(asked.CheckIn(queue=CARDIOLOGY, ticket=ticket))
    morning.act(asked.CallNext(queue=CARDIOLOGY))
    assert owed(morning) == []

    morning.act(STOP)

    # The first one is in the room: the doctor tells him.
    assert [one.ticket for one in tell(morning)] == tickets[1:]
    assert owed(morning) == []


def test_whoever_was_told_is_told_when_the_clinic_goes_on_and_nobody_else() -> None:
    morning, tickets = booked(2)
    morning.act(STOP)
    tell(morning)
    late_comer = morning.book(9, name=NAMES[3])
    morning.act(REOPEN)

    assert owed(morning) == [(ticket, MessageKind.RESUMED) for ticket in tickets]
    assert late_comer not in dict(owed(morning))


def test_a_stop_that_nobody_has_heard_of_is_not_taken_back() -> None:
    morning, _ = booked()
    morning.act(STOP)
    morning.act(REOPEN)
    assert owed(morning) == []

    morning.act(STOP)
    tell(morning, is_reached=False)
    morning.act(REOPEN)
    assert owed(morning) == []


def test_a_second_stop_is_told_again_under_another_id() -> None:
    morning, tickets = booked(1)
    morning.act(STOP)
    [first] = tell(morning)
    morning.act(REOPEN)
    [resumed] = tell(morning)
    morning.act(STOP)

    [second] = tell(morning)

    assert second.ticket == tickets[0]
    assert len({first.message_id, resumed.message_id, second.message_id}) == 3


def test_the_id_of_a_message_is_the_same_until_it_is_sent() -> None:
    morning, _ = booked()
    morning.act(STOP)
    before = [one.message_id for one in owed_messages(morning.now)]
    morning.book(9, name=NAMES[0])

    after = [one.message_id for one in owed_messages(morning.now)]

    assert after[: len(before)] == before


def test_no_name_stands_in_a_message_and_it_says_what_to_do() -> None:
    morning, _ = booked(1)
    morning.act(STOP)
    zh, en = message_text(morning.setup, morning.now, next(owed_messages(morning.now)))

    assert zh == (
        "【北京清榆医院】11月23日 心血管内科 沈怀仁门诊停诊（手术）。您的号码：A001。"
        "请到A 候诊区护士站改约或退费，敬请谅解。"
    )
    assert "no clinic (in surgery)" in en
    assert not any(name in zh + en for name in NAMES)

    tell(morning)
    morning.act(REOPEN)
    zh, en = message_text(morning.setup, morning.now, next(owed_messages(morning.now)))
    assert "已恢复" in zh
    assert "A001" in en


ACTS = ("stop", "reopen", "book", "check in", "cancel", "call", "miss", "tell", "tell one")


@given(st.lists(st.sampled_from(ACTS), max_size=25))
def test_whatever_happens_everybody_is_told_the_truth_once(acts: list[str]) -> None:
    """After all is sent, who was told last of a stop is exactly who waits in a stopped clinic."""
    morning, tickets = booked(2)
    ids: list[str] = []
    for act in acts:
        ids += done(morning, tickets, act)
    ids += [one.message_id for one in tell(morning)]

    assert len(ids) == len(set(ids))
    queue = morning.now.day.queues[CARDIOLOGY]
    for ticket_id, told in morning.now.told.items():
        if queue.tickets[ticket_id].state in ("booked", "waiting", "standby", "missed"):
            assert (told.kind == MessageKind.STOPPED) is (queue.status == "stopped")


def done(morning: Morning, tickets: list[TicketId], act: str) -> list[str]:
    """Do `act`, unless it is refused; return the ids of what was sent."""
    queue: QueueId = CARDIOLOGY
    last = tickets[-1]
    commands = {
        "stop": STOP,
        "reopen": REOPEN,
        "check in": asked.CheckIn(queue=queue, ticket=last),
        "cancel": asked.CancelCheckIn(queue=queue, ticket=last),
        "call": asked.CallNext(queue=queue),
        "miss": asked.Miss(queue=queue, ticket=last),
    }
    if act == "book":
        tickets.append(morning.book(len(tickets) + 1, name=NAMES[len(tickets) % 4]))
    elif act == "tell":
        return [one.message_id for one in tell(morning)]
    elif act == "tell one":
        one = next(owed_messages(morning.now), None)
        if one is None:
            return []
        fact = PatientTold(ticket=one.ticket, patient=one.patient, kind=one.kind, is_reached=True)
        morning.now = fact.change(morning.now, MIDNIGHT)
        return [one.message_id]
    else:
        try:
            morning.act(commands[act])
        except Refused:
            return []
    return []
