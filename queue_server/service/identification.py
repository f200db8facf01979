"""Who stands in front of the kiosk: asks the records, outside the loop."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from queue_server.contract.messages import Identify
from queue_server.contract.virtual_card import CardError, CardReader
from queue_server.records.records import Appointment, Patient, Records, RecordsUnavailable
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import RefusalCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A patient, all his appointments, and the code of the card that may be used once."""

    patient: Patient
    appointments: Sequence[Appointment]
    card_token_id: str | None
    is_by_card: bool
    """Whether a card that only he has was shown; else a number that others may know."""


def identify(records: Records, cards: CardReader, asked: Identify, now: datetime) -> Found:
    """Find the patient of a virtual card, an ID number or a chip card. May block.

    Raises:
        Refused: the card or number is not known or has expired, or the records can't be asked.
    """
    if [asked.card, asked.id_number, asked.chip_card].count(None) != 2:
        detail = "card、id_number、chip_card 必须且只能给出一个 / exactly one of them"
        raise Refused(RefusalCode.BAD_REQUEST, detail=detail)
    try:
        if asked.card is not None:
            return _by_card(records, cards, asked.card, now)
        if asked.chip_card is not None:
            patient = records.patient_by_chip_card(asked.chip_card)
            unknown = RefusalCode.CARD_UNKNOWN
        else:
            assert asked.id_number is not None
            patient = records.patient_by_id_number(asked.id_number)
            unknown = RefusalCode.ID_NUMBER_UNKNOWN
        if patient is None:
            raise Refused(unknown)
        appointments = records.appointments_of(patient.patient_id)
    except RecordsUnavailable as error:
        raise Refused(RefusalCode.BUSY) from error
    return Found(
        patient=patient,
        appointments=appointments,
        card_token_id=None,
        is_by_card=asked.chip_card is not None,
    )


def find_by_card(records: Records, cards: CardReader, card: str, as_of: datetime) -> Found:
    """Find the patient of a card that was good at the instant `as_of`. May block.

    Raises:
        Refused: the card is not known or was not good then, or the records can't be asked.
    """
    try:
        return _by_card(records, cards, card, as_of)
    except RecordsUnavailable as error:
        raise Refused(RefusalCode.BUSY) from error


def _by_card(records: Records, cards: CardReader, card: str, now: datetime) -> Found:
    try:
        claims = cards.read(card, now)
    except CardError as error:
        raise Refused(error.code) from error
    patient = records.patient_by_card_id(claims.card_id)
    if patient is None:
        raise Refused(RefusalCode.CARD_UNKNOWN)
    return Found(
        patient=patient,
        appointments=records.appointments_of(patient.patient_id),
        card_token_id=claims.token_id,
        is_by_card=True,
    )
