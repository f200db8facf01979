"""What every implementation of the port `Records` must do; each inherits this class."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date

from queue_server.records.records import Appointment, AppointmentId, Patient, Records, Sex
from queue_server.rules.terms import (
    CardId,
    DaySecond,
    FullName,
    PatientId,
    PriorityRank,
    QueueId,
    Slot,
    TicketKind,
)

SUNDAY = date(2026, 11, 22)
MONDAY = date(2026, 11, 23)
TUESDAY = date(2026, 11, 24)
NINE = Slot(start_s=DaySecond(9 * 3600), end_s=DaySecond(9 * 3600 + 1800))
TEN = Slot(start_s=DaySecond(10 * 3600), end_s=DaySecond(10 * 3600 + 1800))

WOMAN = Patient(
    patient_id=PatientId("p-1"),
    full_name=FullName("阿依古丽·买买提"),
    sex=Sex.FEMALE,
    birth_on=date(1949, 12, 31),
    id_number="11010519491231002X",
)
CHILD = Patient(
    patient_id=PatientId("p-2"),
    full_name=FullName("𠮷田之子"),
    sex=Sex.MALE,
    birth_on=date(2026, 11, 20),
    id_number=None,
)
NEWBORN_WITHOUT_VISIT = Patient(
    patient_id=PatientId("p-3"),
    full_name=FullName("王芳之女"),
    sex=Sex.FEMALE,
    birth_on=date(2026, 11, 21),
    id_number=None,
)


def appointment(
    patient: Patient, queue: str, day: date, number: int, slot: Slot | None
) -> Appointment:
    return Appointment(
        appointment_id=AppointmentId(f"{day:%Y%m%d}-{queue}-{number}"),
        patient_id=patient.patient_id,
        queue_id=QueueId(queue),
        day_on=day,
        slot=slot,
        number=number,
        kind=TicketKind.PRIORITY if patient is WOMAN else TicketKind.ORDINARY,
        rank=PriorityRank.DISABLED if patient is WOMAN else None,
    )


# What the records under test hold.
KNOWN_PATIENTS = (WOMAN, CHILD, NEWBORN_WITHOUT_VISIT)
KNOWN_CARD_IDS = {
    WOMAN.patient_id: CardId("card-of-woman"),
    CHILD.patient_id: CardId("card-of-child"),
    NEWBORN_WITHOUT_VISIT.patient_id: CardId("card-of-newborn"),
}
KNOWN_CHIP_CARDS = {WOMAN.patient_id: "清榆-00017"}
KNOWN_APPOINTMENTS = (
    appointment(WOMAN, "eye-1", TUESDAY, 1, NINE),
    appointment(WOMAN, "skin-1", MONDAY, 12, None),
    appointment(WOMAN, "skin-2", MONDAY, 2, TEN),
    appointment(CHILD, "skin-2", MONDAY, 10, NINE),
    appointment(WOMAN, "eye-1", MONDAY, 9, NINE),
    appointment(CHILD, "eye-1", SUNDAY, 1, TEN),
)


class RecordsSuite:
    """The fixture `records` of a subclass hands out records that hold the known patients."""

    def test_a_day_has_its_appointments_by_queue_and_number(self, records: Records) -> None:
        found = records.appointments_on(MONDAY)

        assert [(entry.queue_id, entry.number) for entry in found] == [
            ("eye-1", 9),
            ("skin-1", 12),
            ("skin-2", 2),
            ("skin-2", 10),
        ]
        assert set(found) <= set(KNOWN_APPOINTMENTS)

    def test_a_day_without_appointments_is_empty(self, records: Records) -> None:
        assert list(records.appointments_on(date(2030, 1, 1))) == []

    def test_a_patient_has_his_appointments_of_all_days_the_earliest_first(
        self, records: Records
    ) -> None:
        found = records.appointments_of(WOMAN.patient_id)

        # A ticket without a time comes last in its day.
        assert [(entry.day_on, entry.queue_id) for entry in found] == [
            (MONDAY, "eye-1"),
            (MONDAY, "skin-2"),
            (MONDAY, "skin-1"),
            (TUESDAY, "eye-1"),
        ]

    def test_a_patient_without_appointments_has_none(self, records: Records) -> None:
        assert list(records.appointments_of(NEWBORN_WITHOUT_VISIT.patient_id)) == []
        assert list(records.appointments_of(PatientId("nobody"))) == []

    def test_a_patient_is_found_as_he_was_written_down(self, records: Records) -> None:
        assert records.patient(WOMAN.patient_id) == WOMAN
        assert records.patient(CHILD.patient_id) == CHILD
        assert records.patient(PatientId("nobody")) is None

    def test_a_patient_is_found_by_his_id_number_however_it_was_typed(
        self, records: Records
    ) -> None:
        assert records.patient_by_id_number("11010519491231002X") == WOMAN
        assert records.patient_by_id_number(" 11010519491231002x ") == WOMAN

    def test_no_id_number_is_nobodys(self, records: Records) -> None:
        for text in ("", "None", "110105194912310020", "' or '1'='1", "\x00", "%"):
            assert records.patient_by_id_number(text) is None

    def test_a_card_leads_to_its_patient_and_back(self, records: Records) -> None:
        for patient in KNOWN_PATIENTS:
            card_id = records.card_id_of(patient.patient_id)
            assert card_id == KNOWN_CARD_IDS[patient.patient_id]
            assert records.patient_by_card_id(card_id) == patient

    def test_a_chip_card_leads_to_its_patient_and_no_number_to_those_without_one(
        self, records: Records
    ) -> None:
        assert records.patient_by_chip_card("清榆-00017") == WOMAN
        for number in ("", "None", "00017", "清榆-00018"):
            assert records.patient_by_chip_card(number) is None

    def test_an_unknown_card_is_nobodys(self, records: Records) -> None:
        assert records.patient_by_card_id(CardId("stranger")) is None
        assert records.card_id_of(PatientId("nobody")) is None

    def test_records_can_be_asked_from_many_threads_at_once(self, records: Records) -> None:
        def ask(_: int) -> Patient | None:
            return records.patient(WOMAN.patient_id)

        with ThreadPoolExecutor(8) as threads:
            found: Iterator[Patient | None] = threads.map(ask, range(64))

            assert all(patient == WOMAN for patient in found)
