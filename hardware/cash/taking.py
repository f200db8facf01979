"""The rule of taking cash: which notes, and what becomes of the change. Pure; amounts are fen.

There is no dispenser: a note that is larger than what is owed leaves change, which is credited to
the patient's account or fetched at the desk, as the hospital sets it. Say so first (`sentence_zh`).
"""

from dataclasses import dataclass, replace
from enum import StrEnum


class ChangeGoes(StrEnum):
    """Where change goes."""

    TO_ACCOUNT = "to_account"
    TO_DESK = "to_desk"

    @property
    def sentence_zh(self) -> str:
        """What a patient is told before the first note."""
        if self is ChangeGoes.TO_ACCOUNT:
            return "本机不找零，多付的钱记入您的就诊账户，可用于下次缴费。"
        return "本机不找零，多付的钱请凭小票到收费窗口领取。"

    @property
    def sentence_en(self) -> str:
        """The same in English."""
        if self is ChangeGoes.TO_ACCOUNT:
            return "No change is given. What you pay too much is credited to your account."
        return (
            "No change is given. Fetch what you pay too much at the cashier's desk, with the slip."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CashRule:
    """What the hospital sets. `change_max_fen`: the most change that may remain; 0 is none."""

    change_goes: ChangeGoes
    change_max_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CashTaking:
    """One payment in cash. A new one for each note."""

    owed_fen: int
    in_fen: int = 0

    def __post_init__(self) -> None:
        if self.owed_fen <= 0 or self.in_fen < 0:
            raise ValueError(f"owed {self.owed_fen} fen, in {self.in_fen} fen")

    @property
    def missing_fen(self) -> int:
        """What is still to be paid."""
        return max(0, self.owed_fen - self.in_fen)

    @property
    def is_covered(self) -> bool:
        """Whether all is paid."""
        return self.missing_fen == 0

    @property
    def change_fen(self) -> int:
        """What was paid too much."""
        return max(0, self.in_fen - self.owed_fen)

    @property
    def if_given_up_fen(self) -> int:
        """What the patient gets, by the rule for change, if the payment ends here."""
        return self.change_fen if self.is_covered else self.in_fen

    def most_fen(self, rule: CashRule) -> int:
        """Return the largest note that may come in now: what BillValidator.take_notes wants."""
        return 0 if self.is_covered else self.missing_fen + rule.change_max_fen

    def takes(self, note_fen: int, rule: CashRule) -> bool:
        """Tell whether a note in escrow is to be accepted."""
        return note_fen <= self.most_fen(rule)

    def with_note(self, note_fen: int) -> "CashTaking":
        """Return the payment after a credited note; also one that the rule would not have taken."""
        return replace(self, in_fen=self.in_fen + note_fen)


NOTE_TOO_LARGE_ZH = "这张纸币面额太大，请换小面额的纸币，或用手机支付。"
NOTE_TOO_LARGE_EN = "This note is too large. Please use smaller notes, or pay by phone."
