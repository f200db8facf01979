"""The sandbox's finance platform over HTTP: for the hospital, for whoever verifies, for a test."""

import asyncio
import hmac
import json
from html import escape
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from queue_server.payments.sandbox.control_routes import FaultBody
from queue_server.payments.sandbox.faults import Fault, FaultKind, Operation
from queue_server.payments.sandbox.finance_platform import (
    FinancePlatform,
    Registered,
    RegisterRefused,
)
from queue_server.payments.sandbox.provider import CutOff

_SIGNATURE_HEADER: Final = "X-Signature"
_CODE: Final = "11060126"


def make_platform_router(platform: FinancePlatform) -> APIRouter:
    """Return the platform's routes, its page to verify, and its control API."""
    router = APIRouter()

    @router.post("/receipt-platform/register", include_in_schema=False)
    async def register(request: Request) -> Response:
        return await _answered(platform, Operation.REGISTER, await request.body(), request)

    @router.post("/receipt-platform/find", include_in_schema=False)
    async def find(request: Request) -> Response:
        return await _answered(platform, Operation.FIND, await request.body(), request)

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


async def _answered(
    platform: FinancePlatform, operation: Operation, body: bytes, request: Request
) -> Response:
    """Do what is asked, with the fault that waits for it, if there is one."""
    given = request.headers.get(_SIGNATURE_HEADER, "").encode()
    if not hmac.compare_digest(given, platform.signature(body).encode()):
        return Response(status_code=401)
    asked: dict[str, Any] = json.loads(body)
    if asked["app_id"] != platform.app_id:
        return Response(status_code=401)
    fault = platform.faults.strike(operation) or Fault(on=operation, do=FaultKind.DELAY)
    if fault.do is FaultKind.LOSE_REQUEST:
        return CutOff()
    if fault.do is FaultKind.SERVER_ERROR:
        return Response("the platform has a bad day", status_code=502)
    if fault.do is FaultKind.REFUSE:
        status, said = 409, {"code": "REFUSED"}
    else:
        status, said = _done(platform, operation, asked)
    if fault.do is FaultKind.LOSE_REPLY:
        return CutOff()
    await asyncio.sleep(fault.seconds)
    answer = json.dumps({"ask_id": asked["ask_id"], **said}).encode()
    signature = platform.signature(answer + (b"!" if fault.do is FaultKind.BAD_SIGNATURE else b""))
    return Response(
        answer,
        status_code=status,
        media_type="application/json",
        headers={_SIGNATURE_HEADER: signature},
    )


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
