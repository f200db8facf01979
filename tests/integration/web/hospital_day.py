"""A morning of the demo site with chosen patients: real service, real journal, real records."""

import itertools
import secrets
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from argon2 import PasswordHasher
from fastapi import FastAPI

from queue_server.contract.device_messages import DeviceStatus, Heard, Screenshot
from queue_server.contract.virtual_card import CardReader
from queue_server.documents.check_code import CheckCodes
from queue_server.documents.receipt_maker import ReceiptMaker
from queue_server.documents.report_maker import ReportMaker
from queue_server.journal.sqlite_journal import SqliteJournal
from queue_server.paying import Paying, PayingParts
from queue_server.payments.configuration import load_payments
from queue_server.payments.receipt_shelf import ReceiptShelf
from queue_server.payments.sandbox.keys import write_configuration
from queue_server.records.demo_counter import DemoCounter
from queue_server.records.demo_hospital import DEMO_SITE_FILE, DemoHospital, write_demo_hospital
from queue_server.records.demo_report_shelf import DemoReports
from queue_server.records.id_number import check_digit
from queue_server.records.records import Appointment, AppointmentId, Patient, Sex
from queue_server.records.virtual_card import CardIssuer, load_or_make_key, public_key
from queue_server.rules import commands as asked
from queue_server.rules.events import Entry
from queue_server.rules.terms import (
    CardId,
    DaySecond,
    DeviceId,
    FullName,
    PatientId,
    QueueId,
    RequestId,
    Slot,
    TicketId,
    TicketKind,
)
from queue_server.rules.ticket import Ticket
from queue_server.service.clinic_day import clinic_day
from queue_server.service.facts import HelpAnswered, HelpCalled, NotTakenOver
from queue_server.service.jobs import DeviceSaid, Job
from queue_server.service.parts import Parts
from queue_server.service.queue_service import QueueService
from queue_server.service.receipt_view import ReceiptChecks
from queue_server.service.setup import make_setup
from queue_server.service.take_over import Conflict
from queue_server.site import Site, load_site
from queue_server.watch.figures import ExpectedDevice
from queue_server.web.application import make_application
from queue_server.web.card_routes import DemoCards
from queue_server.web.second_factor import code_at
from queue_server.web.users import Role, Users, make_doctor, make_nurse, make_overseer

MONDAY = date(2026, 11, 23)
EIGHT = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
"""08:00 in Beijing."""
CARDIOLOGY = QueueId("cardiology-1")
COLLEAGUE = QueueId("cardiology-2")
"""Of another doctor of the same clinic."""
RESPIRATORY = QueueId("respiratory-1")
DERMATOLOGY = QueueId("dermatology-1")
PASSWORD = "一朝看尽长安花 7"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
"""Of the technician and the auditor."""
NAMES = (
    "张晓明", "王芳", "欧阳明月", "古丽娜尔·阿不都热合曼", "李静", "张建明", "刘洋", "陈思远",
    "Alexandria Montgomery-Whitfield", "赵敏", "诸葛守成", "周杰", "吴桂英", "徐海波", "孙丽华",
    "马秀兰", "朱国强", "胡雪梅", "郭子涵", "何志远", "高建军", "林巧稚", "罗玉凤", "郑和平",
    "梁思成", "谢婉莹", "宋庆云", "唐晓棠", "许广平", "韩寒露",
)  # fmt: skip
SLOT_S = 1800
PER_SLOT = 4


class SetClock:
    """A clock that stands until it is set."""

    def __init__(self, instant: datetime) -> None:
        self.instant = instant

    def __call__(self) -> datetime:
        return self.instant

    def set(self, hours: int, minutes: int = 0) -> None:
        self.instant = EIGHT.replace(hour=0) + timedelta(hours=hours - 8, minutes=minutes)


class NoDoor:
    """A `Door` that leads nowhere: pages need no broker. It keeps what was not retained."""

    def __init__(self) -> None:
        self.published: list[tuple[str, bytes]] = []

    def open(self, put: Callable[[Job], None]) -> None:
        del put

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        if not retain:
            self.published.append((topic, payload))

    def acknowledge(self, delivery: int) -> None:
        del delivery

    def close(self) -> None:
        pass


