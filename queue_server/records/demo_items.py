"""What things cost in the demo hospital: an item of a price list, and a charge made of it."""

from random import Random  # noqa: TID251 - only ever handed over, with a seed

import msgspec

from queue_server.payments.fen import Fen
from queue_server.payments.ledger import Charge
from queue_server.payments.terms import ChargeId, SheetId, VisitId
from queue_server.rules.terms import PatientId


class DemoItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An item of `assets/demo/charges.toml` and `stays.toml`; `insured` is in percent."""

    name_zh: str
    name_en: str
    price_fen: int
    insured: int
    unit_zh: str = ""
    unit_en: str = ""
    quantity_to: int = 1

    def charge(
        self,
        chance: Random,
        *,
        id: ChargeId,  # noqa: A002 - as a charge calls it
        visit: VisitId,
        patient: PatientId,
        sheet: SheetId | None = None,
    ) -> Charge:
        """Return a charge for some of it."""
        quantity = chance.randint(1, self.quantity_to)
        price_fen = self.price_fen * quantity
        insurance_fen = price_fen * self.insured // 100
        return Charge(
            id=id,
            visit=visit,
            patient=patient,
            name_zh=self.name_zh,
            name_en=self.name_en,
            self_pay=Fen(price_fen - insurance_fen),
            insurance=Fen(insurance_fen),
            quantity=quantity,
            unit_zh=self.unit_zh,
            unit_en=self.unit_en,
            sheet=sheet,
        )
