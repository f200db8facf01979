"""The state of an attempt changes by the table only."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from queue_server.payments import steps as happened
from queue_server.payments.attempt import TRANSITIONS, Attempt, WrongStep, after
from queue_server.payments.decide import after_answer
from queue_server.payments.fen import NOTHING, Fen
from queue_server.payments.gateway import Answer, Standing
from queue_server.payments.terms import AttemptId, AttemptState, ChargeId
from tests.unit.payments.samples import NOON, an_attempt

ID = AttemptId("A1")
STEPS: tuple[happened.AttemptStep, ...] = (
    happened.CreationAsked(attempt=ID),
    happened.Created(attempt=ID, qr_text="weixin://x"),
    happened.CreationRefused(attempt=ID, code="NO"),
    happened.OutcomeLost(attempt=ID),
    happened.CloseAsked(attempt=ID, why="cancelled"),
    happened.Closed(attempt=ID),
    happened.MoneyCame(attempt=ID, paid_fen=2550, transaction="T1"),
    happened.AmountDiffered(attempt=ID, paid_fen=1, transaction="T1"),
    happened.LateMoneyCame(attempt=ID, paid_fen=2550, transaction="T1"),
    happened.Booked(attempt=ID),
    happened.RefundAsked(attempt=ID, why="desk"),
    happened.Refunded(attempt=ID),
    happened.RefundRefused(attempt=ID, code="NO"),
    happened.PartRefundAsked(
        attempt=ID, parts=(happened.ReturnedPart(charge=ChargeId("blood"), fen=500),), why="desk"
    ),
    happened.PartRefunded(attempt=ID),
    happened.PartRefundRefused(attempt=ID, code="NO"),
)
ALLOWED = """
new        CreationAsked    creating
creating   Created          waiting
creating   CreationRefused  failed
creating   OutcomeLost      unknown
waiting    MoneyCame        paid
waiting    AmountDiffered   review
waiting    CloseAsked       closing
unknown    MoneyCame        paid
unknown    AmountDiffered   review
unknown    CloseAsked       closing
closing    MoneyCame        paid
closing    AmountDiffered   review
closing    Closed           closed
closed     LateMoneyCame    late_paid
failed     LateMoneyCame    late_paid
paid       Booked           fulfilled
paid       RefundAsked      refunding
fulfilled  RefundAsked      refunding
fulfilled  PartRefundAsked  part_refunding
late_paid  RefundAsked      refunding
review     RefundAsked      refunding
refunding  Refunded         refunded
refunding  RefundRefused    review
part_refunding PartRefunded fulfilled
part_refunding PartRefundRefused fulfilled
"""


def allowed() -> dict[tuple[str, str], str]:
    rows = [line.split() for line in ALLOWED.strip().splitlines()]
    return {(state, step): then for state, step, then in rows}


@pytest.mark.parametrize("state", AttemptState)
@pytest.mark.parametrize("step", STEPS, ids=lambda step: type(step).__name__)
def test_a_step_leads_where_the_table_says_or_is_refused(
    state: AttemptState, step: happened.AttemptStep
) -> None:
    attempt = an_attempt(state)
    then = allowed().get((state.value, type(step).__name__))

    if then is None:
        with pytest.raises(WrongStep):
            after(attempt, step, NOON)
    else:
        assert after(attempt, step, NOON).state == then


def test_every_state_has_its_row_and_every_step_its_place() -> None:
    steps_in_table = {step for row in TRANSITIONS.values() for step in row}

    assert set(TRANSITIONS) == set(AttemptState)
    assert steps_in_table == {type(step) for step in STEPS}


def reachable(attempt: Attempt, depth: int) -> Iterator[Attempt]:
    yield attempt
    if depth:
        for step in STEPS:
            if type(step) in TRANSITIONS[attempt.state]:
                yield from reachable(after(attempt, step, NOON), depth - 1)


def test_on_no_way_is_more_given_back_than_came() -> None:
    ends = list(reachable(an_attempt(), depth=9))

    assert len(ends) > 100
    for attempt in ends:
        assert attempt.refunded <= attempt.paid
        assert attempt.state is not AttemptState.REFUNDED or attempt.kept == NOTHING


def test_money_that_came_late_never_pays_the_bill() -> None:
    late = after(an_attempt(AttemptState.CLOSED), STEPS[8], NOON)

    ways = itertools.chain(reachable(late, depth=4))

    assert not any(attempt.occupies_bill for attempt in ways)


@pytest.mark.parametrize("standing", Standing)
@pytest.mark.parametrize("state", AttemptState)
def test_no_answer_of_a_gateway_leads_to_an_illegal_step(
    state: AttemptState, standing: Standing
) -> None:
    for minutes, is_scanned, paid in itertools.product((0, 5), (True, False), (1, 2550)):
        attempt = an_attempt(state, is_scanned=is_scanned)
        now = NOON + timedelta(minutes=minutes)
        answer = Answer(standing=standing, paid=Fen(paid), transaction="T1")
        changed = attempt
        for step in after_answer(attempt, answer, now):
            changed = after(changed, step, now)
        assert state is not AttemptState.UNKNOWN or changed.state is not AttemptState.FAILED


def test_an_unknown_outcome_is_never_shown_as_failed() -> None:
    unknown = an_attempt(AttemptState.UNKNOWN, is_scanned=True)

    for standing in (Standing.REFUSED, Standing.ABSENT, Standing.SILENT, Standing.WAITING):
        assert after_answer(unknown, Answer(standing=standing), NOON) == []


def test_a_scanned_payment_that_the_gateway_does_not_know_may_still_be_under_way() -> None:
    closing = an_attempt(AttemptState.CLOSING, is_scanned=True)
    absent = Answer(standing=Standing.ABSENT)

    assert after_answer(closing, absent, NOON + timedelta(seconds=59)) == []
    assert after_answer(closing, absent, NOON + timedelta(seconds=60)) == [STEPS[5]]


def test_the_same_success_told_twice_changes_nothing() -> None:
    paid = Answer(standing=Standing.PAID, paid=Fen(2550), transaction="T1")
    attempt = replace(an_attempt(AttemptState.FULFILLED), paid=Fen(2550), transaction="T1")

    assert after_answer(attempt, paid, NOON) == []
