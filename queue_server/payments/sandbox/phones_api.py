"""The sandbox's message service over HTTP: for the hospital, and for a test."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from queue_server.payments.sandbox.control_routes import FaultBody
from queue_server.payments.sandbox.faults import Fault, Operation
from queue_server.payments.sandbox.phones import Phones
from queue_server.payments.sandbox.signed_api import answered


def make_phones_router(phones: Phones) -> APIRouter:
    """Return the message service's route, and its control API."""
    router = APIRouter()

    def deliver(asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        words = ("id", "phone_number", "text_zh", "text_en")
        phones.deliver({word: str(asked[word]) for word in words})
        return 200, {}

    @router.post("/messages/send", include_in_schema=False)
    async def send(request: Request) -> Response:
        return await answered(phones, Operation.SEND, request, deliver)

    @router.get("/control/phones/messages", tags=["control"])
    async def messages() -> list[dict[str, str]]:
        return list(phones.delivered.values())

    @router.post("/control/phones/faults", status_code=204, tags=["control"])
    async def add(fault: FaultBody) -> None:
        phones.faults.add(Fault(**fault.model_dump()))

    return router
