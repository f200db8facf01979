"""Who stands at the kiosk: cards, ID numbers, sessions."""

import json
import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from queue_server.contract.messages import (
    SESSION_LIFE_S,
    CheckedIn,
    CheckIn,
    Identified,
    Identify,
    Refused,
)
from queue_server.contract.virtual_card import CARD_LIFE_S
from queue_server.rules.terms import RefusalCode
from tests.integration.service.known_hospital import (
    AFTERNOON,
    LONG_HISTORY,
    MORNING_OVER,
    ON_TIME,
    SECOND,
    WITHOUT_VISIT,
    appointment,
    id_number,
    slot,
    write_known_hospital,
)
from tests.integration.service.served_site import Device, ServedSite

CODE = RefusalCode


def test_by_id_number_the_patient_gets_his_name_and_all_his_visits(kiosk: Device) -> None:
    found = kiosk.identify(ON_TIME)

    assert found.masked_name == "张*三"
    today, tomorrow = found.visits
    assert (today.ticket_id, today.number, today.slot_text) == (
        "cardiology-1:A001",
        "A001",
        "08:00-08:30",
    )
    assert (today.is_today, today.can_check_in, today.state, today.place) == (
        True,
        True,
        "booked",
        None,
    )
    assert today.doctor_zh == "沈怀仁"
    assert (tomorrow.day_on, tomorrow.is_today, tomorrow.can_check_in) == (
        "2026-11-24",
        False,
        False,
    )
    assert "2026-11-24 09:00-09:30" in tomorrow.hint_en


def test_a_card_tells_the_same_as_the_id_number(kiosk: Device, served: ServedSite) -> None:
    by_card = kiosk.ask(Identify(card=served.card(ON_TIME, "token-1")))
    by_number = kiosk.identify(ON_TIME)

    assert isinstance(by_card, Identified)
    assert by_card.visits == by_number.visits
    assert by_card.masked_name == by_number.masked_name


def test_the_code_of_a_card_is_taken_once_also_after_a_restart(
    kiosk: Device, served: ServedSite
) -> None:
    card = Identify(card=served.card(ON_TIME, "token-1"))

    assert isinstance(kiosk.ask(card), Identified)
    assert kiosk.code_of(card) is CODE.CARD_USED
    served.restart()
    assert kiosk.code_of(card) is CODE.CARD_USED


def test_a_card_shown_to_two_kiosks_at_once_is_taken_by_one(
    kiosk: Device, served: ServedSite, device_of: Callable[..., Device]
) -> None:
    other = device_of(served, "kiosk-02")
    card = Identify(card=served.card(ON_TIME, "token-1"))
    requests = {kiosk: kiosk.request(card), other: other.request(card)}

    for device, request in requests.items():
        device.post(request)

    replies = [device.reply_to(request) for device, request in requests.items()]
    assert sorted(b'"identified"' in payload for payload in replies) == [False, True]


def test_a_chip_card_tells_the_same_as_the_id_number_as_often_as_it_is_put_in(
    kiosk: Device,
) -> None:
    by_number = kiosk.identify(ON_TIME)

    for _ in range(2):
        by_card = kiosk.ask(Identify(chip_card=f"chip-{ON_TIME}"))
        assert isinstance(by_card, Identified)
        assert by_card.visits == by_number.visits
    assert kiosk.code_of(Identify(chip_card="chip-of-nobody")) is CODE.CARD_UNKNOWN


def test_an_expired_card_is_refused_as_expired(kiosk: Device, served: ServedSite) -> None:
    card = served.card(ON_TIME, "token-1")

    served.clock.advance(CARD_LIFE_S + 10)

    assert kiosk.code_of(Identify(card=card)) is CODE.CARD_EXPIRED


