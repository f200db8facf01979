"""`/api/report`: the figures of a clinic day, for the page and as a file.

They are counted in a thread: neither pages nor calls wait for them.
"""

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, Query, Request, Response

from queue_server.report.absence_csv import absence_csv
from queue_server.report.report_csv import report_csv
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import AreaId, QueueId, RefusalCode
from queue_server.service.setup import Setup
from queue_server.web.desk import Desk
from queue_server.web.json_answer import JsonAnswer
from queue_server.web.language import language_of
from queue_server.web.report_view import DayReports, ReportView, report_view
from queue_server.web.users import REPORT_READERS, Role, User

DayAsked = Annotated[str | None, Query(pattern=r"^\d{4}-\d{2}-\d{2}$")]
"""The running day by default."""
AreaAsked = Annotated[str | None, Query(pattern=r"^[a-z0-9-]{1,64}$")]
"""All of the reader's areas by default."""


class _Asked(NamedTuple):
    """Who asks for a file, and about what."""

    user: User
    day_on: str | None
    area: str | None


def make_router(desk: Desk) -> APIRouter:
    """Return the routes of the report."""
    router = APIRouter(prefix="/api/report", tags=["report"])
    reader = Depends(desk.access.one_of(REPORT_READERS))
    reports = DayReports(desk.service)

    @router.get("", response_model=ReportView)
    async def view(
        user: Annotated[User, reader], day_on: DayAsked = None, area: AreaAsked = None
    ) -> JsonAnswer:
        """Return the figures of a clinic day, of the reader's own queues."""
        setup, day = desk.service.setup, _day(day_on, desk.service.now.day_on)
        only = _queues(setup, user, area)

        def counted() -> ReportView:
            report = reports.report(day, only)
            return report_view(setup, report, reports.days(), _areas(setup, user), area or "")

        return JsonAnswer(await asyncio.to_thread(counted))

    @router.get("/export", response_class=Response)
    async def export(
        request: Request,
        user: Annotated[User, reader],
        day_on: DayAsked = None,
        area: AreaAsked = None,
    ) -> Response:
        """Return the same figures as a CSV file in the reader's language."""
        return await file(_Asked(user, day_on, area), request, "report", report_csv)

    @router.get("/absences", response_class=Response)
    async def absences(
        request: Request,
        user: Annotated[User, reader],
        day_on: DayAsked = None,
        area: AreaAsked = None,
    ) -> Response:
        """Return when doctors were late, away, pausing or stopped, as a CSV file."""
        return await file(_Asked(user, day_on, area), request, "absences", absence_csv)

    async def file(
        asked: _Asked, request: Request, name: str, write: Callable[..., str]
    ) -> Response:
        setup, day = desk.service.setup, _day(asked.day_on, desk.service.now.day_on)
        only, language = _queues(setup, asked.user, asked.area), language_of(request)
        text = await asyncio.to_thread(
            lambda: write(reports.report(day, only), setup.site, language)
        )
        return Response(
            text,
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}-{day}.csv"'},
        )

    return router


def _areas(setup: Setup, user: User) -> list[AreaId]:
    if user.role is Role.ADMINISTRATOR:
        return [area.id for area in setup.site.areas]
    return list(user.areas)


def _queues(setup: Setup, user: User, area: str | None) -> frozenset[QueueId] | None:
    """Return the queues that the report is about; None: all, those of former days among them."""
    if area is not None and area not in _areas(setup, user):
        raise Refused(RefusalCode.NOT_ALLOWED)
    of_area = None
    if area is not None:
        of_area = frozenset(queue.id for queue in setup.queues_of(AreaId(area)))
    if user.role is Role.ADMINISTRATOR:
        return of_area
    return user.queues if of_area is None else user.queues & of_area


def _day(asked: str | None, running: date) -> date:
    """Return the clinic day that is asked for; the running one by default."""
    if asked is None:
        return running
    try:
        return date.fromisoformat(asked)
    except ValueError as error:
        raise Refused(RefusalCode.BAD_REQUEST, detail="day_on: no such day") from error
