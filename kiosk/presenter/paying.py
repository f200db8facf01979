"""Money on the screen: what is owed, how to pay it, and how a payment stands."""

from dataclasses import replace
from typing import Final

from kiosk.flow.bills import (
    BillPart,
    Bills,
    Channels,
    Paid,
    Paying,
    insurance_fen,
    is_copies,
    pages_of,
    self_pay_fen,
)
from kiosk.flow.cash import CHANNEL
from kiosk.flow.events import Key
from kiosk.flow.settings import Settings
from kiosk.flow.state import PrintState, State
from kiosk.presenter import cash, deferral, money
from kiosk.presenter.deferral import next_step
from kiosk.presenter.paying_views import BillsView, BillView, ChannelsView, ItemView, PayingView
from kiosk.presenter.place import print_message, printed_keys
from kiosk.presenter.views import (
    Body,
    ChoiceView,
    Icon,
    KeyView,
    NumberView,
    PlaceView,
    RefusalView,
    Said,
    StepView,
    Tone,
    Unspoken,
    WaitingView,
)
from kiosk.presenter.wording import Wording
from queue_server.contract.payments import OwedItem, PaymentState, Receipt

_STATE: Final = PaymentState
_LOOKS: Final = {
    _STATE.CLOSED: (Tone.CAUTION, Icon.CROSS),
    _STATE.FAILED: (Tone.BAD, Icon.CROSS),
    _STATE.REFUNDING: (Tone.CAUTION, Icon.CLOCK),
    _STATE.REFUNDED: (Tone.GOOD, Icon.CONFIRM),
    _STATE.REVIEW: (Tone.CAUTION, Icon.CAUTION),
}
"""How a payment looks that has ended without being booked."""
_PAY_AGAIN: Final = frozenset({_STATE.CLOSED, _STATE.FAILED, _STATE.REFUNDED})


def bills(state: State, screen: Bills, words: Wording) -> BillsView:
    """A page of the bills, item by item, and what the chosen ones cost."""
    tight = bool(screen.put_off)
    pages = pages_of(screen.sheets, is_elder=state.is_elder, is_tight=tight)
    page, chosen = screen.page, screen.chosen_sheets
    fen = self_pay_fen(chosen)
    earlier = KeyView(key=Key.EARLIER_BILLS, label=words("visits.earlier"), icon=Icon.EARLIER)
    more = KeyView(key=Key.MORE_BILLS, label=words("visits.more"), icon=Icon.NEXT)
    name = state.session.masked_name if state.session else ""
    return BillsView(
        title=words("bills.title", name=words.name_of(name)),
        lead=deferral.lead(screen, words),
        bills=tuple(_bill(screen, part, words) for part in pages[page]),
        earlier=earlier if page > 0 else None,
        page=words("visits.page", page=page + 1, pages=len(pages)) if len(pages) > 1 else "",
        more=more if page < len(pages) - 1 else None,
        total_label=words("bills.total", count=len(chosen)),
        total=money.amount(fen, words),
        insurance=money.sentence(words, "bills.insurance", insurance_fen(chosen)),
        keys=(
            *deferral.keys(state, screen, words),
            KeyView(
                key=Key.PAY,
                label=money.sentence(words, "bills.pay", fen) if fen else words("bills.none"),
                icon=Icon.PAY,
                is_primary=True,
                is_enabled=fen > 0,
            ),
        ),
    )


def _bill(screen: Bills, part: BillPart, words: Wording) -> BillView:
    sheet = screen.sheets[part.number]
    title = deferral.title(sheet, words)
    return BillView(
        argument=part.number,
        icon=Icon.CHECKED if sheet.sheet_id in screen.chosen else Icon.UNCHECKED,
        title=words("bills.continued", title=title) if part.is_continued else title,
        amount=money.amount(self_pay_fen([sheet]), words),
        items=tuple(item_view(item, words) for item in part.items),
        is_chosen=sheet.sheet_id in screen.chosen,
    )


