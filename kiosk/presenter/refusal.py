"""A refusal in plain words: what happened, and what to do next."""

from typing import Final

from kiosk.flow.events import Key
from kiosk.flow.state import Next, Refusal, Trouble
from kiosk.presenter.views import Icon, KeyView, RefusalView, Tone
from kiosk.presenter.wording import Wording
from queue_server.rules.terms import RefusalCode

_LOOKS: Final[dict[str, tuple[Tone, Icon]]] = {
    RefusalCode.TOO_EARLY: (Tone.CAUTION, Icon.CLOCK),
    RefusalCode.TOO_LATE: (Tone.CAUTION, Icon.CLOCK),
    RefusalCode.WRONG_DAY: (Tone.CAUTION, Icon.CLOCK),
    RefusalCode.PROVISIONAL_PENDING: (Tone.CAUTION, Icon.CLOCK),
    RefusalCode.PROVISIONAL_REFUSED: (Tone.CAUTION, Icon.NURSE),
    RefusalCode.SESSION_ENDED: (Tone.CAUTION, Icon.CLOCK),
    RefusalCode.NOTHING_OWED: (Tone.GOOD, Icon.CONFIRM),
    RefusalCode.ALREADY_PAID: (Tone.GOOD, Icon.CONFIRM),
    RefusalCode.ALREADY_CHECKED_IN: (Tone.GOOD, Icon.CONFIRM),
    RefusalCode.NO_STAY: (Tone.CAUTION, Icon.BED),
    RefusalCode.PROOF_LOCKED: (Tone.CAUTION, Icon.CLOCK),
    Trouble.NO_LINE: (Tone.BAD, Icon.CROSS),
    Trouble.NO_ANSWER: (Tone.BAD, Icon.CROSS),
    RefusalCode.CLINIC_STOPPED: (Tone.BAD, Icon.CROSS),
}


def refusal(screen: Refusal, words: Wording, *, prints_receipts: bool = False) -> RefusalView:
    """The server's own words where it spoke, and our hint."""
    code = screen.code if words.has(f"refusal.title_{screen.code}") else "OTHER"
    tone, icon = _LOOKS.get(screen.code, (Tone.CAUTION, Icon.CAUTION))
    message = words.pick(zh=screen.message_zh, en=screen.message_en)
    if not message and words.has(f"refusal.message_{code}"):
        message = words(f"refusal.message_{code}")
    again = KeyView(
        key=Key.TRY_AGAIN, label=words(f"refusal.again_{screen.next.value}"), is_primary=True
    )
    call = KeyView(key=Key.CALL_NURSE, label=words("refusal.call_nurse"), icon=Icon.NURSE)
    home = KeyView(key=Key.HOME, label=words("refusal.home"))
    others = (call,) if screen.next is Next.HOME else (call, home)
    if screen.code == RefusalCode.NOTHING_OWED and prints_receipts:
        receipts = KeyView(key=Key.RECEIPTS, label=words("identify.receipts"), icon=Icon.PRINTER)
        others = (receipts, call)
    return RefusalView(
        tone=tone,
        icon=icon,
        title=words(f"refusal.title_{code}"),
        message=message,
        hint=words(f"refusal.hint_{code}"),
        keys=(again, *others),
    )
