"""A patient who wants to pay once, whatever the machines do meanwhile: he goes by the screen."""

import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from queue_server.demo.cash_scenes import CASH_KEY
from queue_server.demo.controls import TourStuck, read_qr
from queue_server.payments.fen import Fen
from queue_server.payments.terms import AttemptState
from queue_server.records.records import Patient
from tests.end_to_end.paying_morning import PayingMorning
from tests.end_to_end.purse import NOTES_YUAN, Purse

Choose = Callable[[], None]
IS_BEING_LOOKED_AT: Final = (TourStuck, OSError, ValueError)
"""What comes of a kiosk that is not there, or shows something else by now."""


@dataclass(kw_only=True)
class PersistentPatient:
    """`way`: `shown`, `scanned` or `cash`."""

    morning: PayingMorning
    patient: Patient
    owed: Fen
    way: str
    code: str
    _paid_codes: set[str] = field(default_factory=set)

    def is_done(self) -> bool:
        """Tell whether the books say that he has paid."""
        attempts = self.morning.attempts(self.patient)
        return any(one.state is AttemptState.FULFILLED for one in attempts)

    def act(self) -> None:
        """Do the next thing that the kiosk's screen asks for."""
        try:
            self._act(self.morning.kiosk.screen())
        except IS_BEING_LOOKED_AT:
            return

    def _act(self, screen: str) -> None:
        kiosk = self.morning.kiosk
        match screen:
            case "home":
                if not self.morning.is_line_down():
                    kiosk.tap("pay")
            case "identify":
                self.morning.show_card(self.patient)
            case "bills":
                kiosk.tap("pay")
            case "channels":
                self._choose()
            case "paying" if self.way == "shown":
                self._scan_the_screen()
            case "cash":
                self._put_a_note_in()
            case "refusal" if kiosk.has("try-again"):
                kiosk.tap("try-again")
            case _:
                return

    def _choose(self) -> None:
        if self.way == "scanned":
            self.morning.scan(self.code)
        else:
            self.morning.kiosk.tap("channel-0" if self.way == "shown" else CASH_KEY)

    def _scan_the_screen(self) -> None:
        picture = self.morning.demo.folder / "screen.png"
        self.morning.kiosk.screenshot(picture)
        address = read_qr(picture)
        if address not in self._paid_codes:
            self._paid_codes.add(address)
            urllib.request.urlopen(f"{address}/confirm", data=b"", timeout=20).close()

    def _put_a_note_in(self) -> None:
        """Push one note in, unless the slot is closed; what is in already he knows by the books."""
        came = [one.cash_in for one in self.morning.attempts(self.patient)]
        missing_fen = self.owed.fen - (came[-1].fen if came else 0)
        if missing_fen > 0:
            note = next((one for one in NOTES_YUAN if one * 100 <= missing_fen), NOTES_YUAN[-1])
            Purse(morning=self.morning).order("insert", str(note))