def item_view(item: OwedItem, words: Wording) -> ItemView:
    """Return a charge: what it is, how many, and both shares."""
    unit = words.of(item, "unit")
    quantity = words("bills.quantity", quantity=item.quantity, unit=unit) if unit else ""
    if not unit and item.quantity > 1:
        quantity = words("bills.times", quantity=item.quantity)
    key = "bills.detail" if quantity else "bills.detail_once"
    return ItemView(
        title=words.of(item, "title"),
        detail=money.sentence(words, key, item.insurance_fen, quantity=quantity),
        amount=money.amount(item.self_pay_fen, words),
    )


def channels(state: State, screen: Channels, words: Wording) -> ChannelsView:
    """The channels of which there are words here, and the code that a phone shows."""
    fen = self_pay_fen(screen.bills.chosen_sheets)
    return ChannelsView(
        title=words("channels.title"),
        settled=_settled(screen.bills, words),
        total_label=words("channels.total"),
        total=money.amount(fen, words),
        choices=tuple(
            cash.choice(screen, number, state.cash, words)
            if channel == CHANNEL
            else ChoiceView(
                key=Key.CHANNEL,
                argument=number,
                icon=Icon.QR,
                label=words(f"channels.{channel}"),
                hint=words("channels.shown_hint"),
            )
            for number, channel in enumerate(screen.bills.channels)
            if words.has(f"channels.{channel}")
        )
        + deferral.choices(screen.bills, words),
        scan_title=words("channels.scan_title"),
        scan_text=_scanned(screen.bills, words),
    )


def _scanned(bills: Bills, words: Wording) -> str:
    """Return which codes may be shown: deposit, copies and own share are paid, not settled."""
    is_paid = bills.settled_fen or bills.pad is not None or bills.reports is not None
    may_settle = bills.takes_insurance_code and not is_paid
    which = "scan_with_insurance" if may_settle else "scan_text"
    wallets = [one for one in bills.channels if one != CHANNEL and words.has(f"channels.{one}")]
    *others, names = [words(f"channels.{one}") for one in wallets] or [words("channels.wallet")]
    if others:
        first = words("channels.comma").join(others)
        names = words("channels.or", names=first, last=names)
    return words(f"channels.{which}", names=names)


def _settled(bills: Bills, words: Wording) -> Said:
    if bills.reports is not None:
        count = len(bills.chosen)
        text = words("channels.copies", count=count)
        return Said(text, text)
    if not bills.settled_fen:
        return Said("")
    return money.sentence(words, "channels.settled", bills.settled_fen)


def paying(state: State, screen: Paying, words: Wording) -> Body:
    """What the patient does now, or that he has to wait; or how the payment has ended."""
    standing, channel = screen.payment.state, words(f"channels.{screen.payment.channel}")
    is_cash = screen.payment.cash is not None
    if screen.is_live and not state.is_line_up:
        return cash.without_line(state, screen, words) if is_cash else _without_line(words)
    if standing is _STATE.WAITING and screen.left_s > 0 and screen.leaving_s is None:
        if is_cash:
            return cash.taking(state, screen, words)
        return _patients_turn(screen, channel, words)
    if screen.is_live:
        # What was shown for too long, or is being cancelled, is closed now, unless it is paid.
        waits_for = _STATE.CLOSING if standing is _STATE.WAITING else standing
        where = "cash" if is_cash else "paying"
        return WaitingView(
            title=words(f"{where}.title_{waits_for.value}", channel=channel),
            lead=words(f"{where}.lead_{waits_for.value}", channel=channel),
        )
    if screen.payment.cash is not None and screen.payment.cash.kept_fen:
        return cash.kept(state, screen, words)
    return _ended(screen, channel, words)


def _patients_turn(screen: Paying, channel: str, words: Wording) -> PayingView:
    how = "scanned" if screen.payment.is_scanned else "shown"
    minutes, seconds = divmod(int(screen.left_s), 60)
    cancel = KeyView(key=Key.CANCEL_PAYMENT, label=words("paying.cancel"), icon=Icon.CROSS)
    return PayingView(
        title=words(f"paying.title_{how}", channel=channel),
        amount=money.amount(screen.payment.amount_fen, words),
        qr=Unspoken(screen.payment.qr_text),
        icon=Icon.PHONE,
        lead=words(f"paying.lead_{how}", channel=channel),
        left=words("paying.left", minutes=minutes, seconds=f"{seconds:02d}"),
        keys=(cancel,),
    )


