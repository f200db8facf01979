"""What the slip of a payment says: item by item, the shares, and what to do next."""

from collections.abc import Iterator
from datetime import datetime

from hardware.slip import Align, Slip, SlipPart, SlipQr, SlipRow, SlipRule, SlipSpace, SlipText
from kiosk.flow.bills import KeptFacts, PaidFacts, insurance_fen, self_pay_fen
from kiosk.presenter.deferral import next_step
from kiosk.presenter.money import shown
from kiosk.presenter.wording import Wording
from kiosk.slip import BODY_DOTS, SMALL_DOTS, TITLE_DOTS
from queue_server.contract.payments import OwedItem, OwedSheet, Payment, Receipt

AMOUNT_DOTS = 64


def make_payment_slip(
    facts: PaidFacts, words: Wording, *, hospital: str, printed_at: datetime
) -> Slip:
    """Return the slip; it carries the masked name only, and is no invoice."""
    payment, sheets = facts.payment, facts.sheets
    insurance = insurance_fen(sheets)
    parts: list[SlipPart] = [
        SlipText(text=hospital, size_dots=TITLE_DOTS, is_bold=True),
        SlipText(text=words("payment_slip.title"), size_dots=BODY_DOTS),
        SlipRule(),
        SlipText(text=words("payment_slip.paid"), size_dots=BODY_DOTS),
        SlipText(
            text=shown(payment.amount_fen, words),
            size_dots=AMOUNT_DOTS,
            is_bold=True,
            is_fitted=True,
        ),
        SlipRule(is_dashed=True),
    ]
    for sheet in sheets:
        parts += sheet_parts(sheet, words)
    parts += [
        SlipRule(is_dashed=True),
        amount_row(words("payment_slip.price"), payment.amount_fen + insurance, words),
        amount_row(words("payment_slip.insurance"), insurance, words),
        amount_row(words("payment_slip.self_pay"), payment.amount_fen, words, is_bold=True),
        *_cash(payment, words),
        SlipRule(is_dashed=True),
        *_about(facts, words, printed_at),
        SlipRule(is_dashed=True),
        SlipText(
            text="\n".join(dict.fromkeys(next_step(sheet, words) for sheet in sheets)),
            size_dots=BODY_DOTS,
            is_bold=True,
            align=Align.START,
        ),
        *_receipt(payment.receipt, words),
        SlipSpace(height_dots=12),
        SlipText(
            text=words("slip.printed_at", time=f"{printed_at:%Y-%m-%d %H:%M:%S}"),
            size_dots=SMALL_DOTS,
        ),
        SlipSpace(height_dots=8),
    ]
    return Slip(parts=tuple(parts))


def make_kept_slip(
    facts: KeptFacts, words: Wording, *, hospital: str, printed_at: datetime
) -> Slip:
    """Return the slip of cash that pays no bill: how much, and how the patient gets it."""
    payment = facts.payment
    assert payment.cash is not None, "only cash is kept"
    said = payment.cash.change_goes if facts.is_certain else "uncertain"
    return Slip(
        parts=(
            SlipText(text=hospital, size_dots=TITLE_DOTS, is_bold=True),
            SlipText(text=words("kept_slip.title"), size_dots=BODY_DOTS),
            SlipRule(),
            SlipText(
                text=words("kept_slip.kept" if facts.is_certain else "kept_slip.put_in"),
                size_dots=BODY_DOTS,
            ),
            SlipText(
                text=shown(facts.fen, words), size_dots=AMOUNT_DOTS, is_bold=True, is_fitted=True
            ),
            SlipText(text=words(f"kept_slip.{said}"), size_dots=BODY_DOTS, align=Align.START),
            SlipRule(is_dashed=True),
            row(words("slip.name"), facts.masked_name),
            row(words("payment_slip.number"), payment.payment_id),
            SlipText(
                text=words("slip.printed_at", time=f"{printed_at:%Y-%m-%d %H:%M:%S}"),
                size_dots=SMALL_DOTS,
            ),
            SlipSpace(height_dots=8),
        )
    )


