"""Whether a paper is genuine: what the QR codes of reports and receipts lead to, for anybody."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from queue_server.documents.receipt_maker import RECEIPT_PATH, ReceiptMaker, VerifiedReceipt
from queue_server.documents.report_maker import VERIFY_PATH, ReportMaker
from queue_server.payments.receipt import in_groups
from queue_server.records.records import Patient
from queue_server.records.reports import Report
from queue_server.rules.masking import mask
from queue_server.rules.terms import Language
from queue_server.service.clinic_day import local_time
from queue_server.site import Site
from queue_server.web.desk import Desk
from queue_server.web.language import language_of
from queue_server.web.pages import Pages
from queue_server.web.paper_routes import Makers


def make_router(desk: Desk, makers: Makers, pages: Pages) -> APIRouter:
    """Return the pages that verify what is made here."""
    router = APIRouter(include_in_schema=False)
    if makers.reports is not None:
        _add_report_page(router, makers.reports, pages)
    if makers.receipts is not None:
        _add_receipt_page(router, makers.receipts, pages, desk.service.clock)
    return router


def _add_report_page(router: APIRouter, maker: ReportMaker, pages: Pages) -> None:
    @router.get(f"{VERIFY_PATH}/{{report_id}}/{{code}}")
    async def verify(request: Request, report_id: str, code: str) -> Response:
        found = await asyncio.to_thread(maker.verified, report_id, code)
        return _report_page(pages, maker, found, language_of(request))


def _add_receipt_page(
    router: APIRouter, maker: ReceiptMaker, pages: Pages, clock: Callable[[], datetime]
) -> None:
    @router.get(f"{RECEIPT_PATH}/{{number}}/{{code}}")
    async def verify(request: Request, number: str, code: str) -> Response:
        found = await asyncio.to_thread(maker.verified, number, code, clock())
        return _receipt_page(pages, maker, found, language_of(request))


def _report_page(
    pages: Pages, maker: ReportMaker, found: tuple[Report, Patient] | None, language: Language
) -> HTMLResponse:
    hospital = _hospital(maker.site, language)
    if found is None:
        return _none(pages, hospital, language, "verify.title", "verify.unknown_text")
    report, patient = found
    assert report.content is not None
    facts = {
        "hospital": hospital,
        "title": report.title_zh if language is Language.CHINESE else report.title_en,
        "reported": f"{report.content.reported_at:%Y-%m-%d %H:%M}",
        "masked": mask(patient.full_name.reveal()),
        "number": report.report_id,
    }
    return pages.filled("verify", language, facts)


def _receipt_page(
    pages: Pages, maker: ReceiptMaker, found: VerifiedReceipt | None, language: Language
) -> HTMLResponse:
    hospital = _hospital(maker.site, language)
    if found is None:
        return _none(
            pages, hospital, language, "verify.receipt_title", "verify.unknown_receipt_text"
        )
    receipt, registration = found.receipt, found.receipt.registration
    minus = "" if receipt.reverses is None else "− "
    facts = {
        "hospital": hospital,
        "number": in_groups(receipt.number),
        "amount": f"{minus}¥ {receipt.amount}",
        "masked": "" if found.patient is None else mask(found.patient.full_name.reveal()),
        "issued": f"{local_time(maker.site, receipt.issued_at):%Y-%m-%d %H:%M}",
        "official": "–" if registration is None else f"{registration.code} {registration.number}",
    }
    return pages.filled("verify_receipt", language, facts | _validity(found, pages.texts(language)))


def _validity(found: VerifiedReceipt, texts: Mapping[str, str]) -> dict[str, str]:
    """Return what tells a receipt that counts from a void one and from one that takes back."""
    reverses, voided_by = found.receipt.reverses, found.voided_by
    if reverses is not None:
        heading, text = "verify.reversal_receipt", "verify.reversal_receipt_text"
        sign, label, other = "−", "verify.takes_back", in_groups(reverses)
    elif voided_by is not None:
        heading, text = "verify.void_receipt", "verify.void_receipt_text"
        sign, label, other = "✕", "verify.taken_back_by", in_groups(voided_by.number)
    else:
        heading, text = "verify.genuine_receipt", "verify.genuine_receipt_text"
        sign, label, other = "✓", "verify.taken_back_by", "–"
    return {
        "validity": "" if sign == "✓" else "none",
        "sign": sign,
        "heading": texts[heading],
        "text": texts[text],
        "other_label": texts[label],
        "other": other,
    }


def _none(pages: Pages, hospital: str, language: Language, title: str, text: str) -> HTMLResponse:
    texts = pages.texts(language)
    facts = {"hospital": hospital, "title": texts[title], "text": texts[text]}
    return pages.filled("verify_none", language, facts, status=404)


def _hospital(site: Site, language: Language) -> str:
    return site.name_zh if language is Language.CHINESE else site.name_en