@pytest.mark.parametrize("text", ["", "kein Ausweis", "a.b.c", "hk:20261123:cardiology-1:A001"])
def test_a_text_that_is_no_card_is_refused(kiosk: Device, text: str) -> None:
    assert kiosk.code_of(Identify(card=text)) is CODE.CARD_UNKNOWN


def test_an_unknown_id_number_is_refused_with_what_to_do(kiosk: Device) -> None:
    refused = kiosk.refusal_of(Identify(id_number="110105194912310021"))

    assert refused.code is CODE.ID_NUMBER_UNKNOWN
    assert "核对号码" in refused.message_zh


@pytest.mark.parametrize(
    "body",
    [
        Identify(),
        Identify(card="a.b.c", id_number="1"),
        Identify(chip_card="清榆-00017", id_number="1"),
    ],
    ids=["neither", "both", "chip card too"],
)
def test_card_and_id_number_exclude_each_other(kiosk: Device, body: Identify) -> None:
    assert kiosk.code_of(body) is CODE.BAD_REQUEST


def test_a_patient_without_a_visit_is_greeted_all_the_same(kiosk: Device) -> None:
    found = kiosk.identify(WITHOUT_VISIT)

    assert (found.masked_name, found.visits) == ("周*约", [])


def test_of_a_long_history_the_nearest_visits_are_told(kiosk: Device) -> None:
    days = [visit.day_on for visit in kiosk.identify(LONG_HISTORY).visits]

    assert days[:2] == ["2026-11-22", "2026-11-21"]
    assert len(days) == 10


def test_who_can_not_check_in_yet_is_told_from_when(kiosk: Device) -> None:
    [visit] = kiosk.identify(AFTERNOON).visits

    assert not visit.can_check_in
    assert "13:00" in visit.hint_zh


def test_who_is_too_late_is_told_where_to_go(kiosk: Device) -> None:
    [visit] = kiosk.identify(MORNING_OVER).visits

    assert not visit.can_check_in
    assert "分诊台" in visit.hint_zh


def test_an_appointment_made_during_the_day_has_its_ticket_at_once(
    waiting_site: ServedSite, device_of: Callable[..., Device], tmp_path: Path
) -> None:
    waiting_site.records_file = tmp_path / "records.db"
    write_known_hospital(waiting_site.records_file)
    waiting_site.start()
    write_known_hospital(
        waiting_site.records_file, appointment(WITHOUT_VISIT, "cardiology-2", 7, slot(8))
    )

    done = device_of(waiting_site).check_in(WITHOUT_VISIT)

    assert done.visit.number == "B007"
    waiting_site.stop()


def test_records_that_can_not_be_asked_are_told_and_asked_again(
    waiting_site: ServedSite, device_of: Callable[..., Device], tmp_path: Path
) -> None:
    waiting_site.records_file = tmp_path / "later.db"
    waiting_site.start()
    kiosk = device_of(waiting_site)

    assert kiosk.code_of(Identify(id_number=id_number(ON_TIME))) is CODE.BUSY
    write_known_hospital(waiting_site.records_file)
    assert kiosk.check_in(ON_TIME).visit.number == "A001"
    waiting_site.stop()
    assert waiting_site.fatal.empty()


def test_a_session_outlives_a_restart_without_records(
    waiting_site: ServedSite, device_of: Callable[..., Device], tmp_path: Path
) -> None:
    waiting_site.records_file = tmp_path / "records.db"
    write_known_hospital(waiting_site.records_file)
    waiting_site.start()
    kiosk = device_of(waiting_site)
    check_in = kiosk.check_in_request(ON_TIME)
    waiting_site.stop()
    waiting_site.records_file.unlink()
    waiting_site.start()

    done = kiosk.ask(check_in)

    assert isinstance(done, CheckedIn)
    assert (done.visit.number, done.masked_name) == ("A001", "")
    waiting_site.stop()
    assert waiting_site.fatal.empty()


