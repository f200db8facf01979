"""Cash on the screen: what to put in, what has come in, and what is kept."""

from hardware.cash.taking import NOTE_TOO_LARGE_EN, NOTE_TOO_LARGE_ZH, ChangeGoes
from hardware.cash.trouble import CashTrouble
from kiosk.flow.bills import Channels, Paying
from kiosk.flow.cash import CashStanding, in_fen
from kiosk.flow.events import Key
from kiosk.flow.state import PrintState, State
from kiosk.presenter import money
from kiosk.presenter.paying_views import CashView
from kiosk.presenter.views import ChoiceView, Icon, KeyView, RefusalView, Said, Tone
from kiosk.presenter.wording import Wording
from queue_server.contract.payments import Payment


def choice(screen: Channels, number: int, standing: CashStanding, words: Wording) -> ChoiceView:
    """Cash as a way to pay; what stands in its way is said there."""
    hint = words("channels.cash_hint")
    if standing.trouble is not None:
        hint = _patient(standing.trouble, words)
    elif screen.bills.credit_fen:
        credit_fen = screen.bills.credit_fen
        hint = words("channels.cash_credit", amount=money.shown(credit_fen, words))
    label = words("channels.cash")
    return ChoiceView(key=Key.CHANNEL, argument=number, icon=Icon.CASH, label=label, hint=hint)


def taking(state: State, screen: Paying, words: Wording) -> CashView:
    """The slot is open: how much is missing, and what to do."""
    payment = screen.payment
    assert payment.cash is not None
    here_fen = in_fen(screen, state.cash)
    missing_fen = max(0, payment.amount_fen - here_fen)
    message, tone = _message(state.cash, words)
    minutes, seconds = divmod(int(screen.left_s), 60)
    cancel = "cash.cancel_kept" if here_fen else "paying.cancel"
    return CashView(
        title=words("cash.title"),
        missing_label=words("cash.missing"),
        missing=money.amount(missing_fen, words),
        owed_label=words("cash.owed"),
        owed=money.amount(payment.amount_fen, words),
        in_label=words("cash.in"),
        put_in=money.amount(here_fen, words),
        message=message,
        tone=tone,
        rule=_rule(payment, words),
        left=words("paying.left", minutes=minutes, seconds=f"{seconds:02d}"),
        keys=(KeyView(key=Key.CANCEL_PAYMENT, label=words(cancel), icon=Icon.CROSS),),
    )


def _message(standing: CashStanding, words: Wording) -> tuple[str, Tone]:
    if standing.trouble is not None:
        return _patient(standing.trouble, words), Tone.BAD
    if standing.is_note_moving:
        return words("cash.moving"), Tone.PLAIN
    if standing.is_too_large:
        return words.pick(zh=NOTE_TOO_LARGE_ZH, en=NOTE_TOO_LARGE_EN), Tone.CAUTION
    return words("cash.one_by_one"), Tone.PLAIN


def _patient(trouble: CashTrouble, words: Wording) -> str:
    return words.pick(zh=trouble.patient_zh, en=trouble.patient_en)


def _rule(payment: Payment, words: Wording) -> str:
    assert payment.cash is not None
    is_credit = payment.cash.change_goes == "credit"
    goes = ChangeGoes.TO_ACCOUNT if is_credit else ChangeGoes.TO_DESK
    return words.pick(zh=goes.sentence_zh, en=goes.sentence_en)


def without_line(state: State, screen: Paying, words: Wording) -> RefusalView:
    """The line is down: what was put in is kept, and a slip says how much."""
    here_fen = in_fen(screen, state.cash)
    home = KeyView(key=Key.DONE, label=words("refusal.home"))
    slip = KeyView(
        key=Key.PRINT_AGAIN,
        label=words("cash.print_slip"),
        icon=Icon.PRINTER,
        is_primary=True,
        is_enabled=state.printing is not PrintState.PRINTING,
    )
    return RefusalView(
        tone=Tone.BAD,
        icon=Icon.CAUTION,
        title=words("paying.title_line"),
        message=money.sentence(words, "cash.message_line", here_fen),
        hint=words("cash.hint_line"),
        keys=(slip, home) if here_fen else (home,),
    )


def kept(state: State, screen: Paying, words: Wording) -> RefusalView:
    """The payment has ended, and what was put in is kept for the patient."""
    payment = screen.payment
    assert payment.cash is not None
    slip = {
        PrintState.PRINTING: "arrived.printing",
        PrintState.PRINTED: "arrived.printed",
    }.get(state.printing, "cash.slip_failed")
    goes = words(f"kept_slip.{payment.cash.change_goes}")
    return RefusalView(
        tone=Tone.CAUTION,
        icon=Icon.CASH,
        title=words("cash.title_kept"),
        message=money.sentence(words, "cash.message_kept", payment.cash.kept_fen),
        hint=f"{goes}\n{words(slip)}",
        keys=(
            KeyView(key=Key.PAY, label=words("paying.again"), is_primary=True),
            KeyView(key=Key.PRINT_AGAIN, label=words("cash.print_slip"), icon=Icon.PRINTER),
            KeyView(key=Key.DONE, label=words("refusal.home")),
        ),
    )


def change(payment: Payment, words: Wording) -> Said | None:
    """Return what becomes of the change of a payment that is booked; None: there is none."""
    if payment.cash is None or payment.cash.in_fen <= payment.amount_fen:
        return None
    fen = payment.cash.in_fen - payment.amount_fen
    return money.sentence(words, f"cash.change_{payment.cash.change_goes}", fen)
