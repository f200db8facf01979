"""Who the demo hospital's patients are, and when they come: the same for the same seed and day."""

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random  # noqa: TID251 - only ever handed over, with a seed
from typing import Final

import msgspec

from assets import FOLDER
from queue_server.records.id_number import check_digit
from queue_server.records.records import Patient, Sex
from queue_server.rules.terms import CardId, FullName, PatientId, PriorityRank, QueueId

_PATIENTS_FILE: Final = FOLDER / "demo" / "patients.toml"
_AGED_FROM: Final = 80
_ADULT_FROM: Final = 18
_PREGNANT_AGES: Final = range(22, 40)
_DAYS_A_YEAR: Final = 365.25
_BIRTHDAY_DAYS: Final = range(2, 361)
"""Days since the last birthday; both ends keep away from it, because of leap years."""
_WITHOUT_PHONE_EVERY: Final = 25
"""Of so many patients one has told the hospital no phone number."""
_NEWBORN_DAYS: Final = range(3, 28)


class Schedule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many patients there are, and how they spread over the day."""

    patient_count: int
    morning: list[int]
    afternoon: list[int]
    extra_ticket_queues: list[QueueId]
    children_queues: list[QueueId]
    wrong_day_count: int
    disabled_count: int
    pregnant_count: int
    military_count: int


class _AgeBand(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    rename={"from_age": "from", "to_age": "to"},
):
    from_age: int
    to_age: int
    weight: int


class _Region(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    codes: list[str]


class _Surnames(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    often: list[str]
    seldom: list[str]


class _GivenNames(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    born_from: int
    born_to: int
    female: list[str]
    male: list[str]


class _Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    full_name: str
    sex: Sex
    age: int
    region: str = ""
    has_id_number: bool = True


class DemoData(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file `assets/demo/patients.toml`."""

    schedule: Schedule
    age: list[_AgeBand]
    region: _Region
    surname: _Surnames
    given: list[_GivenNames]
    person: list[_Person]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPatient:
    """A patient with what the hospital knows beside his record."""

    patient: Patient
    card_id: CardId
    age: int
    """In years, on the demo's day."""
    rank: PriorityRank | None


def load_demo_data() -> DemoData:
    """Read the demo hospital's names and numbers."""
    return msgspec.toml.decode(_PATIENTS_FILE.read_bytes(), type=DemoData)


def make_patients(data: DemoData, day: date, chance: Random) -> list[DemoPatient]:
    """Return the patients: first those of the file, then random ones."""
    persons = list(data.person)
    while len(persons) < data.schedule.patient_count:
        persons.append(_random_person(data, day, chance))
    ranks = _ranks(data.schedule, persons, len(data.person), chance)
    id_numbers: set[str] = set()
    patients = []
    for index, person in enumerate(persons):
        birth_on = _birth_on(person.age, day, chance)
        id_number = None
        if person.has_id_number:
            region = person.region or chance.choice(data.region.codes)
            id_number = _new_id_number(region, birth_on, person.sex, id_numbers, chance)
        patient = Patient(
            patient_id=PatientId(f"patient-{index + 1:03d}"),
            full_name=FullName(person.full_name),
            sex=person.sex,
            birth_on=birth_on,
            id_number=id_number,
            phone_number=_phone_number(index, person.age),
        )
        card_id = CardId(urlsafe_b64encode(chance.randbytes(12)).decode())
        patients.append(
            DemoPatient(patient=patient, card_id=card_id, age=person.age, rank=ranks.get(index))
        )
    return patients


def _phone_number(index: int, age: int) -> str | None:
    """Return a number that nobody has: none begins with 100."""
    has_none = age == 0 or index % _WITHOUT_PHONE_EVERY == _WITHOUT_PHONE_EVERY - 1
    return None if has_none else f"1000000{(index * 7919 + 4417) % 10_000:04d}"


def _random_person(data: DemoData, day: date, chance: Random) -> _Person:
    (band,) = chance.choices(data.age, weights=[band.weight for band in data.age])
    age = chance.randint(band.from_age, band.to_age)
    sex = chance.choice(list(Sex))
    birth_year = day.year - age
    names = next(names for names in data.given if names.born_from <= birth_year <= names.born_to)
    surname = chance.choice(data.surname.often if chance.random() < 0.8 else data.surname.seldom)
    given = chance.choice(names.female if sex is Sex.FEMALE else names.male)
    return _Person(full_name=surname + given, sex=sex, age=age)


def _ranks(
    schedule: Schedule, persons: Sequence[_Person], first_random: int, chance: Random
) -> dict[int, PriorityRank]:
    ranks = {
        index: PriorityRank.AGED_80
        for index, person in enumerate(persons)
        if person.age >= _AGED_FROM
    }
    pregnant = [
        index
        for index, person in enumerate(persons)
        if person.sex is Sex.FEMALE and person.age in _PREGNANT_AGES and index >= first_random
    ]
    ranks |= dict.fromkeys(chance.sample(pregnant, schedule.pregnant_count), PriorityRank.PREGNANT)
    for rank, count in (
        (PriorityRank.DISABLED, schedule.disabled_count),
        (PriorityRank.MILITARY, schedule.military_count),
    ):
        entitled = [
            index
            for index, person in enumerate(persons)
            if index >= first_random and index not in ranks and person.age >= _ADULT_FROM
        ]
        ranks |= dict.fromkeys(chance.sample(entitled, count), rank)
    return ranks


def _birth_on(age: int, day: date, chance: Random) -> date:
    if age == 0:
        return day - timedelta(days=chance.choice(_NEWBORN_DAYS))
    return day - timedelta(days=int(age * _DAYS_A_YEAR) + chance.choice(_BIRTHDAY_DAYS))


def _new_id_number(region: str, birth_on: date, sex: Sex, taken: set[str], chance: Random) -> str:
    while True:
        # The last serial digit is odd for men, even for women.
        serial = chance.randrange(450, 500) * 2 + (sex is Sex.MALE)
        digits = f"{region}{birth_on:%Y%m%d}{serial:03d}"
        if digits not in taken:
            taken.add(digits)
            return digits + check_digit(digits)
