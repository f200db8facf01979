"""`InsurancePlatform` over a signed line, as the sandbox speaks it.

The steps are those of the national platform: ec.query, 2206, 2207, 2208, and 5203 to look. What
stands in them and how they are signed is assumed: a real one is reached through the region's own
front end, with SM2 and SM3, and its fields have to be put in here.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from queue_server.payments.claim import Covered
from queue_server.payments.configuration import PlatformConfiguration
from queue_server.payments.insurance_platform import Insured
from queue_server.payments.ledger import Charge
from queue_server.payments.receipt_platform import PlatformSilent
from queue_server.payments.signed_line import TIMEOUT_S, SignedLine
from queue_server.payments.terms import ChargeId, ClaimId

SETTLES_BILLS = "01301"
"""The business type of ec.query: 结算."""


class HttpInsurance:
    """Asks the platform at its address; see `SignedLine` for what is given."""

    def __init__(
        self,
        configuration: PlatformConfiguration,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._line = SignedLine(configuration, clock, new_id, timeout_s)

    def query(self, code: str) -> Insured:
        """See InsurancePlatform."""
        answer = self._line.ask("ec.query", {"ecCode": code, "businessType": SETTLES_BILLS})
        try:
            return Insured(id_number=str(answer["idNo"]), token=str(answer["ecToken"]))
        except KeyError:
            raise PlatformSilent from None

    def pre_settle(self, insured: Insured, charges: Sequence[Charge]) -> Sequence[Covered]:
        """See InsurancePlatform."""
        return _covered(self._line.ask("2206", {"ecToken": insured.token, **_details(charges)}))

    def settle(
        self, claim: ClaimId, insured: Insured, charges: Sequence[Charge]
    ) -> tuple[str, Sequence[Covered]]:
        """See InsurancePlatform."""
        said = {"number": claim, "ecToken": insured.token, **_details(charges)}
        return _settled(self._line.ask("2207", said))

    def find(self, claim: ClaimId) -> tuple[str, Sequence[Covered]] | None:
        """See InsurancePlatform."""
        answer = self._line.ask("5203", {"number": claim})
        return None if answer.get("setl_id") is None else _settled(answer)

    def undo(self, claim: ClaimId) -> None:
        """See InsurancePlatform."""
        self._line.ask("2208", {"number": claim})


def _details(charges: Sequence[Charge]) -> dict[str, Any]:
    """Return what is asked for: no name, and nothing of what was already settled."""
    return {
        "feedetail": [{"feedetl_sn": one.id, "amount_fen": one.self_pay.fen} for one in charges]
    }


def _settled(answer: dict[str, Any]) -> tuple[str, Sequence[Covered]]:
    try:
        return str(answer["setl_id"]), _covered(answer)
    except KeyError:
        raise PlatformSilent from None


def _covered(answer: dict[str, Any]) -> Sequence[Covered]:
    try:
        return [
            Covered(charge=ChargeId(str(one["feedetl_sn"])), fen=int(one["fund_fen"]))
            for one in answer["feedetail"]
        ]
    except (KeyError, TypeError, ValueError):
        raise PlatformSilent from None
