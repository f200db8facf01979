"""Reports on paper: a kiosk fetches a released one, once; anybody verifies a printed page."""

import asyncio
import hmac
import logging
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.responses import HTMLResponse, Response

from queue_server.contract.report_messages import REPORT_PATH
from queue_server.documents.report_maker import VERIFY_PATH, ReportMaker
from queue_server.documents.typesetter import DocumentError
from queue_server.records.records import Patient
from queue_server.records.reports import Report
from queue_server.rules.masking import mask
from queue_server.rules.terms import Language
from queue_server.service.report_facts import ReportFetched
from queue_server.service.report_state import Release
from queue_server.service.reporting import digest_of
from queue_server.web.desk import ANSWER_WITHIN_S, Desk
from queue_server.web.language import language_of
from queue_server.web.pages import Pages
from queue_server.web.problems import Problem, ProblemCode

_Id = Annotated[str, StringConstraints(max_length=64)]
_log = logging.getLogger(__name__)


class ReleasedReport(BaseModel):
    """What a kiosk was given over MQTT."""

    model_config = ConfigDict(extra="forbid", strict=True)

    device: _Id
    release_id: _Id
    token: _Id


def make_router(desk: Desk, maker: ReportMaker, pages: Pages) -> APIRouter:
    """Return the routes about reports."""
    router = APIRouter()
    being_fetched: set[str] = set()
    """Between the look at the day and the commit nobody else may have the same one."""

    @router.post(REPORT_PATH, response_class=Response)
    async def fetch(body: ReleasedReport) -> Response:
        """Return a released report as a PDF; the second time there is none."""
        if body.release_id in being_fetched:
            raise Problem(ProblemCode.RELEASE_OVER)
        release = _release(desk, body)
        being_fetched.add(body.release_id)
        try:
            fetched = desk.service.note(ReportFetched(release_id=body.release_id), by=body.device)
            async with asyncio.timeout(ANSWER_WITHIN_S):
                await asyncio.wrap_future(fetched)
        except TimeoutError:
            raise Problem(ProblemCode.NO_ANSWER) from None
        finally:
            being_fetched.discard(body.release_id)
        return await _made(desk, maker, release)

    @router.get(f"{VERIFY_PATH}/{{report_id}}/{{code}}", include_in_schema=False)
    async def verify(request: Request, report_id: str, code: str) -> Response:
        found = await asyncio.to_thread(maker.verified, report_id, code)
        return _verified(pages, maker, found, language_of(request))

    return router


def _release(desk: Desk, body: ReleasedReport) -> Release:
    """Return what may be fetched now, by this device, with this token."""
    release = desk.service.now.report_desk.releases.get(body.release_id)
    if (
        release is None
        or release.device != body.device
        or not hmac.compare_digest(release.token_digest, digest_of(body.token))
        or release.is_fetched
        or release.expires_at < desk.service.clock()
    ):
        raise Problem(ProblemCode.RELEASE_OVER)
    return release


async def _made(desk: Desk, maker: ReportMaker, release: Release) -> Response:
    try:
        pdf = await asyncio.to_thread(
            maker.make, release.report_id, release.device, desk.service.clock()
        )
    except DocumentError as error:
        _log.error("a report can't be made: %s", error)
        raise Problem(ProblemCode.SERVER_ERROR) from None
    return Response(pdf, media_type="application/pdf")


def _verified(
    pages: Pages, maker: ReportMaker, found: tuple[Report, Patient] | None, language: Language
) -> HTMLResponse:
    is_chinese = language is Language.CHINESE
    site = maker.site
    texts = {"hospital": site.name_zh if is_chinese else site.name_en}
    if found is None:
        return pages.filled("verify_none", language, texts, status=404)
    report, patient = found
    assert report.content is not None
    texts |= {
        "title": report.title_zh if is_chinese else report.title_en,
        "reported": f"{report.content.reported_at:%Y-%m-%d %H:%M}",
        "masked": mask(patient.full_name.reveal()),
        "number": report.report_id,
    }
    return pages.filled("verify", language, texts)
