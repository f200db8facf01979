"""Patients of a stopped clinic are told over HTTP, each once, whatever the line does."""

import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest
from fastapi import FastAPI

from queue_server.messages.configuration import MessagesError, load_messages
from queue_server.messages.message_service import HttpMessageService
from queue_server.messages.messenger import Messenger
from queue_server.payments.sandbox.faults import Fault, FaultKind, Faults, Operation
from queue_server.payments.sandbox.keys import PLATFORM_APP, write_messages
from queue_server.payments.sandbox.phones import Phones
from queue_server.payments.sandbox.phones_api import make_phones_router
from queue_server.records.demo_hospital import DEMO_SITE_FILE
from queue_server.rules import commands as asked
from queue_server.rules.terms import AbsenceCause
from queue_server.service.now import Now
from queue_server.site import load_site
from tests.integration.payments.paying_hospital import Ids
from tests.integration.payments.serving import address_of, free_port, served
from tests.integration.web.hospital_day import CARDIOLOGY, NAMES, HospitalDay, make_users

SECRET = "0123456789abcdef0123456789abcdef"  # of nobody
NUMBER = "13800000001"
STOP = asked.Stop(queue=CARDIOLOGY, cause=AbsenceCause.SURGERY)
WITHIN_S = 60


@pytest.fixture
def phones() -> Phones:
    return Phones(app_id=PLATFORM_APP, secret=SECRET, faults=Faults())


@pytest.fixture
def line(phones: Phones, tmp_path: Path) -> Iterator[HttpMessageService]:
    (tmp_path / "messages.key").write_text(SECRET, encoding="ascii")
    (tmp_path / "messages.key").chmod(0o600)
    application = FastAPI()
    application.include_router(make_phones_router(phones))
    port = free_port()
    configuration = load_messages(write_messages(tmp_path, gateway=address_of(port)))
    with served(application, port):
        yield HttpMessageService(configuration, lambda: datetime.now(UTC), Ids("m"), timeout_s=5)


@pytest.fixture
def day(tmp_path: Path) -> Iterator[HospitalDay]:
    """Three have booked at each doctor; the second of each has told the hospital no number."""
    running = HospitalDay(tmp_path, make_users(load_site(DEMO_SITE_FILE)), per_queue=3)
    with sqlite3.connect(tmp_path / "records.sqlite") as records:
        records.execute("UPDATE patient SET phone_number = ?", (NUMBER,))
        records.execute(
            "UPDATE patient SET phone_number = NULL WHERE patient_id = ?",
            (running.patients[1].patient_id,),
        )
    running.start()
    yield running
    running.stop()


@pytest.fixture
def messenger(day: HospitalDay, line: HttpMessageService) -> Iterator[Messenger]:
    running = Messenger(day.service, line, again_s=0.05)
    running.start()
    yield running
    running.stop()


def wait_until(day: HospitalDay, is_so: Callable[[Now], bool]) -> None:
    """Return once the day is so, as it tells whoever listens."""
    has_come = Event()

    def look(now: Now) -> None:
        if is_so(now):
            has_come.set()

    stop = day.service.listen(look)
    look(day.service.now)
    assert has_come.wait(WITHIN_S)
    stop()


def delivered(phones: Phones) -> list[str]:
    """Return the numbers of the tickets whose patients have a message, in the order they came."""
    return [one["id"].split(":")[2] for one in phones.delivered.values()]


def test_each_is_told_once_and_who_has_no_phone_is_one_to_be_called(
    day: HospitalDay, messenger: Messenger, phones: Phones
) -> None:
    day.act(STOP)

    wait_until(day, lambda now: len(now.told) == 3)
    assert delivered(phones) == ["A001", "A003"]
    reached = {ticket.split(":")[1]: one.is_reached for ticket, one in day.service.now.told.items()}
    assert reached == {"A001": True, "A002": False, "A003": True}
    [first, _] = phones.delivered.values()
    assert first["phone_number"] == NUMBER
    assert "停诊（手术）" in first["text_zh"]
    assert not any(name in str(phones.delivered) for name in NAMES)

    day.act(asked.Reopen(queue=CARDIOLOGY))
    wait_until(day, lambda now: sum(one.kind == "resumed" for one in now.told.values()) == 2)
    assert delivered(phones) == ["A001", "A003", "A001", "A003"]


