"""The payments of a queue server: its cashier, and all around it that is started and stopped."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from fastapi import APIRouter

from queue_server.journal.journal import Journal, JournaledFact
from queue_server.payments.attempt import Attempt
from queue_server.payments.booking import Booking
from queue_server.payments.cashier import Cashier, CashierParts
from queue_server.payments.configuration import PaymentsConfiguration
from queue_server.payments.credit_office import CreditOffice, Releasing
from queue_server.payments.fen import NOTHING
from queue_server.payments.finance_platform import HttpFinancePlatform
from queue_server.payments.gateway import Gateway
from queue_server.payments.gateways.cash import CashGateway
from queue_server.payments.gateways.choice import make_gateways
from queue_server.payments.gateways.insurance import SettledGateway
from queue_server.payments.http_insurance import HttpInsurance
from queue_server.payments.insurance_office import InsuranceOffice
from queue_server.payments.notice_routes import make_notice_router
from queue_server.payments.notices import NoticeDesk
from queue_server.payments.receipt_clerk import ReceiptClerk
from queue_server.payments.receipt_shelf import ReceiptShelf
from queue_server.payments.step_store import JournalSteps
from queue_server.payments.sweeper import Sweeper
from queue_server.payments.terms import ChangeGoes, Channel
from queue_server.records.agreements import Agreements
from queue_server.records.sheets import Sheets
from queue_server.records.wards import Wards
from queue_server.rules.terms import PatientId, SiteId
from queue_server.service.copy_desk import CopyDesk
from queue_server.service.deferral_desk import DeferralDesk
from queue_server.service.door import Door
from queue_server.service.inpatient_desk import InpatientDesk
from queue_server.service.insurance_desk import InsuranceDesk
from queue_server.service.payment_desk import DeskParts, PaymentDesk
from queue_server.service.receipt_view import ReceiptChecks

Keep = Callable[[Sequence[JournaledFact]], None]
_log = logging.getLogger(__name__)


class PayingError(Exception):
    """Payments can't be started; the sentence says which key is wrong."""


class Counter(Sheets, Booking, Protocol):
    """The hospital's own counter: says what is owed, and books what is paid."""


class Credit(Agreements, Releasing, Protocol):
    """The hospital's own system: says who may pay later, and lets him go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PayingParts:
    """What payments are made of; bootstrap chooses them."""

    configuration: PaymentsConfiguration
    journal: Journal
    keep: Keep
    """Has the journal's one writer write facts; returns when they are on the disk."""
    counter: Counter
    wards: Wards | None
    """The inpatient system; None: nothing about stays is done here."""
    id_number_of: Callable[[PatientId], str | None]
    """The ID number that the hospital has of a patient; an insurance code has to be his."""
    credit: Credit | None = None
    """With whom was agreed that he pays later; None: with nobody."""
    door: Door
    site: SiteId
    checks: ReceiptChecks
    clock: Callable[[], datetime]
    """The real time: gateways sign with it."""
    day_of: Callable[[datetime], date]
    new_id: Callable[[], str]
    fatal: Callable[[Exception], None]


