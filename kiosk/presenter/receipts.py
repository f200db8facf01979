"""The screens of receipts: the list, and how printing goes."""

from typing import Final

from kiosk.flow.events import Key
from kiosk.flow.receipt_screens import ReceiptPrinted, Receipts
from kiosk.flow.receipts import page_count, receipts_a_page
from kiosk.flow.state import State
from kiosk.presenter.money import shown
from kiosk.presenter.report_views import ReportCardView, ReportsView
from kiosk.presenter.views import Icon, KeyView, RefusalView, Tone, WaitingView
from kiosk.presenter.wording import Wording
from queue_server.contract.receipt_messages import ListedReceipt, ReceiptState

_TONES: Final = {
    ReceiptState.VALID: Tone.GOOD,
    ReceiptState.VOIDED: Tone.BAD,
    ReceiptState.REVERSING: Tone.BAD,
}


def receipts(state: State, screen: Receipts, words: Wording) -> ReportsView | RefusalView:
    """A page of the receipts, or, when there are none, what to do."""
    name = words.name_of(state.session.masked_name if state.session else "")
    if not screen.receipts:
        return _no_receipts(name, words)
    pages = page_count(state, screen)
    first = screen.page * receipts_a_page(state)
    on_page = list(enumerate(screen.receipts))[first : first + receipts_a_page(state)]
    earlier = KeyView(key=Key.EARLIER_REPORTS, label=words("visits.earlier"), icon=Icon.EARLIER)
    more = KeyView(key=Key.MORE_REPORTS, label=words("visits.more"), icon=Icon.NEXT)
    return ReportsView(
        title=words("receipts.title", name=name),
        lead=words("receipts.lead"),
        cards=tuple(_card(index, one, words) for index, one in on_page),
        earlier=earlier if screen.page > 0 else None,
        page=words("visits.page", page=screen.page + 1, pages=pages) if pages > 1 else "",
        more=more if screen.page < pages - 1 else None,
        keys=(KeyView(key=Key.DONE, label=words("receipts.done")),),
    )


def printing(words: Wording) -> WaitingView:
    """Nothing of the receipt is shown."""
    return WaitingView(title=words("receipts.printing"), lead=words("receipts.printing_lead"))


def printed(screen: ReceiptPrinted, words: Wording) -> RefusalView:
    """Take the paper; or why it did not come."""
    others = KeyView(key=Key.RECEIPTS, label=words("receipts.list_again"))
    if screen.failure is None:
        done = KeyView(key=Key.DONE, label=words("receipts.taken"), is_primary=True)
        return RefusalView(
            tone=Tone.GOOD,
            icon=Icon.REPORT,
            title=words("receipts.printed"),
            message=words("receipts.printed_text"),
            hint=words("receipts.printed_hint"),
            keys=(done, others),
        )
    failure = screen.failure
    said = words.pick(zh=failure.sentence_zh, en=failure.sentence_en)
    hint = "receipts.failed_partly_hint" if failure.may_have_printed else "receipts.failed_hint"
    return RefusalView(
        tone=Tone.BAD,
        icon=Icon.PRINTER,
        title=words("receipts.failed"),
        message=said or words("receipts.no_answer"),
        hint=words(hint),
        keys=(
            KeyView(key=Key.CALL_NURSE, label=words("refusal.call_nurse"), icon=Icon.NURSE),
            others,
            KeyView(key=Key.DONE, label=words("receipts.done")),
        ),
    )


def _card(index: int, one: ListedReceipt, words: Wording) -> ReportCardView:
    _, month, day = one.day_on.split("-")
    title, amount = words.of(one, "title"), shown(one.amount_fen, words)
    if one.item_count > 1:
        title = words("receipts.and_more", title=title, count=one.item_count)
    number = one.receipt.number
    return ReportCardView(
        argument=index,
        key=Key.RECEIPT,
        icon=Icon.PRINTER,
        day=words("visits.day", month=int(month), day=int(day)),
        status=words(f"receipts.state_{one.state.value}"),
        tone=_TONES[one.state],
        title=words("receipts.amount", amount=amount),
        detail=words("receipts.detail", title=title, number=number),
        is_enabled=True,
    )


def _no_receipts(name: str, words: Wording) -> RefusalView:
    return RefusalView(
        tone=Tone.PLAIN,
        icon=Icon.REPORT,
        title=words("receipts.none_title"),
        message=words("receipts.none_message", name=name),
        hint=words("receipts.none_hint"),
        keys=(
            KeyView(key=Key.HOME, label=words("refusal.home"), is_primary=True),
            KeyView(key=Key.CALL_NURSE, label=words("refusal.call_nurse"), icon=Icon.NURSE),
        ),
    )
