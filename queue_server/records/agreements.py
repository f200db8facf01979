"""Who may be treated first and pay later: the port `Agreements`."""

from typing import Protocol

from queue_server.payments.deferral import Agreement
from queue_server.rules.terms import PatientId


class Agreements(Protocol):
    """The part of the hospital's records that knows with whom it has agreed on credit."""

    def agreement_of(self, patient: PatientId) -> Agreement | None:
        """Return what was agreed with a patient; None: he pays before each step. May block.

        Raises:
            RecordsUnavailable: the records can't be asked now.
        """
