"""What the hospital's systems have to be asked before a request can be decided."""

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from queue_server.contract.messages import Identify, TakeOver
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import RefusalCode
from queue_server.service.draft import Draft
from queue_server.service.identification import Found, find_by_card, identify
from queue_server.service.jobs import Asked
from queue_server.service.parts import Parts
from queue_server.service.receipt_lookup import AsksReceipts, FoundReceipts, look_up_receipts
from queue_server.service.report_lookup import AsksReports, FoundReports, look_up_reports

Question = Callable[[], Found | FoundReports | FoundReceipts]
_log = logging.getLogger(__name__)


def question(parts: Parts, draft: Draft, job: Asked) -> Question | None:
    """Return what has to be asked before `job` can be decided; None: nothing, or it has been.

    Asking may block: it is for another thread than the writer's.
    """
    body = job.request.body
    if job.found is not None:
        return None
    if isinstance(body, Identify | TakeOver):
        return partial(_who, parts, body)
    shelf, policy = parts.shelf, draft.setup.site.reports
    if isinstance(body, AsksReports) and shelf is not None and policy is not None:
        return partial(look_up_reports, shelf, policy, draft.now, body, draft.at)
    if isinstance(body, AsksReceipts) and parts.receipts is not None:
        return partial(look_up_receipts, parts.receipts, draft.now, body)
    return None


def looked_up(job: Asked, ask: Question) -> Asked:
    """Return the job with what was found, or with why nothing was. May block."""
    found: Found | FoundReports | FoundReceipts | Refused
    try:
        found = ask()
    except Refused as refused:
        found = refused
    except Exception as error:  # noqa: BLE001  # the patient must get an answer whatever the records do
        _log.error("the records failed: %s", type(error).__name__)
        found = Refused(RefusalCode.BUSY)
    return replace(job, found=found)


def _who(parts: Parts, asked: Identify | TakeOver) -> Found:
    if isinstance(asked, TakeOver):
        return find_by_card(parts.records, parts.cards, asked.card, asked.checked_in_at)
    return identify(parts.records, parts.cards, asked, parts.clock())
