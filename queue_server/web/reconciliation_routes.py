"""`/api/payments`: a day's bills and cash boxes against the books, and files of the day."""

import asyncio
from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from queue_server.paying import Paying
from queue_server.payments.bookkeeper import read_books
from queue_server.payments.gateway import GatewaySilent
from queue_server.payments.receipt_csv import receipts_csv
from queue_server.payments.reconciliation import Reconciliation
from queue_server.payments.reconciliation_csv import differences_csv
from queue_server.payments.reconciling import cash_day, receipt_numbers, reconcile_day
from queue_server.service.clinic_day import local_time
from queue_server.web.desk import Desk
from queue_server.web.json_answer import JsonAnswer
from queue_server.web.payment_view import ReconciliationView, reconciliation_view
from queue_server.web.users import User


class DayAsked(BaseModel):
    """Which day is to be compared."""

    model_config = ConfigDict(extra="forbid")

    day_on: date


def make_router(desk: Desk, paying: Paying) -> APIRouter:
    """Return the routes of the lower part of the cashier's page."""
    router = APIRouter(prefix="/api/payments", tags=["payments"])
    looks = Depends(desk.access.money)
    local = partial(local_time, desk.service.setup.site)

    def compared(day_on: date) -> Sequence[Reconciliation]:
        return reconcile_day(paying.store, paying.gateways, day_on)

    @router.post("/reconcile", response_model=ReconciliationView)
    async def reconcile(body: DayAsked, _user: Annotated[User, looks]) -> JsonAnswer:
        """Compare the gateways' bills and the cash boxes of a day with the books."""
        cash = await asyncio.to_thread(cash_day, paying.store, body.day_on)
        found: Sequence[Reconciliation] | None
        try:
            found = await asyncio.to_thread(compared, body.day_on)
        except GatewaySilent:
            found = None
        return JsonAnswer(reconciliation_view(body.day_on.isoformat(), found, cash, local))

    @router.post("/export", response_class=Response)
    async def export(body: DayAsked, _user: Annotated[User, looks]) -> Response:
        """Return the differences of a day as a CSV file; 204: the bills are not there yet."""
        try:
            found = await asyncio.to_thread(compared, body.day_on)
        except GatewaySilent:
            return Response(status_code=204)
        every = [difference for one in found for difference in one.differences]
        numbers = await asyncio.to_thread(receipt_numbers, paying.store, body.day_on)
        cash = await asyncio.to_thread(cash_day, paying.store, body.day_on)
        text = differences_csv(
            body.day_on, every, lambda attempt: numbers.get(attempt, ()), cash.boxes
        )
        return _csv(text, f"differences-{body.day_on}.csv")

    @router.post("/receipts", response_class=Response)
    async def receipts(body: DayAsked, _user: Annotated[User, looks]) -> Response:
        """Return the receipts that were issued on a day as a CSV file."""
        books = await asyncio.to_thread(read_books, paying.store, body.day_on)
        found = () if books is None else books.receipt_book.receipts.values()
        text = receipts_csv(body.day_on, found, local)
        return _csv(text, f"receipts-{body.day_on}.csv")

    return router


def _csv(text: str, name: str) -> Response:
    return Response(
        text,
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
