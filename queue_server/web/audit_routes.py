"""`/api/audit`: the audit list for administrator and auditor, and as a file."""

import asyncio
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import StreamingResponse

from queue_server.rules.refusals import Refused
from queue_server.rules.terms import RefusalCode
from queue_server.service.audit_facts import AuditRead
from queue_server.web.audit_csv import audit_csv
from queue_server.web.audit_list import AuditList, AuditPage
from queue_server.web.bodies import AuditAsked
from queue_server.web.desk import Desk
from queue_server.web.json_answer import JsonAnswer
from queue_server.web.language import language_of
from queue_server.web.users import User


def make_router(desk: Desk) -> APIRouter:
    """Return the routes of the audit list. What is asked stands in the body, not in an address."""
    router = APIRouter(prefix="/api/audit", tags=["audit"])
    auditor = Depends(desk.access.auditor)
    audit_list = AuditList(desk.service, desk.users)

    @router.post("", response_model=AuditPage)
    async def page(
        request: Request, body: AuditAsked, user: Annotated[User, auditor]
    ) -> JsonAnswer:
        """Return a page of the list of one clinic day, the latest row first."""
        day_on = _day(body, desk.service.now.day_on)
        await desk.audit(request, user, AuditRead(day_on=day_on, is_export=False))
        return JsonAnswer(await asyncio.to_thread(audit_list.page, body, day_on))

    @router.post("/export", response_class=StreamingResponse)
    async def export(
        request: Request, body: AuditAsked, user: Annotated[User, auditor]
    ) -> StreamingResponse:
        """Return everything that is asked for as a CSV file in the reader's language."""
        day_on, language = _day(body, desk.service.now.day_on), language_of(request)
        await desk.note(user, AuditRead(day_on=day_on, is_export=True))
        lines = audit_list.everything(body, day_on)
        return StreamingResponse(
            audit_csv(day_on.isoformat(), lines, language),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="audit-{day_on}.csv"'},
        )

    return router


def _day(asked: AuditAsked, running: date) -> date:
    """Return the clinic day that is asked for; the running one by default."""
    if asked.day_on is None:
        return running
    try:
        return date.fromisoformat(asked.day_on)
    except ValueError as error:
        raise Refused(RefusalCode.BAD_REQUEST, detail="day_on: no such day") from error
