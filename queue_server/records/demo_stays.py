"""Who lies in the demo hospital, what each day costs, and what was paid in: made from a seed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random  # noqa: TID251 - only ever handed over, with a seed
from typing import Final

import msgspec

from assets import FOLDER
from queue_server.payments.deposit import DepositEntry
from queue_server.payments.fen import Fen
from queue_server.payments.terms import ChargeId, VisitId
from queue_server.records.demo_items import DemoItem
from queue_server.records.records import Appointment, Patient
from queue_server.records.wards import Stay, StayCharge

_STAYS_FILE: Final = FOLDER / "demo" / "stays.toml"
_YUAN: Final = 100
_GROWN_UP_AFTER: Final = timedelta(days=365 * 18 + 5)
_DESK_OPENS: Final = time(1, 30, tzinfo=UTC)
BEDS: Final = 45


class _Named(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name_zh: str
    name_en: str


class _Group(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name_zh: str
    name_en: str
    a_day_from: int
    a_day_to: int
    item: list[DemoItem]


class _StaysFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    stay_count: int
    days_from: int
    days_to: int
    deposits_yuan: list[int]
    ward: list[_Named]
    group: list[_Group]


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeStay:
    """A stay with everything that the inpatient system knows of it."""

    stay: Stay
    charges: tuple[StayCharge, ...]
    deposits: tuple[DepositEntry, ...]


def make_stays(
    patients: Sequence[Patient], appointments: Sequence[Appointment], day: date, chance: Random
) -> list[MadeStay]:
    """Return the stays of some grown-ups with a phone who have no appointment on `day`."""
    data = msgspec.toml.decode(_STAYS_FILE.read_bytes(), type=_StaysFile)
    busy = {one.patient_id for one in appointments if one.day_on == day}
    free = [
        one
        for one in patients
        if one.patient_id not in busy
        and one.id_number is not None
        and one.phone_number is not None
        and day - one.birth_on > _GROWN_UP_AFTER
    ]
    lying = free[: data.stay_count]
    beds = chance.sample(range(1, BEDS + 1), len(lying))
    return [_made(data, one, bed, day, chance) for one, bed in zip(lying, beds, strict=True)]


def _made(data: _StaysFile, patient: Patient, bed: int, day: date, chance: Random) -> MadeStay:
    ward = chance.choice(data.ward)
    admitted_on = day - timedelta(days=chance.randint(data.days_from, data.days_to))
    stay = Stay(
        admission=VisitId(f"stay-{patient.patient_id}"),
        patient=patient.patient_id,
        ward_zh=ward.name_zh,
        ward_en=ward.name_en,
        bed=f"{bed:02d}",
        admitted_on=admitted_on,
    )
    paid_in = DepositEntry(
        amount=Fen(chance.choice(data.deposits_yuan) * _YUAN),
        paid_at=datetime.combine(admitted_on, _DESK_OPENS),
    )
    charges = tuple(_charges(data, stay, day, chance))
    return MadeStay(stay=stay, charges=charges, deposits=(paid_in,))


def _charges(data: _StaysFile, stay: Stay, day: date, chance: Random) -> Iterator[StayCharge]:
    for back in range((day - stay.admitted_on).days, -1, -1):
        day_on = day - timedelta(days=back)
        for group in data.group:
            count = min(chance.randint(group.a_day_from, group.a_day_to), len(group.item))
            for item in chance.sample(group.item, count):
                yield StayCharge(
                    charge=item.charge(
                        chance,
                        id=ChargeId(f"{stay.admission}-{day_on:%Y%m%d}-{item.name_en}"),
                        visit=stay.admission,
                        patient=stay.patient,
                    ),
                    day_on=day_on,
                    group_zh=group.name_zh,
                    group_en=group.name_en,
                )
