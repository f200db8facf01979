"""Further copies of reports: paid like bills, and printed once that is done."""

from dataclasses import replace

from kiosk.flow import reports
from kiosk.flow.asking import ask
from kiosk.flow.bills import Paid, PaidFacts, is_copies, self_pay_fen
from kiosk.flow.intent import Intent
from kiosk.flow.printing import print_slip
from kiosk.flow.report_screens import Reports
from kiosk.flow.state import Next, State, Step
from queue_server.contract.report_messages import PayCopies
from queue_server.rules.terms import RefusalCode


def pay(state: State, chosen: Reports, *, channel: str | None, code: str | None) -> Step:
    """Ask to begin the payment of the copies that are chosen."""
    assert state.session is not None
    body = PayCopies(
        session_id=state.session.session_id,
        report_ids=[one.report_id for one in chosen.chosen if one.copy is not None],
        amount_fen=self_pay_fen(chosen.copies),
        channel=channel,
        code=code,
    )
    return ask(replace(state, to_print=chosen.chosen), body, Intent.REPORTS)


def paid(state: State, facts: PaidFacts) -> Step | None:
    """Print the slip, and what was chosen at this kiosk.

    None: it was paid for at another one, or change is kept for him, which he has to read first.
    """
    is_kept = facts.payment.cash is not None and facts.payment.cash.kept_fen > 0
    if not is_copies(facts.sheets) or not state.to_print or is_kept:
        return None
    shown = replace(state, screen=Paid(facts=facts), to_print=(), idle_s=0.0)
    printing, slip = print_slip(shown, facts)
    asking, effects = reports.print_these(printing, state.to_print)
    return asking, (*slip, *effects)


def next_after_refusal(code: RefusalCode) -> Next:
    """Return how it goes on after copies could not be paid for."""
    if code is RefusalCode.SESSION_ENDED:
        return Next.IDENTIFY
    return Next.PROVE if code is RefusalCode.PROOF_MISSING else Next.REPORTS
