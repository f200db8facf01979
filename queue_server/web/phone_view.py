"""What the demo's phone shows beside the card: masked name, and where each visit stands."""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

import segno

from queue_server.contract.messages import Visit
from queue_server.records.records import Appointment, Patient
from queue_server.rules.masking import mask
from queue_server.service.clinic_day import day_second
from queue_server.service.now import Now
from queue_server.service.setup import Setup
from queue_server.service.visit_view import visits_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneView:
    """Today's visits of one patient; no full name."""

    hospital_zh: str
    hospital_en: str
    masked_name: str
    now_s: int
    visits: list[Visit]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardCode:
    """The virtual card as a QR code, and how long it is good."""

    svg: str
    life_s: int
    renew_after_s: int


def phone_view(setup: Setup, now: Now, patient: Patient, at: datetime) -> PhoneView:
    """Return what `patient` sees on his phone at the instant `at`."""
    no_other_days: list[Appointment] = []
    now_s = day_second(setup.site, now.day_on, at)
    return PhoneView(
        hospital_zh=setup.site.name_zh,
        hospital_en=setup.site.name_en,
        masked_name=mask(patient.full_name.reveal()),
        now_s=now_s,
        visits=visits_of(setup, now, now_s, patient.patient_id, no_other_days),
    )


def qr_svg(text: str) -> str:
    """Return `text` as a QR code that fills whatever it is put in; dark modules only."""
    drawn = BytesIO()
    # Level M: a phone's screen is clean, and larger modules are read faster.
    segno.make_qr(text, error="m").save(
        drawn, kind="svg", border=0, omitsize=True, xmldecl=False, svgclass=None, lineclass=None
    )
    return drawn.getvalue().decode()
