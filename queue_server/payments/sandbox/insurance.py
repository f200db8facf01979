"""The sandbox's medical insurance: knows whose code it is, settles, undoes, forgets nothing.

A code of the sandbox has 28 digits: `424`, the first 17 of the patient's ID number, two digits
that say how much is paid of each charge (in percent; 99: all of it), two of the province, `0000`.
A real one says nothing of whose it is.
"""

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from queue_server.payments.sandbox.faults import Faults

_CODE: Final = re.compile(r"424(\d{17})(\d{2})\d{2}0000", re.ASCII)
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ALL: Final = 99


class SettlementRefused(Exception):
    """The insurance does not do it, for certain."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(slots=True, kw_only=True)
class Settled:
    """A settlement under the hospital's number."""

    number: str
    transaction: str
    covered: Mapping[str, int]
    """What is paid of each charge, in fen."""
    is_undone: bool = False


@dataclass(slots=True, kw_only=True)
class Insurance:
    """One insurance; any thread may ask."""

    app_id: str
    secret: str = field(repr=False)
    faults: Faults
    new_id: Callable[[], str]
    settled: dict[str, Settled] = field(default_factory=dict)
    """By the hospital's number."""
    _percents: dict[str, int] = field(default_factory=dict)
    _dead: set[str] = field(default_factory=set)
    """Numbers that were undone before they came: they never settle."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def query(self, code: str) -> dict[str, str]:
        """Return whose code it is, and a token for what follows.

        Raises:
            SettlementRefused: it is none.
        """
        found = _CODE.fullmatch(code)
        if found is None:
            raise SettlementRefused("CODE_INVALID")
        first, percent = found.groups()
        weighted = sum(int(one) * weight for one, weight in zip(first, _WEIGHTS, strict=True))
        with self._lock:
            token = self.new_id()
            self._percents[token] = 100 if int(percent) == _ALL else int(percent)
        return {"idNo": first + "10X98765432"[weighted % 11], "ecToken": token}

    def would_pay(self, token: str, details: Sequence[Mapping[str, Any]]) -> dict[str, int]:
        """Return what it pays of each charge.

        Raises:
            SettlementRefused: nobody has such a token.
        """
        percent = self._percents.get(token)
        if percent is None:
            raise SettlementRefused("TOKEN_UNKNOWN")
        return {one["feedetl_sn"]: one["amount_fen"] * percent // 100 for one in details}

    def settle(self, number: str, token: str, details: Sequence[Mapping[str, Any]]) -> Settled:
        """Settle; a second time it is the same.

        Raises:
            SettlementRefused: the number was undone.
        """
        with self._lock:
            known = self.settled.get(number)
            if number in self._dead or (known is not None and known.is_undone):
                raise SettlementRefused("UNDONE")
            if known is None:
                covered = self.would_pay(token, details)
                made = Settled(number=number, transaction=self.new_id(), covered=covered)
                known = self.settled[number] = made
            return known

    def find(self, number: str) -> Settled | None:
        """Return what is paid under a number; None: nothing, or nothing any more."""
        found = self.settled.get(number)
        return None if found is None or found.is_undone else found

    def undo(self, number: str) -> None:
        """Take a settlement back, once; a number that is not known never settles."""
        with self._lock:
            self._dead.add(number)
            if number in self.settled:
                self.settled[number].is_undone = True

    @property
    def paid_fen(self) -> int:
        """All that it pays, less what was undone."""
        return sum(sum(one.covered.values()) for one in self.settled.values() if not one.is_undone)
