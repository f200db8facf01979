"""What the slip of what is paid later says: item by item, until when, and what to do next."""

from datetime import datetime

from hardware.slip import Align, Slip, SlipPart, SlipRule, SlipSpace, SlipText
from kiosk.flow.bills import DeferralFacts, self_pay_fen
from kiosk.payment_slip import AMOUNT_DOTS, amount_row, row, sheet_parts
from kiosk.presenter.deferral import day, next_step
from kiosk.presenter.money import shown
from kiosk.presenter.wording import Wording
from kiosk.slip import BODY_DOTS, SMALL_DOTS, TITLE_DOTS
from queue_server.contract.payments import OwedSheet


def make_deferral_slip(
    facts: DeferralFacts, words: Wording, *, hospital: str, printed_at: datetime
) -> Slip:
    """Return the slip of one deferral, or of all that is open; it carries the masked name only."""
    is_list = not facts.number
    parts: list[SlipPart] = [
        SlipText(text=hospital, size_dots=TITLE_DOTS, is_bold=True),
        SlipText(
            text=words("put_off_slip.title_open" if is_list else "put_off_slip.title"),
            size_dots=BODY_DOTS,
        ),
        SlipRule(),
        SlipText(text=words("put_off_slip.amount"), size_dots=BODY_DOTS),
        SlipText(
            text=shown(self_pay_fen(facts.sheets), words),
            size_dots=AMOUNT_DOTS,
            is_bold=True,
            is_fitted=True,
        ),
        SlipText(
            text=words("put_off_slip.due", day=day(facts.due_on, words)),
            size_dots=TITLE_DOTS,
            is_bold=True,
        ),
        SlipRule(is_dashed=True),
    ]
    for sheet in facts.sheets:
        parts += sheet_parts(sheet, words)
        parts += [_due(sheet, words)] if is_list else []
    parts += [
        SlipRule(is_dashed=True),
        amount_row(words("put_off_slip.open"), facts.open_fen, words, is_bold=True),
        row(words("slip.name"), facts.masked_name),
    ]
    if not is_list:
        parts.append(row(words("put_off_slip.number"), facts.number))
        steps = "\n".join(next_step(sheet, words) for sheet in facts.sheets)
        parts.append(SlipRule(is_dashed=True))
        parts.append(SlipText(text=steps, size_dots=BODY_DOTS, is_bold=True, align=Align.START))
    printed = words("slip.printed_at", time=f"{printed_at:%Y-%m-%d %H:%M:%S}")
    parts += [
        SlipRule(is_dashed=True),
        SlipText(text=words("put_off_slip.how"), size_dots=SMALL_DOTS, align=Align.START),
        SlipSpace(height_dots=12),
        SlipText(text=printed, size_dots=SMALL_DOTS),
        SlipSpace(height_dots=8),
    ]
    return Slip(parts=tuple(parts))


def _due(sheet: OwedSheet, words: Wording) -> SlipPart:
    due_on = "" if sheet.due_on is None else day(sheet.due_on, words)
    return row(words("put_off_slip.until"), due_on)
