"""Reports and receipts on paper: a kiosk fetches a released one, once."""

import asyncio
import hmac
import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.responses import Response

from queue_server.contract.report_messages import REPORT_PATH
from queue_server.documents.receipt_maker import ReceiptMaker
from queue_server.documents.report_maker import ReportMaker
from queue_server.documents.typesetter import DocumentError
from queue_server.service.report_facts import ReportFetched
from queue_server.service.report_state import Release, ReleasedReceipt
from queue_server.service.reporting import digest_of
from queue_server.web.desk import ANSWER_WITHIN_S, Desk
from queue_server.web.problems import Problem, ProblemCode

_Id = Annotated[str, StringConstraints(max_length=64)]
_log = logging.getLogger(__name__)


class ReleasedReport(BaseModel):
    """What a kiosk was given over MQTT."""

    model_config = ConfigDict(extra="forbid", strict=True)

    device: _Id
    release_id: _Id
    token: _Id


@dataclass(frozen=True, slots=True, kw_only=True)
class Makers:
    """Who makes what is printed; None: that is not printed here."""

    reports: ReportMaker | None
    receipts: ReceiptMaker | None


def make_router(desk: Desk, makers: Makers) -> APIRouter:
    """Return the route where kiosks fetch documents."""
    router = APIRouter()
    being_fetched: set[str] = set()
    """Between the look at the day and the commit nobody else may have the same one."""

    @router.post(REPORT_PATH, response_class=Response)
    async def fetch(body: ReleasedReport) -> Response:
        """Return a released report or receipt as a PDF; the second time there is none."""
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
        return await _made(desk, makers, release)

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


async def _made(desk: Desk, makers: Makers, release: Release) -> Response:
    try:
        pdf = await asyncio.to_thread(_document, makers, release, desk.service.clock())
    except DocumentError as error:
        _log.error("a document can't be made: %s", error)
        raise Problem(ProblemCode.SERVER_ERROR) from None
    return Response(pdf, media_type="application/pdf")


def _document(makers: Makers, release: Release, at: datetime) -> bytes:
    document = release.document
    if isinstance(document, ReleasedReceipt):
        if makers.receipts is None:
            raise DocumentError("receipts are not printed here any more")
        return makers.receipts.make(document.number, release.device, at, is_copy=document.is_copy)
    if makers.reports is None:
        raise DocumentError("reports are not printed here any more")
    return makers.reports.make(document, release.device, at)
