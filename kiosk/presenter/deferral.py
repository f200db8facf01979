"""Paying later on the screen: the key beside the ways to pay, and what is put off until when."""

from kiosk.flow.bills import Bills, PutOff, self_pay_fen
from kiosk.flow.events import Key
from kiosk.flow.state import State
from kiosk.presenter import money
from kiosk.presenter.place import print_message, printed_keys
from kiosk.presenter.views import (
    ChoiceView,
    Icon,
    KeyView,
    NumberView,
    PlaceView,
    StepView,
    Tone,
)
from kiosk.presenter.wording import Wording
from queue_server.contract.payments import OwedSheet


def choices(bills: Bills, words: Wording) -> tuple[ChoiceView, ...]:
    """Return the key that puts the chosen bills off, where that was agreed with the patient."""
    sheets = bills.may_be_put_off
    if bills.pay_later is None or not sheets:
        return ()
    fen = self_pay_fen(sheets)
    left_fen = max(0, bills.pay_later.limit_fen - bills.pay_later.open_fen)
    hint = words(
        "put_off.choice_hint",
        amount=money.shown(fen, words),
        day=day(bills.pay_later.due_on, words),
    )
    if fen > left_fen:
        hint = words("put_off.choice_limit", amount=money.shown(left_fen, words))
    label = words("put_off.choice")
    return (ChoiceView(key=Key.PUT_OFF, icon=Icon.CLOCK, label=label, hint=hint),)


def title(sheet: OwedSheet, words: Wording) -> str:
    """Return what a bill is called, and until when it is paid if it is put off."""
    called = words.of(sheet, "title")
    if sheet.due_on is None:
        return called
    return words("put_off.bill", title=called, day=day(sheet.due_on, words))


def lead(bills: Bills, words: Wording) -> str:
    """Return what stands above the bills."""
    if not bills.put_off:
        return words("bills.lead")
    return words("put_off.lead", amount=money.shown(self_pay_fen(bills.put_off), words))


def keys(state: State, bills: Bills, words: Wording) -> tuple[KeyView, ...]:
    """Return the key that prints what is put off, where something is."""
    if not bills.put_off:
        return ()
    printed = print_message(state, words)
    label = words("put_off.print_open") if printed is None else printed.text
    return (KeyView(key=Key.PRINT_OPEN, label=label, icon=Icon.PRINTER),)


def put_off(state: State, screen: PutOff, words: Wording) -> PlaceView:
    """That it is put off, until when, what is open in all, and what to do next, where."""
    facts = screen.facts
    return PlaceView(
        title=words("put_off.title", name=words.name_of(facts.masked_name)),
        tone=Tone.GOOD,
        icon=Icon.CONFIRM,
        number=NumberView(
            label=words("put_off.amount", day=day(facts.due_on, words)),
            number=money.amount(self_pay_fen(facts.sheets), words),
        ),
        where=words("paid.next"),
        message=print_message(state, words, "put_off"),
        ahead=None,
        at_most="",
        reason=money.sentence(words, "put_off.open", facts.open_fen),
        steps=tuple(StepView(icon=Icon.NEXT, text=next_step(one, words)) for one in facts.sheets),
        keys=printed_keys(state, words),
    )


def next_step(sheet: OwedSheet, words: Wording) -> str:
    """Return what the patient does once a bill is paid or put off."""
    return words("paid.step", title=words.of(sheet, "title"), next=words.of(sheet, "next"))


def day(text: str, words: Wording) -> str:
    """Return a day of the contract as people say it."""
    _, month, day_of_month = text.split("-")
    return words("visits.day", month=int(month), day=int(day_of_month))
