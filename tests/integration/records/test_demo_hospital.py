"""The demo hospital over a real SQLite file."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from queue_server.records.demo_hospital import (
    DemoHospital,
    make_demo_hospital,
    write_demo_hospital,
)
from queue_server.records.records import RecordsUnavailable
from queue_server.rules.terms import PatientId
from tests.integration.records.records_suite import (
    KNOWN_APPOINTMENTS,
    KNOWN_CARD_IDS,
    KNOWN_CHIP_CARDS,
    KNOWN_PATIENTS,
    MONDAY,
    WOMAN,
    RecordsSuite,
)


def write_known(path: Path) -> None:
    write_demo_hospital(
        path,
        patients=KNOWN_PATIENTS,
        card_ids=KNOWN_CARD_IDS,
        chip_cards=KNOWN_CHIP_CARDS,
        appointments=KNOWN_APPOINTMENTS,
    )


class TestDemoHospital(RecordsSuite):
    """The port's suite."""

    @pytest.fixture
    def records(self, tmp_path: Path) -> DemoHospital:
        path = tmp_path / "the hospital's #1 file.db"
        write_known(path)
        return DemoHospital(path)


def everything(hospital: DemoHospital, day: date) -> list[object]:
    patients = hospital.patients()
    return [
        *patients,
        *(hospital.card_id_of(patient.patient_id) for patient in patients),
        *hospital.appointments_on(day - timedelta(days=1)),
        *hospital.appointments_on(day),
        *hospital.appointments_on(day + timedelta(days=1)),
    ]


def test_the_same_seed_and_day_write_the_same_hospital(tmp_path: Path) -> None:
    for name in ("one.db", "two.db"):
        make_demo_hospital(tmp_path / name, day=MONDAY, seed=7)

    one = everything(DemoHospital(tmp_path / "one.db"), MONDAY)
    two = everything(DemoHospital(tmp_path / "two.db"), MONDAY)

    assert one == two
    assert len(one) > 600


def test_a_hospital_that_is_made_anew_replaces_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "hospital.db"
    write_known(path)

    make_demo_hospital(path, day=MONDAY, seed=7)

    hospital = DemoHospital(path)
    assert len(hospital.patients()) == 200
    assert hospital.patient(WOMAN.patient_id) is None
    assert [found.name for found in tmp_path.iterdir()] == ["hospital.db"]


def test_everybody_in_the_demo_is_found_by_card_and_by_id_number(tmp_path: Path) -> None:
    path = tmp_path / "hospital.db"
    make_demo_hospital(path, day=MONDAY, seed=7)
    hospital = DemoHospital(path)

    for patient in hospital.patients()[:40]:
        card_id = hospital.card_id_of(patient.patient_id)
        assert card_id is not None
        assert hospital.patient_by_card_id(card_id) == patient
        if patient.id_number is not None:
            assert hospital.patient_by_id_number(patient.id_number) == patient


@pytest.mark.parametrize("content", [None, b"", b"this is no database" * 100])
def test_a_missing_or_broken_file_is_told_as_unavailable(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "hospital.db"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(RecordsUnavailable, match=r"hospital\.db"):
        DemoHospital(path).patient(PatientId("patient-001"))
    with pytest.raises(RecordsUnavailable, match=r"hospital\.db"):
        DemoHospital(path).appointments_on(MONDAY)


def test_the_mdt_clinic_is_booked_by_patients_of_its_lead_one_each_half_hour(
    tmp_path: Path,
) -> None:
    path = tmp_path / "hospital.db"
    make_demo_hospital(path, day=MONDAY, seed=7)
    hospital = DemoHospital(path)

    booked = [one for one in hospital.appointments_on(MONDAY) if one.queue_id == "diabetes-mdt"]

    assert len(booked) >= 2
    assert [one.number for one in booked] == list(range(1, len(booked) + 1))
    assert len({one.slot for one in booked}) == len(booked)
    for visit in booked:
        [first, later] = [
            one for one in hospital.appointments_of(visit.patient_id) if one.day_on == MONDAY
        ]
        assert (first, later.queue_id) == (visit, "endocrinology-1")