def _cash(payment: Payment, words: Wording) -> Iterator[SlipPart]:
    """Yield what was put in, and what becomes of the change."""
    if payment.cash is None:
        return
    yield amount_row(words("payment_slip.cash_in"), payment.cash.in_fen, words)
    change_fen = payment.cash.in_fen - payment.amount_fen
    if change_fen > 0:
        yield amount_row(words("payment_slip.change"), change_fen, words, is_bold=True)
        goes = words(f"kept_slip.{payment.cash.change_goes}")
        yield SlipText(text=goes, size_dots=SMALL_DOTS, align=Align.START)


def sheet_parts(sheet: OwedSheet, words: Wording) -> Iterator[SlipPart]:
    """Yield a bill, item by item."""
    title = SlipRow(
        label=words.of(sheet, "title"),
        value=shown(self_pay_fen([sheet]), words),
        size_dots=BODY_DOTS,
        is_bold=True,
        is_amount=True,
    )
    yield SlipSpace(height_dots=8)
    yield title
    for item in sheet.items:
        yield SlipText(text=_item(item, words), size_dots=SMALL_DOTS, align=Align.START)
        insurance = words("bills.detail_once", amount=shown(item.insurance_fen, words))
        yield amount_row(insurance, item.self_pay_fen, words)


def _item(item: OwedItem, words: Wording) -> str:
    title, unit = words.of(item, "title"), words.of(item, "unit")
    if item.quantity == 1 and not unit:
        return title
    return words("payment_slip.item", title=title, quantity=item.quantity, unit=unit)


def _about(facts: PaidFacts, words: Wording, printed_at: datetime) -> Iterator[SlipRow]:
    payment = facts.payment
    yield row(words("slip.name"), facts.masked_name)
    yield row(words("payment_slip.channel"), words(f"channels.{payment.channel}"))
    if payment.paid_at is not None:
        paid_at = payment.paid_at.astimezone(printed_at.tzinfo)
        yield row(words("payment_slip.paid_at"), f"{paid_at:%Y-%m-%d %H:%M:%S}")
    yield row(words("payment_slip.number"), payment.payment_id)


def _receipt(receipt: Receipt | None, words: Wording) -> Iterator[SlipPart]:
    """Yield the electronic receipt: its numbers, and a code that leads to it."""
    if receipt is None:
        yield SlipSpace(height_dots=12)
        yield SlipText(text=words("payment_slip.no_invoice"), size_dots=SMALL_DOTS)
        return
    yield SlipRule(is_dashed=True)
    yield SlipText(text=words("payment_slip.receipt"), size_dots=BODY_DOTS, is_bold=True)
    if receipt.code:
        yield row(words("payment_slip.receipt_code"), receipt.code)
    yield row(words("payment_slip.receipt_number"), receipt.number)
    yield row(words("payment_slip.check_code"), receipt.check_code)
    if receipt.is_pending:
        yield SlipText(text=words("payment_slip.receipt_pending"), size_dots=SMALL_DOTS)
    if receipt.check_address:
        yield SlipQr(payload=receipt.check_address)
        yield SlipText(text=words("payment_slip.receipt_scan"), size_dots=SMALL_DOTS)
    yield SlipText(text=words("payment_slip.receipt_print"), size_dots=SMALL_DOTS)


def row(label: str, value: str) -> SlipRow:
    """Return a line of what is said about a payment."""
    return SlipRow(label=label, value=value, size_dots=SMALL_DOTS)


def amount_row(label: str, fen: int, words: Wording, *, is_bold: bool = False) -> SlipRow:
    """Return a line with an amount."""
    return SlipRow(
        label=label,
        value=shown(fen, words),
        size_dots=SMALL_DOTS,
        is_bold=is_bold,
        is_amount=True,
    )