class HospitalDay:
    """The running hospital. `act` does what somebody else does meanwhile."""

    def __init__(
        self, folder: Path, users: Users, per_queue: int, site: Site | None = None
    ) -> None:
        self.clock = SetClock(EIGHT)
        self.site = site or load_site(DEMO_SITE_FILE)
        self.users = users
        self.expected: dict[DeviceId, ExpectedDevice] = {}
        patients, appointments = make_morning(self.site, per_queue)
        self.patients = patients
        self._records_file = records_file = folder / "records.sqlite"
        write_demo_hospital(
            records_file,
            patients=patients,
            card_ids={one.patient_id: CardId(f"card-{one.patient_id}") for one in patients},
            appointments=appointments,
        )
        self.records = DemoHospital(records_file)
        key = load_or_make_key(folder / "card-key.json")
        self.card_reader = CardReader([public_key(key)], self.site.id)
        self.door = NoDoor()
        self.journal = SqliteJournal(folder / "journal.sqlite")
        self.service = self.new_service()
        self.demo_cards = DemoCards(
            issuer=CardIssuer(key, self.site.id),
            patients=self.records.patients,
            new_token_id=lambda: secrets.token_hex(16),
        )
        self._request_numbers = itertools.count(1)

    def new_service(self) -> QueueService:
        return QueueService(
            make_setup(self.site),
            Parts(
                journal=self.journal,
                records=self.records,
                cards=self.card_reader,
                door=self.door,
                clock=self.clock,
                fatal=_fail,
            ),
        )

    def start(self) -> None:
        self.journal.open(self.clock())
        self.service.start()

    def stop(self) -> None:
        self.service.stop()
        self.journal.close()

    def paying(self, keys: Path) -> Paying:
        """Payments whose gateways nobody can reach; `keys` are those of a sandbox."""
        path = write_configuration(keys, gateway="http://127.0.0.1:1", notify="https://h.test")
        return Paying(
            PayingParts(
                configuration=load_payments(path),
                journal=self.journal,
                keep=lambda facts: self.service.keep(facts).result(5),
                wards=None,
                counter=DemoCounter(self._records_file),
                id_number_of=lambda _: None,
                door=NoDoor(),
                site=self.site.id,
                checks=ReceiptChecks(code=lambda _: "", address=lambda _: ""),
                clock=self.clock,
                day_of=lambda at: clinic_day(self.site, at),
                new_id=lambda: secrets.token_hex(8),
                fatal=_fail,
            )
        )

    def application(self, paying: Paying | None = None) -> FastAPI:
        return make_application(
            self.service,
            self.users,
            new_token=lambda: secrets.token_urlsafe(32),
            expected_devices=lambda: self.expected,
            sessions_file=self._records_file.with_name("sessions.json"),
            demo_cards=self.demo_cards,
            paying=paying,
            receipt_maker=ReceiptMaker(
                site=self.site,
                records=self.records,
                shelf=ReceiptShelf(self.journal),
                codes=CheckCodes(bytes(32)),
                signer=None,
            ),
            report_maker=ReportMaker(
                site=self.site,
                records=self.records,
                reports=DemoReports(self._records_file, self.clock),
                codes=CheckCodes(bytes(32)),
            ),
        )

    def credentials(self, user: str) -> dict[str, str]:
        """What `user` signs in with at this moment; a code is good for once."""
        typed = {"user": user, "password": PASSWORD}
        if self.users[user].totp_secret is not None:
            typed["code"] = code_at(TOTP_SECRET, self.clock())
        return typed

    def act(self, command: asked.Command, by: str = "test") -> Entry:
        request_id = RequestId(f"test-{next(self._request_numbers)}")
        answer: Future[Entry] = self.service.act(command, by=by, request_id=request_id)
        return answer.result(5)

    def call_help(self, device: str) -> None:
        fact = HelpCalled(help_id=f"help-{device}", device=DeviceId(device), screen="home")
        self.service.note(fact, by=device).result(5)

    def fail_to_take_over(
        self,
        number: str,
        why: Conflict,
        *tickets: Ticket,
        patient: PatientId | None = None,
    ) -> None:
        """Let an offline check-in of kiosk-01 not fit."""
        fact = NotTakenOver(
            conflict_id=f"take-{number.lower()}",
            slip_code=f"hk:offline:{number.lower()}",
            device=DeviceId("kiosk-01"),
            number=number,
            checked_in_at=self.clock(),
            why=why,
            patient=tickets[0].patient if tickets else patient,
            tickets=tuple(ticket.id for ticket in tickets),
            has_a_place=False,
        )
        self.service.note(fact, by="kiosk-01").result(5)

    def device_says(
        self, device: str, said: DeviceStatus | Heard | Screenshot, *, is_retained: bool = False
    ) -> None:
        """Let a device say something, and return when the service knows it."""
        job = DeviceSaid(device=DeviceId(device), said=said, is_retained=is_retained)
        self.service._inbox.put(job)
        # What is asked after it is answered after it.
        self.service.note(HelpAnswered(help_id="nobody"), by="test").result(5)

    def expect(self, device: str, kind: str) -> None:
        """Put a device onto the list of those that should be there."""
        self.expected[DeviceId(device)] = ExpectedDevice(device=DeviceId(device), kind=kind)

    def lose_records(self) -> None:
        self._records_file.unlink()

    def check_in(self, queue: QueueId, *numbers: int) -> None:
        """Check tickets in, in this order, at a kiosk."""
        for number in numbers:
            ticket = self.ticket(queue, number)
            self.act(asked.CheckIn(queue=queue, ticket=ticket.id), by="kiosk-01")

    def ticket(self, queue: QueueId, number: int) -> Ticket:
        prefix = self.service.setup.queues[queue].prefix
        ticket_id = TicketId(f"{queue}:{prefix}{number:03d}")
        return self.service.now.day.queues[queue].tickets[ticket_id]

    def order(self, queue: QueueId) -> list[str]:
        return [ticket.number for ticket in self.service.now.day.queues[queue].listed()]