def test_a_session_ends_after_its_time(kiosk: Device, served: ServedSite) -> None:
    in_time, too_late = kiosk.check_in_request(ON_TIME), kiosk.check_in_request(SECOND)

    served.clock.advance(SESSION_LIFE_S - 1)
    assert isinstance(kiosk.ask(in_time), CheckedIn)
    served.clock.advance(2)
    assert kiosk.code_of(too_late) is CODE.SESSION_ENDED


def test_the_session_of_another_device_is_refused(
    kiosk: Device, served: ServedSite, device_of: Callable[..., Device]
) -> None:
    check_in = kiosk.check_in_request(ON_TIME)

    assert device_of(served, "kiosk-02").code_of(check_in) is CODE.SESSION_ENDED
    assert isinstance(kiosk.ask(check_in), CheckedIn)


def test_a_session_is_good_for_the_own_tickets_only(kiosk: Device) -> None:
    session_id = kiosk.identify(ON_TIME).session_id

    for ticket_id, code in {
        "cardiology-1:A002": CODE.UNKNOWN_TICKET,
        "cardiology-1:A999": CODE.UNKNOWN_TICKET,
        "nowhere:A001": CODE.UNKNOWN_TICKET,
        "": CODE.UNKNOWN_TICKET,
        "cardiology-2:B001@2026-11-24": CODE.WRONG_DAY,
    }.items():
        assert kiosk.code_of(CheckIn(session_id=session_id, ticket_id=ticket_id)) is code


def test_a_device_that_counts_like_another_does_not_get_its_patients_name(
    kiosk: Device, served: ServedSite, device_of: Callable[..., Device]
) -> None:
    other = device_of(served, "kiosk-02")

    first = kiosk.ask(Identify(id_number=id_number(ON_TIME)), "1")
    second = other.ask(Identify(id_number=id_number(SECOND)), "1")

    assert isinstance(first, Identified)
    assert isinstance(second, Identified)
    assert (first.masked_name, second.masked_name) == ("张*三", "李*五")


def test_the_journal_holds_no_full_name(kiosk: Device, served: ServedSite) -> None:
    for name in (ON_TIME, SECOND):
        kiosk.check_in(name)
    served.stop()

    files = [path for path in served.folder.iterdir() if path.name.startswith("journal.")]
    kept = b"".join(path.read_bytes() for path in files)

    assert "张*三".encode() in kept
    for name in (ON_TIME, SECOND):
        assert name.encode() not in kept
        assert json.dumps(name).strip('"').encode() not in kept


def test_a_request_that_comes_too_late_is_not_carried_out(
    kiosk: Device, served: ServedSite
) -> None:
    check_in = kiosk.request(kiosk.check_in_request(ON_TIME))
    served.clock.now = check_in.expires_at + timedelta(seconds=121)

    assert b'"REQUEST_EXPIRED"' in kiosk.ask_payload(check_in)
    served.clock.now = check_in.sent_at
    assert isinstance(kiosk.check_in(ON_TIME), CheckedIn)


def test_a_repeated_refusal_is_the_same_refusal(kiosk: Device, served: ServedSite) -> None:
    unknown = kiosk.request(Identify(id_number="1"))

    first = kiosk.ask_payload(unknown)
    served.clock.advance(5)

    assert kiosk.ask_payload(unknown) == first
    assert isinstance(kiosk.ask(unknown.body), Refused)


def test_no_log_holds_a_card_a_number_or_a_name(
    kiosk: Device, served: ServedSite, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    card = served.card(ON_TIME, "card-in-no-log")
    for _ in range(2):
        kiosk.ask(Identify(card=card))
    kiosk.ask(Identify(card=f"{card}x"))
    kiosk.ask(Identify(id_number=id_number(SECOND)))
    kiosk.check_in(SECOND)
    served.restart()

    for secret in (card, "card-in-no-log", ON_TIME, SECOND, id_number(ON_TIME), id_number(SECOND)):
        assert secret not in caplog.text
