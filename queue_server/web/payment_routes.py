"""`/api/payments`: the cashier's page. An administrator may look; only a cashier gives back."""

import asyncio
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from queue_server.paying import Paying
from queue_server.payments.fen import Fen
from queue_server.payments.steps import ReturnedPart
from queue_server.payments.terms import AttemptId, ChargeId, ClaimId
from queue_server.rules.terms import DeviceId, PatientId
from queue_server.service.clinic_day import local_time
from queue_server.web.claim_view import claim_rows
from queue_server.web.deferral_view import put_off_view
from queue_server.web.desk import Desk
from queue_server.web.json_answer import JsonAnswer
from queue_server.web.payment_view import (
    BesidePayments,
    PaymentsView,
    payments_view,
)
from queue_server.web.problems import Problem, ProblemCode
from queue_server.web.users import User


class PartAsked(BaseModel):
    """What goes back of a charge."""

    model_config = ConfigDict(extra="forbid")

    charge: Annotated[str, Field(min_length=1, max_length=64)]
    fen: Annotated[int, Field(ge=1)]


class RefundAsked(BaseModel):
    """Why money is given back, and what of it."""

    model_config = ConfigDict(extra="forbid")

    why: Annotated[str, Field(min_length=1, max_length=200)]
    parts: Annotated[list[PartAsked], Field(max_length=200)] = []
    """None: all that is left."""


class BoxCounted(BaseModel):
    """What two people have counted in a box, in yuan."""

    model_config = ConfigDict(extra="forbid")

    counted: Annotated[str, Field(pattern=r"^[0-9]{1,7}(\.[0-9]{1,2})?$")]


def make_router(desk: Desk, paying: Paying) -> APIRouter:
    """Return the routes of the upper part of the cashier's page: payments and cash."""
    router = APIRouter(prefix="/api/payments", tags=["payments"])
    looks, acts = Depends(desk.access.money), Depends(desk.access.cashier)

    view = partial(_view, desk, paying)

    @router.get("", response_model=PaymentsView)
    async def payments(_user: Annotated[User, looks]) -> JsonAnswer:
        """Return the payments of the running day."""
        return JsonAnswer(await asyncio.to_thread(view))

    @router.post("/refund/{attempt}", response_model=PaymentsView)
    async def refund(attempt: str, body: RefundAsked, user: Annotated[User, acts]) -> JsonAnswer:
        """Give a payment back, or parts of it, and return how it stands."""
        number = AttemptId(attempt)
        parts = [ReturnedPart(charge=ChargeId(one.charge), fen=one.fen) for one in body.parts]
        refund = partial(paying.cashier.refund, number, why=body.why, by=user.by, parts=parts)
        await asyncio.to_thread(refund)
        return JsonAnswer(await asyncio.to_thread(view))

    @router.post("/hand_out/{attempt}", response_model=PaymentsView)
    async def hand_out(attempt: str, user: Annotated[User, acts]) -> JsonAnswer:
        """Note that a patient has got the cash that was kept for him; it goes out once."""
        number = AttemptId(attempt)
        await asyncio.to_thread(paying.cashier.till.hand_out, number, by=user.by)
        return JsonAnswer(await asyncio.to_thread(view))

    @router.post("/empty/{device}", response_model=PaymentsView)
    async def empty(device: str, body: BoxCounted, user: Annotated[User, acts]) -> JsonAnswer:
        """Note that the cash box of a kiosk has been emptied, and what was counted in it."""
        till, counted = paying.cashier.till, Fen.from_yuan(body.counted)
        await asyncio.to_thread(till.empty, DeviceId(device), counted, by=user.by)
        return JsonAnswer(await asyncio.to_thread(view))

    @router.post("/undone/{claim}", response_model=PaymentsView)
    async def undone(claim: str, user: Annotated[User, acts]) -> JsonAnswer:
        """Note that the insurance pays nothing of a claim any more: a person has seen to it."""
        office = paying.insurance
        note = partial(office.undone_by_hand, ClaimId(claim), by=user.by) if office else None
        if note is None or not await asyncio.to_thread(note):
            raise Problem(ProblemCode.CLAIM_NOT_STUCK)
        return JsonAnswer(await asyncio.to_thread(view))

    return router


def _view(desk: Desk, paying: Paying) -> PaymentsView:
    service, cashier, office = desk.service, paying.cashier, paying.office

    def name_of(patient: PatientId) -> str:
        return service.now.masked_names.get(patient, "")

    local = partial(local_time, service.setup.site)
    sums = () if office is None else office.open_sums()
    stuck = () if paying.insurance is None else paying.insurance.stuck()
    return payments_view(
        cashier.attempts(),
        cashier.charges_of,
        cashier.receipts_of,
        name_of,
        local,
        beside=BesidePayments(
            boxes=cashier.till.boxes(),
            put_off=put_off_view(sums, name_of, local, cashier.today),
            claims=claim_rows(stuck, name_of, local),
        ),
    )
