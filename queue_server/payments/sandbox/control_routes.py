"""The control API of the sandbox: faults, payments by hand, and what the bank has."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, HTTPException
from pydantic import BaseModel, ConfigDict, Field

from queue_server.payments.sandbox.bank import BankRefused, Trade
from queue_server.payments.sandbox.faults import Fault, FaultKind, Operation
from queue_server.payments.sandbox.sandbox import Sandbox
from queue_server.payments.terms import Channel


class FaultBody(BaseModel):
    """A fault to switch on."""

    model_config = ConfigDict(extra="forbid")

    on: Operation
    do: FaultKind
    times: Annotated[int, Field(ge=1, le=1000)] = 1
    seconds: Annotated[float, Field(ge=0, le=60)] = 0


def make_control_router(sandbox: Sandbox) -> APIRouter:
    """Return the routes below `/control/<channel>`."""
    router = APIRouter(prefix="/control/{channel}", tags=["control"])

    @router.post("/faults", status_code=204)
    async def add(channel: Channel, fault: FaultBody) -> None:
        sandbox.providers[channel].faults.add(Fault(**fault.model_dump()))

    @router.get("/faults")
    async def waiting(channel: Channel) -> list[Fault]:
        return list(sandbox.providers[channel].faults.waiting())

    @router.delete("/faults", status_code=204)
    async def clear(channel: Channel) -> None:
        sandbox.providers[channel].faults.clear()

    @router.get("/trades")
    async def trades(channel: Channel) -> list[dict[str, Any]]:
        return [_told(trade) for trade in sandbox.providers[channel].bank.trades.values()]

    @router.post("/trades/{number}/pay")
    async def pay(
        channel: Channel, number: str, fen: Annotated[int | None, Body(embed=True)] = None
    ) -> dict[str, Any]:
        try:
            return _told(sandbox.pay(channel, number, fen=fen))
        except BankRefused as refused:
            raise HTTPException(409, refused.code) from refused

    @router.post("/trades/{number}/decline")
    async def decline(channel: Channel, number: str) -> dict[str, Any]:
        provider = sandbox.providers[channel]
        try:
            return _told(provider.bank.decline(number, provider.clock()))
        except BankRefused as refused:
            raise HTTPException(409, refused.code) from refused

    return router


def _told(trade: Trade) -> dict[str, Any]:
    return {
        "number": trade.number,
        "state": trade.state,
        "fen": trade.fen,
        "paid_fen": trade.paid_fen,
        "refunded_fen": trade.refunded_fen,
        "transaction": trade.transaction,
        "token": trade.token,
    }
