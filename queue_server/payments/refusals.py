"""Why something about money was refused; codes and sentences stand with all others."""

from queue_server.payments.fen import NOTHING, Fen
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import RefusalCode


class PaymentRefused(Refused):
    """Something was refused; nothing has changed."""

    def __init__(self, code: RefusalCode, *, owed: Fen = NOTHING, **parts: str) -> None:
        super().__init__(code, owed=str(owed), **parts)
        self.owed = owed