class Paying:
    """Takes payments while the queue service runs: `start()` after it, `stop()` before it ends.

    Raises:
        PayingError: a key of the configuration is no key.
    """

    def __init__(self, parts: PayingParts) -> None:
        try:
            self.gateways = make_gateways(parts.configuration, parts.clock)
        except ValueError as error:
            raise PayingError(str(error)) from None
        cash = parts.configuration.cash
        channels: dict[Channel, Gateway] = dict(self.gateways)
        if cash is not None:
            channels[Channel.CASH] = CashGateway()
        if parts.configuration.insurance is not None:
            channels[Channel.INSURANCE] = SettledGateway()
        self.store = JournalSteps(parts.journal, parts.keep)
        self.cashier = Cashier(
            CashierParts(
                store=self.store,
                gateways=channels,
                booking=parts.counter,
                clock=parts.clock,
                day_of=parts.day_of,
                new_id=parts.new_id,
                title=parts.configuration.title,
                asks_platform=parts.configuration.platform is not None,
                changed=self._changed,
                change_goes=ChangeGoes.DESK if cash is None else cash.change_goes,
            )
        )
        self._fatal = parts.fatal
        self._notices = NoticeDesk(self.cashier, self.gateways, parts.clock)
        self.office = _office(parts, self.cashier)
        self.insurance = _insurance(parts, self.cashier)
        offices = [one for one in (self.office, self.insurance) if one is not None]
        self._sweeper = Sweeper(self.cashier, parts.clock, parts.fatal, offices)
        self._clerk = _clerk(parts, self.cashier)
        offered = tuple(one for one in channels if one is not Channel.INSURANCE)
        shelf = ReceiptShelf(parts.journal)
        self.copies = CopyDesk(cashier=self.cashier, shelf=shelf, channels=offered)
        self.desk = PaymentDesk(
            DeskParts(
                cashier=self.cashier,
                channels=offered,
                change_max=NOTHING if cash is None else cash.change_max,
                sheets=parts.counter,
                inpatients=_inpatients(parts),
                deferrals=_deferrals(parts, self.office),
                insurance=_insurance_desk(parts, self.cashier, self.insurance),
                checks=parts.checks,
                door=parts.door,
                site=parts.site,
                clock=parts.clock,
                fatal=parts.fatal,
            )
        )

    def start(self) -> None:
        """Begin to look after what is open."""
        self._sweeper.start()
        if self._clerk is not None:
            self._clerk.start()

    def stop(self) -> None:
        """Finish what is being asked of gateways; what is open then, the journal knows."""
        self._sweeper.stop()
        if self._clerk is not None:
            self._clerk.stop()
        self.desk.close()

    def notice_router(self) -> APIRouter:
        """Return the routes for the gateways' callbacks."""
        return make_notice_router(self._notices, self._fatal)

    def _changed(self, attempt: Attempt) -> None:
        _log.info("payment %s is %s", attempt.id, attempt.state)
        self.desk.changed(attempt)
        if self._clerk is not None:
            self._clerk.wake()


def _inpatients(parts: PayingParts) -> InpatientDesk | None:
    if parts.wards is None:
        return None
    return InpatientDesk(
        wards=parts.wards,
        shelf=ReceiptShelf(parts.journal),
        policy=parts.configuration.deposit,
        today=lambda: parts.day_of(parts.clock()),
    )


def _office(parts: PayingParts, cashier: Cashier) -> CreditOffice | None:
    if parts.credit is None:
        return None
    return CreditOffice(cashier.keeper, parts.credit, parts.clock)


def _deferrals(parts: PayingParts, office: CreditOffice | None) -> DeferralDesk | None:
    if parts.credit is None or office is None:
        return None
    return DeferralDesk(
        office=office,
        agreements=parts.credit,
        today=lambda: parts.day_of(parts.clock()),
    )


def _insurance(parts: PayingParts, cashier: Cashier) -> InsuranceOffice | None:
    configuration = parts.configuration.insurance
    if configuration is None:
        return None
    return InsuranceOffice(
        cashier.keeper,
        HttpInsurance(configuration, parts.clock, parts.new_id),
        parts.clock,
        lambda charges: cashier.begin(charges, Channel.INSURANCE, by="insurance"),
    )


def _insurance_desk(
    parts: PayingParts, cashier: Cashier, office: InsuranceOffice | None
) -> InsuranceDesk | None:
    if office is None:
        return None
    return InsuranceDesk(office=office, cashier=cashier, id_number_of=parts.id_number_of)


def _clerk(parts: PayingParts, cashier: Cashier) -> ReceiptClerk | None:
    platform = parts.configuration.platform
    if platform is None:
        return None
    asked = HttpFinancePlatform(platform, parts.clock, parts.new_id)
    return ReceiptClerk(cashier.keeper, asked, parts.clock, parts.fatal)
