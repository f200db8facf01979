"""The sandbox's medical insurance over HTTP: for the hospital, and for a test."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from queue_server.payments.sandbox.control_routes import FaultBody
from queue_server.payments.sandbox.faults import Fault, Operation
from queue_server.payments.sandbox.insurance import Insurance, Settled, SettlementRefused
from queue_server.payments.sandbox.signed_api import Done, answered


def make_insurance_router(insurance: Insurance) -> APIRouter:
    """Return the insurance's routes, and its control API."""
    router = APIRouter()
    for path, operation, done in (
        ("ec.query", Operation.EC_QUERY, _query),
        ("2206", Operation.PRE_SETTLE, _pre_settle),
        ("2207", Operation.SETTLE, _settle),
        ("5203", Operation.SETTLE_QUERY, _find),
        ("2208", Operation.UNDO, _undo),
    ):
        router.add_api_route(
            f"/insurance/{path}",
            _route(insurance, operation, done),
            methods=["POST"],
            include_in_schema=False,
        )

    @router.get("/control/insurance/settlements", tags=["control"])
    async def settlements() -> list[dict[str, Any]]:
        return [
            {"number": one.number, "fen": sum(one.covered.values()), "is_undone": one.is_undone}
            for one in insurance.settled.values()
        ]

    @router.post("/control/insurance/faults", status_code=204, tags=["control"])
    async def add(fault: FaultBody) -> None:
        insurance.faults.add(Fault(**fault.model_dump()))

    return router


def _route(
    insurance: Insurance, operation: Operation, done: Callable[[Insurance, dict[str, Any]], Any]
) -> Callable[[Request], Any]:
    async def route(request: Request) -> Response:
        return await answered(insurance, operation, request, _refusable(insurance, done))

    return route


def _refusable(
    insurance: Insurance, done: Callable[[Insurance, dict[str, Any]], dict[str, Any]]
) -> Done:
    def answer(asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        try:
            return 200, done(insurance, asked)
        except SettlementRefused as refused:
            return 409, {"code": refused.code}

    return answer


def _query(insurance: Insurance, asked: dict[str, Any]) -> dict[str, Any]:
    return dict(insurance.query(asked["ecCode"]))


def _pre_settle(insurance: Insurance, asked: dict[str, Any]) -> dict[str, Any]:
    return _details(insurance.would_pay(asked["ecToken"], asked["feedetail"]))


def _settle(insurance: Insurance, asked: dict[str, Any]) -> dict[str, Any]:
    return _told(insurance.settle(asked["number"], asked["ecToken"], asked["feedetail"]))


def _find(insurance: Insurance, asked: dict[str, Any]) -> dict[str, Any]:
    found = insurance.find(asked["number"])
    return {"setl_id": None} if found is None else _told(found)


def _undo(insurance: Insurance, asked: dict[str, Any]) -> dict[str, Any]:
    insurance.undo(asked["number"])
    return {}


def _told(one: Settled) -> dict[str, Any]:
    return {"setl_id": one.transaction, **_details(one.covered)}


def _details(covered: Any) -> dict[str, Any]:
    return {"feedetail": [{"feedetl_sn": key, "fund_fen": fen} for key, fen in covered.items()]}
