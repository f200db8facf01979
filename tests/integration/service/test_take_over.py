"""Check-ins that kiosks accepted alone: taken over once, as of then, or told to the nurses."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from queue_server.contract import topics
from queue_server.contract.messages import (
    CLOCK_SKEW_S,
    FindPlace,
    PlaceFound,
    Refused,
    Request,
    TakenOver,
    TakeOver,
)
from queue_server.contract.virtual_card import CardReader, key_of_text
from queue_server.records.virtual_card import CardIssuer
from queue_server.rules.commands import Cancel, CheckIn, Stop
from queue_server.rules.events import CheckedIn
from queue_server.rules.terms import QueueId, RefusalCode, TicketId
from queue_server.service.facts import ConflictSettled
from queue_server.service.now import OpenConflict
from queue_server.service.take_over import Conflict
from tests.integration.service.known_hospital import (
    AFTERNOON,
    CROWD,
    MORNING_OVER,
    ON_TIME,
    OPENING,
    SECOND,
    WITHOUT_VISIT,
    appointment,
    card_id,
    slot,
    write_known_hospital,
)
from tests.integration.service.served_site import Device, Listener, ServedSite

HEART = QueueId("cardiology-1")
A001 = TicketId("cardiology-1:A001")
BONES = QueueId("orthopaedics-1")
FEW = 12
"""So few that nobody has been passed too often to be passed once more."""


def checked_in_alone(
    served: ServedSite,
    name: str,
    *,
    at: datetime | None = None,
    token_id: str = "token-1",
    number: str = "K01-001",
) -> TakeOver:
    """What the kiosk has kept of a patient whom it checked in alone."""
    when = at or served.clock()
    card = CardIssuer(served.key, served.site).issue(card_id(name), when, token_id)
    return TakeOver(
        card=card, checked_in_at=when, number=number, slip_code=f"hk:offline:{token_id}"
    )


def conflict_of(kiosk: Device, served: ServedSite, body: TakeOver) -> OpenConflict:
    assert kiosk.ask(body) == TakenOver()
    [conflict] = served.service.now.conflicts
    return conflict


def check_ins_of(served: ServedSite, ticket: TicketId) -> list[CheckedIn]:
    return [
        event
        for written in served.service.entries(ticket=ticket)
        for event in written.entry.events
        if isinstance(event, CheckedIn) and event.ticket == ticket
    ]


def test_the_patient_is_checked_in_and_his_provisional_slip_finds_his_place(
    kiosk: Device, served: ServedSite
) -> None:
    body = checked_in_alone(served, ON_TIME)

    assert kiosk.ask(body) == TakenOver()
    found = kiosk.ask(FindPlace(slip_code=body.slip_code))

    assert isinstance(found, PlaceFound)
    assert (found.visit.number, found.visit.state) == ("A001", "standby")
    assert not served.service.now.conflicts


def test_he_is_placed_by_the_time_at_which_he_checked_in(kiosk: Device, served: ServedSite) -> None:
    """At 08:05 he was in time for 08:00-08:30; when the line is back he would be late."""
    then = served.clock()
    served.clock.advance(35 * 60)
    kiosk.check_in(SECOND)

    kiosk.ask(checked_in_alone(served, ON_TIME, at=then))

    queue = served.service.now.day.queues[HEART]
    late, in_time = TicketId("cardiology-1:A002"), A001
    assert queue.tickets[in_time].own_key < queue.tickets[late].own_key
    assert queue.tickets[in_time].checked_in_s == 8 * 3600 + 5 * 60
    assert queue.tickets[late].checked_in_s == 8 * 3600 + 40 * 60


def test_it_is_taken_over_once_however_often_it_is_sent(kiosk: Device, served: ServedSite) -> None:
    body = checked_in_alone(served, ON_TIME)

    assert kiosk.ask(body, "take-1") == TakenOver()
    served.restart()
    served.clock.advance(3600)
    assert kiosk.ask(body, "take-1") == TakenOver()

    assert len(check_ins_of(served, A001)) == 1
    assert not served.service.now.conflicts


def test_a_try_that_has_expired_may_be_sent_again_with_new_times(
    kiosk: Device, served: ServedSite
) -> None:
    body = checked_in_alone(served, ON_TIME)
    old = Request(
        request_id="take-1",
        sent_at=served.clock(),
        expires_at=served.clock() + timedelta(seconds=8),
        body=body,
    )
    served.clock.advance(CLOCK_SKEW_S + 9)

    assert b"REQUEST_EXPIRED" in kiosk.ask_payload(old)
    assert kiosk.ask(body, "take-1") == TakenOver()
    assert len(check_ins_of(served, A001)) == 1


def test_several_visits_whose_check_in_was_open_are_all_checked_in(
    waiting_site: ServedSite, device_of: Callable[..., Device], tmp_path: Path
) -> None:
    waiting_site.records_file = tmp_path / "records.db"
    second_visit = appointment(ON_TIME, "cardiology-2", 5, slot(8.5))
    write_known_hospital(waiting_site.records_file, second_visit)
    waiting_site.start()
    kiosk, body = device_of(waiting_site), checked_in_alone(waiting_site, ON_TIME)

    kiosk.ask(body)
    found = kiosk.ask(FindPlace(slip_code=body.slip_code))

    assert len(check_ins_of(waiting_site, A001)) == 1
    assert len(check_ins_of(waiting_site, TicketId("cardiology-2:B005"))) == 1
    assert isinstance(found, PlaceFound)
    assert found.visit.number == "A001"
    waiting_site.stop()
    assert waiting_site.fatal.empty()


@pytest.mark.parametrize(
    ("name", "before", "why"),
    [
        (ON_TIME, [CheckIn(queue=HEART, ticket=A001)], Conflict.ALREADY_CHECKED_IN),
        (ON_TIME, [Cancel(queue=HEART, ticket=A001)], Conflict.CANCELLED),
        (ON_TIME, [Stop(queue=HEART)], Conflict.CLINIC_STOPPED),
        (MORNING_OVER, [], Conflict.TOO_LATE),
        (AFTERNOON, [], Conflict.TOO_EARLY),
        (WITHOUT_VISIT, [], Conflict.NO_VISIT),
    ],
)
def test_what_is_in_the_way_is_told_to_the_nurses(
    served: ServedSite,
    kiosk: Device,
    name: str,
    before: list[CheckIn | Cancel | Stop],
    why: Conflict,
) -> None:
    for command in before:
        served.act(command)
    body = checked_in_alone(served, name)
    served.clock.advance(60)

    conflict = conflict_of(kiosk, served, body)

    assert (conflict.why, conflict.number, conflict.device) == (why, "K01-001", "kiosk-01")
    assert conflict.checked_in_at == body.checked_in_at
    assert conflict.patient is not None
    assert bool(conflict.tickets) is (why is not Conflict.NO_VISIT)


def test_whom_a_nurse_checked_in_meanwhile_keeps_his_place_and_is_found_by_his_slip(
    served: ServedSite, kiosk: Device
) -> None:
    body = checked_in_alone(served, ON_TIME)
    served.clock.advance(60)
    served.act(CheckIn(queue=HEART, ticket=A001))

    assert conflict_of(kiosk, served, body).why == Conflict.ALREADY_CHECKED_IN

    assert len(check_ins_of(served, A001)) == 1
    assert isinstance(kiosk.ask(FindPlace(slip_code=body.slip_code)), PlaceFound)


def test_a_code_that_was_used_elsewhere_is_told(
    served: ServedSite, kiosk: Device, device_of: Callable[..., Device]
) -> None:
    kiosk.ask(checked_in_alone(served, ON_TIME))
    other = device_of(served, "kiosk-02")

    assert other.ask(checked_in_alone(served, ON_TIME)) == TakenOver()

    assert [one.why for one in served.service.now.conflicts] == [Conflict.CARD_USED]


@pytest.mark.parametrize(
    ("shift", "why"),
    [
        (timedelta(seconds=CLOCK_SKEW_S + 60), Conflict.WRONG_TIME),
        (timedelta(days=-1), Conflict.OTHER_DAY),
    ],
)
def test_a_time_that_can_t_be_right_is_told(
    served: ServedSite, kiosk: Device, shift: timedelta, why: Conflict
) -> None:
    body = checked_in_alone(served, ON_TIME, at=served.clock() + shift)

    assert conflict_of(kiosk, served, body).why == why
    assert check_ins_of(served, A001) == []


def test_a_card_that_was_not_good_at_that_time_checks_nobody_in(
    served: ServedSite, kiosk: Device
) -> None:
    good = checked_in_alone(served, ON_TIME)
    moved = TakeOver(
        card=good.card,
        checked_in_at=good.checked_in_at - timedelta(minutes=10),
        number="K01-001",
        slip_code=good.slip_code,
    )
    forged = TakeOver(
        card="a.b.c", checked_in_at=OPENING, number="K01-002", slip_code="hk:offline:x"
    )

    assert kiosk.ask(moved) == kiosk.ask(forged) == TakenOver()

    assert {one.why for one in served.service.now.conflicts} == {Conflict.CARD_UNKNOWN}
    assert check_ins_of(served, A001) == []


def test_where_it_is_switched_off_nobody_is_checked_in_and_the_kiosks_are_told(
    served: ServedSite, kiosk: Device, listen: Callable[..., Listener]
) -> None:
    served.stop()
    served.site_changes = {"offline_check_in": False}
    served.start()
    listener = listen(served, topics.offline(served.site))

    rules = listener.wait_for(topics.offline(served.site), lambda one: not one["may_check_in"])
    body = checked_in_alone(served, ON_TIME)

    assert rules["card_keys"] == []
    assert conflict_of(kiosk, served, body).why == Conflict.NOT_ALLOWED
    assert check_ins_of(served, A001) == []


def test_kiosks_are_told_the_keys_by_which_they_can_read_a_card(
    served: ServedSite, listen: Callable[..., Listener]
) -> None:
    topic = topics.offline(served.site)
    listener = listen(served, topic)

    rules = listener.wait_for(topic, lambda one: one["may_check_in"])
    reader = CardReader([key_of_text(text) for text in rules["card_keys"]], served.site)

    claims = reader.read(served.card(ON_TIME, "token-9"), served.clock())
    assert claims.token_id == "token-9"
    assert rules["day_rolls_over_s"] == 4 * 3600


def test_while_the_records_are_away_it_waits_and_is_taken_over_later(
    waiting_site: ServedSite, device_of: Callable[..., Device], tmp_path: Path
) -> None:
    waiting_site.records_file = tmp_path / "later.db"
    waiting_site.start()
    kiosk, body = device_of(waiting_site), checked_in_alone(waiting_site, ON_TIME)

    refused = kiosk.ask(body, "take-1")
    write_known_hospital(waiting_site.records_file)

    assert isinstance(refused, Refused)
    assert refused.code is RefusalCode.BUSY
    assert kiosk.ask(body, "take-1") == TakenOver()
    assert len(check_ins_of(waiting_site, A001)) == 1
    waiting_site.stop()
    assert waiting_site.fatal.empty()


def test_conflicts_stand_until_a_nurse_has_settled_them_also_after_a_restart(
    served: ServedSite, kiosk: Device
) -> None:
    conflict = conflict_of(kiosk, served, checked_in_alone(served, WITHOUT_VISIT))

    served.restart()
    assert list(served.service.now.conflicts) == [conflict]
    assert conflict.patient is not None
    assert served.service.now.masked_names[conflict.patient] == "周*约"
    settled = ConflictSettled(conflict_id=conflict.conflict_id)
    served.service.note(settled, by="nurse:li").result(20)

    assert not served.service.now.conflicts


def test_a_provisional_slip_says_when_it_is_too_soon_and_when_a_nurse_has_to_help(
    served: ServedSite, kiosk: Device
) -> None:
    body = checked_in_alone(served, WITHOUT_VISIT)
    look = FindPlace(slip_code=body.slip_code)

    assert kiosk.code_of(look) is RefusalCode.PROVISIONAL_PENDING
    kiosk.ask(body)
    assert kiosk.code_of(look) is RefusalCode.PROVISIONAL_REFUSED


def test_a_burst_of_take_overs_after_an_outage_is_in_the_order_of_the_check_ins(
    served: ServedSite, kiosk: Device, device_of: Callable[..., Device]
) -> None:
    """Several kiosks hand over at once; the list is in the order of their slots and numbers."""
    bodies = [
        checked_in_alone(
            served, name, at=OPENING + timedelta(seconds=index), token_id=f"token-{index}"
        )
        for index, name in enumerate(CROWD[:FEW])
    ]
    served.clock.advance(20 * 60)
    kiosks = [kiosk, *(device_of(served, f"kiosk-{number}") for number in (2, 3, 4))]

    requests = [
        (kiosks[index % len(kiosks)], kiosk.request(body, f"take-{index}"))
        for index, body in enumerate(bodies)
    ]
    for device, request in requests:
        device.post(request)
    for device, request in requests:
        device.reply_to(request)

    order = [int(ticket[-3:]) for ticket in served.service.now.day.queues[BONES].order]
    numbers = range(1, FEW + 1)
    # Whoever came first stands by, and nobody passes him.
    by_slot = [number for number in (*numbers[::2], *numbers[1::2]) if number != order[0]]
    assert order == [order[0], *by_slot]
