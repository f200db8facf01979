"""What the demo hospital asks its patients to pay: a few sheets each, made from a seed."""

from collections.abc import Sequence
from random import Random  # noqa: TID251 - only ever handed over, with a seed
from typing import Final

import msgspec

from assets import FOLDER
from queue_server.payments.terms import ChargeId, SheetId, VisitId
from queue_server.records.demo_items import DemoItem
from queue_server.records.records import Appointment
from queue_server.records.sheets import Sheet
from queue_server.rules.terms import PatientId

_CHARGES_FILE: Final = FOLDER / "demo" / "charges.toml"
_KINDS_BY_LOT: Final = (
    ("registration",),
    ("registration", "laboratory"),
    ("registration", "pharmacy"),
    ("laboratory", "pharmacy"),
    ("registration", "laboratory", "pharmacy"),
)


class _SheetForm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kind: str
    name_zh: str
    name_en: str
    next_zh: str
    next_en: str
    items_from: int
    items_to: int
    item: list[DemoItem]


class _PriceList(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    sheet: list[_SheetForm]


def make_sheets(appointments: Sequence[Appointment], chance: Random) -> Sequence[Sheet]:
    """Return the sheets of everybody who has an appointment, one lot a patient."""
    forms = {form.kind: form for form in _price_list().sheet}
    first_of = {one.patient_id: one for one in reversed(appointments)}
    return [
        _sheet(forms[kind], appointment, chance)
        for appointment in first_of.values()
        for kind in chance.choice(_KINDS_BY_LOT)
    ]


def _price_list() -> _PriceList:
    return msgspec.toml.decode(_CHARGES_FILE.read_bytes(), type=_PriceList)


def _sheet(form: _SheetForm, appointment: Appointment, chance: Random) -> Sheet:
    sheet = SheetId(f"{form.kind}-{appointment.appointment_id}")
    items = chance.sample(form.item, chance.randint(form.items_from, form.items_to))
    return Sheet(
        id=sheet,
        name_zh=form.name_zh,
        name_en=form.name_en,
        next_zh=form.next_zh,
        next_en=form.next_en,
        charges=tuple(
            item.charge(
                chance,
                id=ChargeId(f"{sheet}-{number}"),
                visit=VisitId(appointment.appointment_id),
                patient=PatientId(appointment.patient_id),
                sheet=sheet,
            )
            for number, item in enumerate(items, start=1)
        ),
        is_paid=False,
    )