def _without_line(words: Wording) -> RefusalView:
    return RefusalView(
        tone=Tone.BAD,
        icon=Icon.CAUTION,
        title=words("paying.title_line"),
        message=words("paying.message_line"),
        hint=words("paying.hint_line"),
        keys=(KeyView(key=Key.HOME, label=words("refusal.home")),),
    )


def _ended(screen: Paying, channel: str, words: Wording) -> RefusalView:
    standing = screen.payment.state
    tone, icon = _LOOKS[standing]
    home = KeyView(key=Key.DONE, label=words("refusal.home"))
    again = KeyView(key=Key.PAY, label=words("paying.again"), is_primary=True)
    call = KeyView(key=Key.CALL_NURSE, label=words("refusal.call_nurse"), icon=Icon.NURSE)
    message = money.sentence(
        words, f"paying.message_{standing.value}", screen.payment.amount_fen, channel=channel
    )
    return RefusalView(
        tone=tone,
        icon=icon,
        title=words(f"paying.title_{standing.value}", channel=channel),
        message=message,
        hint=words(f"paying.hint_{standing.value}", channel=channel),
        keys=(again, home) if standing in _PAY_AGAIN else (home, call),
    )


def paid(state: State, screen: Paid, words: Wording, settings: Settings) -> PlaceView:
    """That it is paid, what to do next, where, and its receipt on paper."""
    payment = screen.facts.payment
    receipt_key = _receipt_key(payment.receipt, words, settings)
    slip_keys = printed_keys(state, words)
    is_slip_missing = state.printing is PrintState.FAILED
    if is_copies(screen.facts.sheets) and settings.has_reports:
        # Paid for at another kiosk, or before this one knew that it is: they have still to come.
        receipt_key = (_print_reports_key(words, is_first=not is_slip_missing), *receipt_key)
        if not is_slip_missing:
            slip_keys = tuple(replace(one, is_primary=False) for one in slip_keys)
    return PlaceView(
        title=words("paid.title", name=words.name_of(screen.facts.masked_name)),
        tone=Tone.GOOD,
        icon=Icon.CONFIRM,
        number=NumberView(
            label=words("paid.amount"), number=money.amount(payment.amount_fen, words)
        ),
        where=cash.change(payment, words) or words("paid.next"),
        message=print_message(state, words, "paid"),
        ahead=None,
        at_most="",
        reason=_receipt_number(payment.receipt, words),
        steps=_next_steps(screen, words),
        keys=(*slip_keys, *receipt_key) if is_slip_missing else (*receipt_key, *slip_keys),
    )


def _print_reports_key(words: Wording, *, is_first: bool) -> KeyView:
    label = words("paid.print_reports")
    return KeyView(key=Key.REPORTS, label=label, icon=Icon.REPORT, is_primary=is_first)


def _receipt_number(receipt: Receipt | None, words: Wording) -> str:
    """Return the number by which the payment's receipt is found, or that it follows."""
    if receipt is None:
        return ""
    if receipt.is_pending:
        return words("paid.receipt_pending")
    return words("paid.receipt_number", number=receipt.number)


def _receipt_key(
    receipt: Receipt | None, words: Wording, settings: Settings
) -> tuple[KeyView, ...]:
    if receipt is None or not settings.prints_receipts:
        return ()
    label = words("paid.print_receipt")
    return (KeyView(key=Key.PRINT_RECEIPT, label=label, icon=Icon.REPORT),)


def _next_steps(screen: Paid, words: Wording) -> tuple[StepView, ...]:
    steps = dict.fromkeys(next_step(sheet, words) for sheet in screen.facts.sheets)
    return tuple(StepView(icon=Icon.NEXT, text=text) for text in steps)
