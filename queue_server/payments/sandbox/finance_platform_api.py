"""The sandbox's finance platform over HTTP: for the hospital, for whoever verifies, for a test."""

from functools import partial
from html import escape
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from queue_server.payments.sandbox.control_routes import FaultBody
from queue_server.payments.sandbox.faults import Fault, Operation
from queue_server.payments.sandbox.finance_platform import (
    FinancePlatform,
    Registered,
    RegisterRefused,
)
from queue_server.payments.sandbox.signed_api import answered

_CODE: Final = "11060126"


def make_platform_router(platform: FinancePlatform) -> APIRouter:
    """Return the platform's routes, its page to verify, and its control API."""
    router = APIRouter()

    @router.post("/receipt-platform/register", include_in_schema=False)
    async def register(request: Request) -> Response:
        done = partial(_done, platform, Operation.REGISTER)
        return await answered(platform, Operation.REGISTER, request, done)

    @router.post("/receipt-platform/find", include_in_schema=False)
    async def find(request: Request) -> Response:
        done = partial(_done, platform, Operation.FIND)
        return await answered(platform, Operation.FIND, request, done)

    @router.get("/receipt-platform/verify/{number}/{check_code}", include_in_schema=False)
    async def verify(number: str, check_code: str) -> Response:
        found = platform.verify(number, check_code)
        said = "查无此票 no such receipt" if found is None else f"真 genuine {_yuan(found.fen)}"
        return HTMLResponse(f"<!doctype html><title>票据核验</title><h1>{escape(said)}</h1>")

    @router.get("/control/receipt-platform/receipts", tags=["control"])
    async def receipts() -> list[dict[str, Any]]:
        return [
            {"number": one.key, "reverses": one.reverses, "fen": one.fen, "official": one.number}
            for one in platform.receipts.values()
        ]

    @router.post("/control/receipt-platform/faults", status_code=204, tags=["control"])
    async def add(fault: FaultBody) -> None:
        platform.faults.add(Fault(**fault.model_dump()))

    return router


def _done(
    platform: FinancePlatform, operation: Operation, asked: dict[str, Any]
) -> tuple[int, dict[str, Any]]:
    if operation is Operation.FIND:
        found = platform.receipts.get(asked["number"])
        return 200, {"registration": None if found is None else _told(platform, found)}
    try:
        made = platform.register(asked["number"], asked["reverses"], asked["amount_fen"])
    except RegisterRefused as refused:
        return 409, {"code": refused.code}
    return 200, {"registration": _told(platform, made)}


def _told(platform: FinancePlatform, one: Registered) -> dict[str, str]:
    address = f"{platform.address}/receipt-platform/verify/{one.number}/{one.check_code}"
    return {
        "code": _CODE,
        "number": one.number,
        "check_code": one.check_code,
        "address": address if platform.address else "",
    }


def _yuan(fen: int) -> str:
    return "{}.{:02d}".format(*divmod(fen, 100))