def make_users(site: Site) -> Users:
    """Nurses li, zhao, bai (area C), heads tang (A) and fang (all); desk mei;
    doctors and others.
    """
    # A cheap hash, so that signing in costs a test nothing.
    password_hash = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    areas = [area.id for area in site.areas]
    users = [
        make_nurse(site, "li", "李静", password_hash, areas),
        make_nurse(site, "zhao", "赵宁", password_hash, areas),
        make_nurse(site, "bai", "白雪", password_hash, areas[2:]),
        make_nurse(site, "tang", "唐护士长", password_hash, areas[:1], role=Role.HEAD_NURSE),
        make_nurse(site, "fang", "方护士长", password_hash, areas, role=Role.HEAD_NURSE),
        make_nurse(site, "mei", "梅导诊", password_hash, areas, role=Role.DESK),
        make_doctor(site, "shen", "沈怀仁", password_hash, CARDIOLOGY),
        make_doctor(site, "lu", "陆书宁", password_hash, COLLEAGUE),
        make_doctor(site, "gu", "顾清和", password_hash, RESPIRATORY),
        make_overseer("zheng", Role.ADMINISTRATOR, "郑工", password_hash, TOTP_SECRET),
        make_overseer("qian", Role.AUDITOR, "钱审计", password_hash, TOTP_SECRET),
        make_overseer("chen", Role.CASHIER, "陈收费", password_hash, TOTP_SECRET),
    ]
    return {user.name: user for user in users}


def make_morning(site: Site, per_queue: int) -> tuple[list[Patient], list[Appointment]]:
    """Return patients and their appointments, four in each half hour from 8 o'clock on."""
    patients: list[Patient] = []
    appointments: list[Appointment] = []
    for queue_index, queue in enumerate(site.queues):
        for index in range(per_queue):
            count = len(patients)
            name = NAMES[(index + queue_index * 7) % len(NAMES)]
            patients.append(_patient(count, name))
            start_s = 8 * 3600 + index // PER_SLOT * SLOT_S
            appointments.append(
                Appointment(
                    appointment_id=AppointmentId(f"appointment-{count}"),
                    patient_id=patients[-1].patient_id,
                    queue_id=queue.id,
                    day_on=MONDAY,
                    slot=Slot(start_s=DaySecond(start_s), end_s=DaySecond(start_s + SLOT_S)),
                    number=index + 1,
                    kind=TicketKind.ORDINARY,
                    rank=None,
                )
            )
    patients.append(_patient(len(patients), "没有预约"))
    return patients, appointments


def _patient(count: int, name: str) -> Patient:
    birth_on = date(1950 + count % 60, 1 + count % 12, 1 + count % 28)
    digits = f"110101{birth_on:%Y%m%d}{count % 1000:03d}"
    return Patient(
        patient_id=PatientId(f"patient-{count:03d}"),
        full_name=FullName(name),
        sex=Sex.MALE if count % 2 else Sex.FEMALE,
        birth_on=birth_on,
        id_number=digits + check_digit(digits),
    )


def _fail(error: Exception) -> None:
    raise AssertionError("the writer has failed") from error
