"""Where the gateways' callbacks come in over HTTP."""

import asyncio
from collections.abc import Callable

from fastapi import APIRouter, HTTPException, Request
from starlette.responses import Response

from queue_server.journal.journal import JournalUnusable
from queue_server.payments.notices import BODY_BYTES_MAX, NoticeDesk
from queue_server.payments.terms import Channel


def make_notice_router(desk: NoticeDesk, fatal: Callable[[Exception], None]) -> APIRouter:
    """Return the routes `/payments/notice/<channel>`; nobody signs in there, signatures count.

    Args:
        desk: judges them.
        fatal: called when the journal can't be written: the process has to stop unanswered.
    """
    router = APIRouter(include_in_schema=False)

    @router.post("/payments/notice/{channel}")
    async def notice(channel: Channel, request: Request) -> Response:
        if channel not in desk.channels:
            raise HTTPException(404)
        body = await _body(request)
        try:
            verdict = await asyncio.to_thread(desk.take, channel, request.headers, body)
        except JournalUnusable as error:
            fatal(error)
            raise
        return Response(verdict.body, status_code=verdict.status, media_type=verdict.content_type)

    return router


async def _body(request: Request) -> bytes:
    """Read no more of a body than a callback may have."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES_MAX:
            raise HTTPException(413)
    return body
