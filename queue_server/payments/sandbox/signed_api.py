"""How the sandbox's platforms answer: signed with a shared secret, with the fault that waits."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any, Final, Protocol

from fastapi import Request
from starlette.responses import Response

from queue_server.payments.sandbox.faults import Fault, FaultKind, Faults, Operation
from queue_server.payments.sandbox.provider import CutOff

_SIGNATURE_HEADER: Final = "X-Signature"
Done = Callable[[dict[str, Any]], tuple[int, dict[str, Any]]]
"""What a platform does when it is asked: status and answer."""


class Signing(Protocol):
    """A platform that shares a secret with the hospital."""

    @property
    def app_id(self) -> str:
        """The hospital, as the platform knows it."""

    @property
    def secret(self) -> str:
        """What both sign with."""

    @property
    def faults(self) -> Faults:
        """What goes wrong."""


def signature(secret: str, body: bytes) -> str:
    """Return what proves that a body comes from one who has the secret."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


async def answered(
    platform: Signing, operation: Operation, request: Request, done: Done
) -> Response:
    """Do what is asked, with the fault that waits for it, if there is one."""
    body = await request.body()
    given = request.headers.get(_SIGNATURE_HEADER, "").encode()
    if not hmac.compare_digest(given, signature(platform.secret, body).encode()):
        return Response(status_code=401)
    asked: dict[str, Any] = json.loads(body)
    if asked["app_id"] != platform.app_id:
        return Response(status_code=401)
    fault = platform.faults.strike(operation) or Fault(on=operation, do=FaultKind.DELAY)
    if fault.do is FaultKind.LOSE_REQUEST:
        return CutOff()
    if fault.do is FaultKind.SERVER_ERROR:
        return Response("the platform has a bad day", status_code=502)
    status, said = (409, {"code": "REFUSED"}) if fault.do is FaultKind.REFUSE else done(asked)
    if fault.do is FaultKind.LOSE_REPLY:
        return CutOff()
    await asyncio.sleep(fault.seconds)
    answer = json.dumps({"ask_id": asked["ask_id"], **said}).encode()
    forged = b"!" if fault.do is FaultKind.BAD_SIGNATURE else b""
    return Response(
        answer,
        status_code=status,
        media_type="application/json",
        headers={_SIGNATURE_HEADER: signature(platform.secret, answer + forged)},
    )
