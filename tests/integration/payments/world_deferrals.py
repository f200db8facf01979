"""What must be true of all that was put off, whatever happened to whom."""

from typing import TYPE_CHECKING

from queue_server.payments.deferral import Agreement, Deferral, DeferralState
from queue_server.payments.fen import Fen, total
from queue_server.payments.terms import AttemptState, ChargeId, DeferralId

if TYPE_CHECKING:
    from tests.integration.payments.world import World

AGREEMENT = Agreement(limit=Fen(90_000), used=Fen(10_000), pay_within_days=3)


def every_deferral(world: "World") -> dict[DeferralId, Deferral]:
    """Return all that was put off, as it is now."""
    found: dict[DeferralId, Deferral] = {}
    for books in world.every_books():
        found.update(books.deferral_book.deferrals)
    return found


def check_deferrals(world: "World") -> None:
    """What is put off is owed until it is booked, to the fen, and never more than was agreed."""
    deferrals = every_deferral(world)
    booked = {
        charge
        for attempt in world.every_attempt()
        if attempt.state is not AttemptState.REVIEW
        for charge in world.hospital.booked.get(attempt.id, ())
    }
    open_sums = world.office.open_sums()
    still_owed: list[ChargeId] = []
    for deferral in deferrals.values():
        assert deferral.state is not DeferralState.ASKED or not deferral.left, deferral
        is_released = deferral.id in world.hospital.released
        assert is_released or deferral.state is not DeferralState.RELEASED, deferral
        if deferral.state is DeferralState.REFUSED:
            assert not is_released, deferral
            continue
        still_owed += deferral.left
        gone = set(deferral.charges) - set(deferral.left)
        assert gone <= booked, "put off, not paid, and forgotten"
    assert len(set(still_owed)) == len(still_owed), "one charge is put off twice"
    assert [one.id for each in open_sums for one in each.charges] == still_owed
    assert total(one.amount for one in open_sums) <= AGREEMENT.free
