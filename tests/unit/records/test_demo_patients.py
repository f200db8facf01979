"""The demo's people and their appointments: who they are, when they come."""

from collections import Counter
from datetime import date, timedelta
from random import Random

import pytest

from queue_server.records.demo_hospital import DEMO_SITE_FILE
from queue_server.records.demo_patients import DemoPatient, load_demo_data, make_patients
from queue_server.records.demo_schedule import booked_queues, make_appointments
from queue_server.records.id_number import is_id_number
from queue_server.records.records import Appointment, Sex
from queue_server.rules.terms import PriorityRank, TicketKind
from queue_server.site import load_site

DAY = date(2026, 11, 23)
DATA = load_demo_data()
QUEUES = booked_queues(load_site(DEMO_SITE_FILE))
SEEDS = pytest.mark.parametrize("seed", [1, 2, 3, 20261123])
Demo = tuple[list[DemoPatient], list[Appointment]]


def demo(seed: int, day: date = DAY) -> Demo:
    chance = Random(seed)
    people = make_patients(DATA, day, chance)
    return people, make_appointments(DATA.schedule, QUEUES, people, day, chance)


def birthday_count(birth_on: date, day: date) -> int:
    return day.year - birth_on.year - ((day.month, day.day) < (birth_on.month, birth_on.day))


def test_the_same_seed_and_day_give_the_same_demo() -> None:
    assert demo(1) == demo(1)
    assert demo(1) != demo(2)


@SEEDS
@pytest.mark.parametrize("day", [DAY, date(2028, 2, 29), date(2027, 1, 1)])
def test_identity_numbers_are_right_and_nobody_shares_one(seed: int, day: date) -> None:
    people, _ = demo(seed, day)

    numbers = [person.patient.id_number for person in people if person.patient.id_number]

    assert len(people) == 200
    assert len(set(numbers)) == len(numbers) == 198
    assert all(is_id_number(number) for number in numbers)
    for person in people:
        number = person.patient.id_number
        if number is None:
            continue
        assert number[6:14] == f"{person.patient.birth_on:%Y%m%d}"
        assert (int(number[16]) % 2 == 1) == (person.patient.sex is Sex.MALE)


@SEEDS
def test_a_birthday_fits_the_age_and_whoever_is_80_is_entitled(seed: int) -> None:
    people, _ = demo(seed)

    for person in people:
        assert birthday_count(person.patient.birth_on, DAY) == person.age
        assert (person.rank is PriorityRank.AGED_80) == (person.age >= 80)
    ages = {person.age for person in people}
    assert (min(ages), max(ages)) == (0, 95)


@SEEDS
def test_all_entitled_groups_are_there_and_the_pregnant_are_women(seed: int) -> None:
    people, _ = demo(seed)

    ranks = Counter(person.rank for person in people)
    pregnant = [person.patient for person in people if person.rank is PriorityRank.PREGNANT]

    assert set(ranks) == {None, *PriorityRank}
    assert ranks[None] > 150
    assert all(patient.sex is Sex.FEMALE for patient in pregnant)


@SEEDS
def test_difficult_names_are_always_among_them(seed: int) -> None:
    people, _ = demo(seed)

    names = {person.patient.full_name.reveal() for person in people}

    assert {"欧阳明月", "麦麦提·赛帕克", "John Smith", "荒", "王芳之子"} <= names
    assert set("喆堃䶮𠮷") <= set("".join(names))


@SEEDS
def test_card_ids_are_random_and_no_one_shares_one(seed: int) -> None:
    people, _ = demo(seed)

    cards = {person.card_id for person in people}

    assert len(cards) == 200
    assert {len(card) for card in cards} == {16}


@SEEDS
def test_nobody_has_two_visits_in_one_slot_or_one_queue(seed: int) -> None:
    _, appointments = demo(seed)

    with_slot = [entry for entry in appointments if entry.slot]
    by_slot = Counter((entry.patient_id, entry.day_on, entry.slot) for entry in with_slot)
    by_queue = Counter((entry.patient_id, entry.day_on, entry.queue_id) for entry in appointments)

    assert max(by_slot.values()) == max(by_queue.values()) == 1


@SEEDS
def test_numbers_count_up_from_one_with_the_slots(seed: int) -> None:
    _, appointments = demo(seed)

    for queue in QUEUES:
        entries = [
            entry for entry in appointments if entry.queue_id == queue and entry.day_on == DAY
        ]
        starts = [entry.slot.start_s for entry in entries if entry.slot]
        assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
        assert starts == sorted(starts)


@SEEDS
def test_mornings_are_full_and_afternoons_are_not(seed: int) -> None:
    _, appointments = demo(seed)

    starts = Counter(
        entry.slot.start_s for entry in appointments if entry.slot and entry.day_on == DAY
    )

    for half_hour in (17, 18, 19):
        assert 3.5 <= starts[half_hour * 1800] / len(QUEUES) <= 6.5  # type: ignore[index]
    afternoon = sum(count for start_s, count in starts.items() if start_s >= 13 * 3600)
    assert 0 < afternoon < sum(starts.values()) / 4
    assert all(8 * 3600 <= start_s < 17 * 3600 for start_s in starts)


@SEEDS
def test_some_have_two_visits_and_some_come_on_the_wrong_day(seed: int) -> None:
    people, appointments = demo(seed)

    days: dict[str, list[date]] = {}
    for entry in appointments:
        days.setdefault(entry.patient_id, []).append(entry.day_on)

    assert set(days) == {person.patient.patient_id for person in people}
    assert sum(len(found) == 2 for found in days.values()) >= 5
    assert sum(DAY not in found for found in days.values()) == 8
    assert {entry.day_on for entry in appointments} == {
        DAY - timedelta(days=1),
        DAY,
        DAY + timedelta(days=1),
    }


@SEEDS
def test_children_come_to_clinics_that_see_children(seed: int) -> None:
    people, appointments = demo(seed)

    children = {person.patient.patient_id for person in people if person.age < 14}
    queues = {entry.queue_id for entry in appointments if entry.patient_id in children}

    assert queues <= set(DATA.schedule.children_queues)


@SEEDS
def test_a_ticket_is_a_priority_one_exactly_when_it_has_a_rank(seed: int) -> None:
    _, appointments = demo(seed)

    for entry in appointments:
        assert (entry.kind is TicketKind.PRIORITY) == (entry.rank is not None)
    assert sum(entry.slot is None for entry in appointments if entry.day_on == DAY) == 3


def test_a_patients_name_and_number_stay_out_of_what_is_logged() -> None:
    people, _ = demo(1)

    for person in people:
        assert person.patient.full_name.reveal() not in repr(person)
        assert (person.patient.id_number or "none") not in repr(person)