@pytest.mark.parametrize(
    "fault",
    [
        FaultKind.LOSE_REQUEST,
        FaultKind.LOSE_REPLY,
        FaultKind.SERVER_ERROR,
        FaultKind.BAD_SIGNATURE,
    ],
)
def test_whatever_the_line_does_each_message_comes_once(
    day: HospitalDay, messenger: Messenger, phones: Phones, fault: FaultKind
) -> None:
    phones.faults.add(Fault(on=Operation.SEND, do=fault, times=3))

    day.act(STOP)

    wait_until(day, lambda now: len(now.told) == 3)
    assert sorted(delivered(phones)) == ["A001", "A003"]


def test_a_number_that_is_refused_is_one_to_be_called(
    day: HospitalDay, messenger: Messenger, phones: Phones
) -> None:
    phones.faults.add(Fault(on=Operation.SEND, do=FaultKind.REFUSE))

    day.act(STOP)

    wait_until(day, lambda now: len(now.told) == 3)
    assert delivered(phones) == ["A003"]
    assert not day.service.now.told[day.ticket(CARDIOLOGY, 1).id].is_reached


def test_a_restart_between_sending_and_writing_it_down_sends_nothing_twice(
    day: HospitalDay, line: HttpMessageService, phones: Phones
) -> None:
    # The first message comes to the phone, and the server dies before it knows.
    phones.faults.add(Fault(on=Operation.SEND, do=FaultKind.LOSE_REPLY, times=1000))
    dying = Messenger(day.service, line, again_s=0.05)
    dying.start()
    day.act(STOP)
    until_one_was_sent(phones)
    dying.stop()
    assert day.service.now.told == {}
    day.service.stop()
    phones.faults.clear()

    day.service = day.new_service()
    day.service.start()
    again = Messenger(day.service, line, again_s=0.05)
    again.start()

    wait_until(day, lambda now: len(now.told) == 3)
    again.stop()
    assert sorted(delivered(phones)) == ["A001", "A003"]
    day.service.stop()
    day.service = day.new_service()
    day.service.start()
    assert len(day.service.now.told) == 3


def until_one_was_sent(phones: Phones) -> None:
    waiting = Event()
    for _ in range(WITHIN_S * 100):
        if phones.delivered:
            return
        waiting.wait(0.01)
    raise AssertionError("nothing was sent")


def test_since_when_nobody_answers_is_known_until_somebody_does(
    day: HospitalDay, messenger: Messenger, phones: Phones
) -> None:
    phones.faults.add(Fault(on=Operation.SEND, do=FaultKind.SERVER_ERROR, times=1000))
    day.act(STOP)
    waiting = Event()
    for _ in range(WITHIN_S * 100):
        if messenger.fail_since is not None:
            break
        waiting.wait(0.01)
    assert messenger.fail_since == day.service.clock()
    phones.faults.clear()

    wait_until(day, lambda now: len(now.told) == 3)
    assert messenger.fail_since is None


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('app_id = "x"', "address"),
        ('app_id = "hospital0001"\nsecret_file = "none.key"\naddress = "https://a.test"', "secret"),
        ('app_id = "hospital0001"\nadress = "https://a.test"', "adress"),
        ("app_id = ", "is not valid TOML"),
    ],
)
def test_what_is_wrong_in_messages_toml_is_said(tmp_path: Path, text: str, where: str) -> None:
    path = tmp_path / "messages.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(MessagesError, match=where):
        load_messages(path)
