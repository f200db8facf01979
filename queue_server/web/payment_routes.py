"""`/api/payments`: the cashier's page. An administrator may look; only a cashier gives back."""

import asyncio
from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from queue_server.paying import Paying
from queue_server.payments.bookkeeper import read_books
from queue_server.payments.gateway import GatewaySilent
from queue_server.payments.receipt_csv import receipts_csv
from queue_server.payments.reconciliation import Reconciliation
from queue_server.payments.reconciliation_csv import differences_csv
from queue_server.payments.reconciling import receipt_numbers, reconcile_day
from queue_server.payments.terms import AttemptId
from queue_server.rules.terms import DeviceId, PatientId
from queue_server.service.clinic_day import local_time
from queue_server.web.desk import Desk
from queue_server.web.json_answer import JsonAnswer
from queue_server.web.payment_view import (
    PaymentsView,
    ReconciliationView,
    payments_view,
    reconciliation_view,
)
from queue_server.web.users import User


class RefundAsked(BaseModel):
    """Why money is given back."""

    model_config = ConfigDict(extra="forbid")

    why: Annotated[str, Field(min_length=1, max_length=200)]


class DayAsked(BaseModel):
    """Which day is to be compared."""

    model_config = ConfigDict(extra="forbid")

    day_on: date


def make_router(  # noqa: C901 - one route after the other
    desk: Desk, paying: Paying
) -> APIRouter:
    """Return the routes of the cashier's page."""
    router = APIRouter(prefix="/api/payments", tags=["payments"])
    looks, acts = Depends(desk.access.money), Depends(desk.access.cashier)

    view = partial(_view, desk, paying)

    def compared(day_on: date) -> Sequence[Reconciliation]:
        return reconcile_day(paying.store, paying.gateways, day_on)

    @router.get("", response_model=PaymentsView)
    async def payments(_user: Annotated[User, looks]) -> JsonAnswer:
        """Return the payments of the running day."""
        return JsonAnswer(await asyncio.to_thread(view))

    @router.post("/refund/{attempt}", response_model=PaymentsView)
    async def refund(attempt: str, body: RefundAsked, user: Annotated[User, acts]) -> JsonAnswer:
        """Give all of a payment back, and return how it stands. Asked twice, it goes back once."""
        number = AttemptId(attempt)
        await asyncio.to_thread(paying.cashier.refund, number, why=body.why, by=user.by)
        return JsonAnswer(await asyncio.to_thread(view))

    @router.post("/hand_out/{attempt}", response_model=PaymentsView)
    async def hand_out(attempt: str, user: Annotated[User, acts]) -> JsonAnswer:
        """Note that a patient has got the cash that was kept for him; it goes out once."""
        number = AttemptId(attempt)
        await asyncio.to_thread(paying.cashier.till.hand_out, number, by=user.by)
        return JsonAnswer(await asyncio.to_thread(view))

    @router.post("/empty/{device}", response_model=PaymentsView)
    async def empty(device: str, user: Annotated[User, acts]) -> JsonAnswer:
        """Note that the cash box of a kiosk has been counted and emptied."""
        await asyncio.to_thread(paying.cashier.till.empty, DeviceId(device), by=user.by)
        return JsonAnswer(await asyncio.to_thread(view))

    @router.post("/reconcile", response_model=ReconciliationView)
    async def reconcile(body: DayAsked, _user: Annotated[User, looks]) -> JsonAnswer:
        """Compare the gateways' bills of a day with the books."""
        day = body.day_on.isoformat()
        try:
            found = await asyncio.to_thread(compared, body.day_on)
        except GatewaySilent:
            return JsonAnswer(ReconciliationView(day_on=day, is_there=False))
        return JsonAnswer(reconciliation_view(day, found))

    @router.post("/export", response_class=Response)
    async def export(body: DayAsked, _user: Annotated[User, looks]) -> Response:
        """Return the differences of a day as a CSV file; 204: the bills are not there yet."""
        try:
            found = await asyncio.to_thread(compared, body.day_on)
        except GatewaySilent:
            return Response(status_code=204)
        every = [difference for one in found for difference in one.differences]
        numbers = await asyncio.to_thread(receipt_numbers, paying.store, body.day_on)
        text = differences_csv(body.day_on, every, lambda attempt: numbers.get(attempt, ()))
        return _csv(text, f"differences-{body.day_on}.csv")

    @router.post("/receipts", response_class=Response)
    async def receipts(body: DayAsked, _user: Annotated[User, looks]) -> Response:
        """Return the receipts that were issued on a day as a CSV file."""
        books = await asyncio.to_thread(read_books, paying.store, body.day_on)
        found = () if books is None else books.receipt_book.receipts.values()
        text = receipts_csv(body.day_on, found, partial(local_time, desk.service.setup.site))
        return _csv(text, f"receipts-{body.day_on}.csv")

    return router


def _view(desk: Desk, paying: Paying) -> PaymentsView:
    service, cashier = desk.service, paying.cashier

    def name_of(patient: PatientId) -> str:
        return service.now.masked_names.get(patient, "")

    return payments_view(
        cashier.attempts(),
        cashier.charges_of,
        cashier.receipts_of,
        name_of,
        partial(local_time, service.setup.site),
        boxes=cashier.till.boxes(),
    )


def _csv(text: str, name: str) -> Response:
    return Response(
        text,
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
