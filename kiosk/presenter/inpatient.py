"""A stay in the hospital on the screen: the deposit, the day bill, the settlement."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from kiosk.flow.bills import BillPart, insurance_fen, pages_of, self_pay_fen
from kiosk.flow.events import Key
from kiosk.flow.inpatient import usual_yuan
from kiosk.flow.inpatient_screens import DayBill, DepositPad, Settlement, Stay
from kiosk.flow.state import State
from kiosk.presenter import money
from kiosk.presenter.inpatient_views import (
    AmountView,
    DepositPadView,
    GroupView,
    StatementView,
    StayView,
)
from kiosk.presenter.paying import item_view
from kiosk.presenter.views import ChoiceView, Icon, KeyView, MessageView, Tone
from kiosk.presenter.wording import Wording
from queue_server.contract.inpatient import CostGroup, StayFound

_YUAN: Final = 100


def stay(state: State, screen: Stay, words: Wording) -> StayView:
    """Where he lies, what is left of the deposit, and what can be done about it."""
    found = screen.stay
    name = words.name_of(state.session.masked_name if state.session else "")
    return StayView(
        title=words("stay.title", name=name),
        lead=words(
            "stay.lead",
            ward=words.of(found, "ward"),
            bed=found.bed,
            day=_day(found.admitted_on, words),
        ),
        amounts=(
            AmountView(label=words("stay.deposit"), amount=money.amount(found.deposit_fen, words)),
            AmountView(label=words("stay.used"), amount=money.amount(found.used_fen, words)),
            _left(found, words),
        ),
        message=_used_up(found, words),
        choices=tuple(
            ChoiceView(
                key=key, icon=icon, label=words(f"stay.{name}"), hint=words(f"stay.{name}_hint")
            )
            for key, icon, name in (
                (Key.TOP_UP, Icon.PAY, "top_up"),
                (Key.DAY_BILL, Icon.REPORT, "day_bill"),
                (Key.SETTLEMENT, Icon.SLIP, "settlement"),
            )
        ),
    )


def _left(found: StayFound, words: Wording) -> AmountView:
    left_fen = found.deposit_fen - found.used_fen
    label = words("stay.left" if left_fen >= 0 else "stay.missing")
    return AmountView(label=label, amount=money.amount(abs(left_fen), words), is_strong=True)


def _used_up(found: StayFound, words: Wording) -> MessageView | None:
    if found.used_fen <= found.deposit_fen:
        return None
    return MessageView(tone=Tone.CAUTION, icon=Icon.CAUTION, text=words("stay.used_up"))


def deposit_pad(screen: DepositPad, words: Wording) -> DepositPadView:
    """The usual amounts, and keys for any other."""
    least, most = screen.stay.least_fen // _YUAN, screen.stay.most_fen // _YUAN
    message, tone = words("deposit.bounds", least=least, most=most), Tone.PLAIN
    if screen.is_allowed:
        message, tone = words("deposit.ready"), Tone.GOOD
    elif screen.amount_fen > screen.stay.most_fen:
        tone = Tone.BAD
    return DepositPadView(
        title=words("deposit.title"),
        amount=money.amount(screen.amount_fen, words),
        message=message,
        tone=tone,
        usual=tuple(
            KeyView(key=Key.AMOUNT, argument=yuan, label=words("deposit.yuan", yuan=yuan))
            for yuan in usual_yuan(screen.stay)
        ),
        keys=(
            *(KeyView(key=Key.DIGIT, label=str(d), argument=d) for d in range(1, 10)),
            None,
            KeyView(key=Key.DIGIT, label="0", argument=0),
            KeyView(key=Key.DELETE, label=words("pad.delete"), icon=Icon.DELETE),
        ),
        confirm=KeyView(
            key=Key.CONFIRM,
            label=words("deposit.confirm"),
            icon=Icon.PAY,
            is_primary=True,
            is_enabled=screen.is_allowed,
        ),
    )


def day_bill(state: State, screen: DayBill, words: Wording) -> StatementView:
    """A page of what a day cost, and the days around it."""
    bill = screen.bill
    own_fen, insured_fen = self_pay_fen(bill.groups), insurance_fen(bill.groups)
    earlier_day = KeyView(
        key=Key.EARLIER_DAY,
        label=words("day_bill.earlier_day"),
        icon=Icon.EARLIER,
        is_enabled=bill.earlier_on is not None,
    )
    later_day = KeyView(
        key=Key.LATER_DAY,
        label=words("day_bill.later_day"),
        icon=Icon.NEXT,
        is_enabled=bill.later_on is not None,
    )
    return replace(
        _listed(state, bill.groups, screen.page, words),
        title=words("day_bill.title", day=_day(bill.day_on, words)),
        lead=words("day_bill.lead" if bill.groups else "day_bill.none"),
        amounts=(
            _amount("day_bill.price", own_fen + insured_fen, words),
            _amount("day_bill.insurance", insured_fen, words),
            _amount("day_bill.self_pay", own_fen, words, is_strong=True),
        ),
        keys=(earlier_day, later_day),
    )


def settlement(state: State, screen: Settlement, words: Wording) -> StatementView:
    """What leaving would come to: by kind of cost, less insurance and deposit."""
    found = screen.preview
    result = _amount("settlement.to_return", found.to_return_fen, words, is_strong=True)
    if found.to_pay_fen:
        result = _amount("settlement.to_pay", found.to_pay_fen, words, is_strong=True)
    return replace(
        _listed(state, found.groups, screen.page, words),
        title=words("settlement.title"),
        lead=words(
            "settlement.lead",
            first=_day(found.from_on, words),
            last=_day(found.to_on, words),
        ),
        amounts=(
            _amount("settlement.price", found.price_fen, words),
            _amount("settlement.insurance", found.insurance_fen, words),
            _amount("settlement.self_pay", found.self_pay_fen, words),
            _amount("settlement.deposit", found.deposit_fen, words),
            result,
        ),
        message=MessageView(
            tone=Tone.PLAIN, icon=Icon.CLOCK, text=words("settlement.only_a_preview")
        ),
        keys=(KeyView(key=Key.DONE, label=words("settlement.done"), is_primary=True),),
    )


def _listed(state: State, groups: Sequence[CostGroup], page: int, words: Wording) -> StatementView:
    """Return a page of charges, without what stands around them."""
    pages = pages_of(groups, is_elder=state.is_elder)
    earlier = KeyView(key=Key.EARLIER_BILLS, label=words("visits.earlier"), icon=Icon.EARLIER)
    more = KeyView(key=Key.MORE_BILLS, label=words("visits.more"), icon=Icon.NEXT)
    return StatementView(
        title="",
        lead="",
        groups=tuple(_group(groups[part.number], part, words) for part in pages[page]),
        earlier=earlier if page > 0 else None,
        page=words("visits.page", page=page + 1, pages=len(pages)) if len(pages) > 1 else "",
        more=more if page < len(pages) - 1 else None,
        amounts=(),
        message=None,
        keys=(),
    )


def _group(group: CostGroup, part: BillPart, words: Wording) -> GroupView:
    title = words.of(group, "title")
    return GroupView(
        title=words("bills.continued", title=title) if part.is_continued else title,
        amount=money.amount(self_pay_fen([group]), words),
        items=tuple(item_view(item, words) for item in part.items),
    )


def _amount(key: str, fen: int, words: Wording, *, is_strong: bool = False) -> AmountView:
    return AmountView(label=words(key), amount=money.amount(fen, words), is_strong=is_strong)


def _day(text: str, words: Wording) -> str:
    _, month, day = text.split("-")
    return words("visits.day", month=int(month), day=int(day))
