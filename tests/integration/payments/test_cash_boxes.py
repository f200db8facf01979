"""The cash boxes of a day against the books, from what the journal tells of the day."""

import csv
from datetime import timedelta

from queue_server.payments.cash_reconciliation import (
    CASH_ADVICE,
    CashDay,
    CashDifferenceKind,
    cash_of_day,
)
from queue_server.payments.fen import Fen
from queue_server.payments.reconciliation_csv import differences_csv
from queue_server.payments.terms import AttemptId
from queue_server.payments.till import NoteTold
from tests.integration.payments.test_cash import KIOSK, MORNING, Hospital

KIND = CashDifferenceKind


def cash_of(hospital: Hospital) -> CashDay:
    return cash_of_day(hospital.store.steps(hospital.now.date()))


def empty(hospital: Hospital, counted_fen: int) -> None:
    hospital.cashier.till.empty(KIOSK, Fen(counted_fen), by="chen")


def test_a_box_that_was_counted_and_agrees_asks_for_nobody() -> None:
    hospital = Hospital()
    hospital.put_in(hospital.begin(3725), 2000, 2000)
    empty(hospital, 4000)

    cash = cash_of(hospital)

    [box] = cash.boxes
    assert (cash.came, cash.kept, cash.difference_count) == (Fen(4000), Fen(275), 0)
    assert (box.box.count, box.box.value, box.counted, box.kinds) == (2, Fen(4000), Fen(4000), ())
    assert box.emptied_at is not None


def test_what_the_cashier_has_handed_out_is_no_longer_kept() -> None:
    hospital = Hospital()
    attempt = hospital.put_in(hospital.begin(3725), 5000)
    hospital.cashier.till.hand_out(attempt.id, by="chen")

    cash = cash_of(hospital)

    assert (cash.came, cash.handed_out, cash.kept) == (Fen(5000), Fen(1275), Fen(0))


def test_another_sum_than_was_credited_is_a_difference_with_what_to_do() -> None:
    hospital = Hospital()
    hospital.put_in(hospital.begin(5000), 2000)
    empty(hospital, 1900)

    cash = cash_of(hospital)

    assert [one.kinds for one in cash.boxes] == [(KIND.SUM,)]
    text = differences_csv(hospital.now.date(), [], lambda _: (), cash.boxes)
    [head, row] = list(csv.reader(text[1:].splitlines()))
    assert len(head) == len(row)
    assert row[1:8] == ["cash", "box_sum", KIOSK, "1/1", "", "20.00", "19.00"]
    assert row[-2:] == list(CASH_ADVICE[KIND.SUM])


def test_notes_that_only_the_validator_has_counted_stay_to_be_looked_at_until_it_is_emptied() -> (
    None
):
    hospital = Hospital()
    hospital.put_in(hospital.begin(5000), 2000)
    differs = NoteTold(
        device=KIOSK, book="b1", number=2, attempt=AttemptId(""), value_fen=0, box_count=3,
        expected_count=1,
    )  # fmt: skip
    hospital.cashier.till.take(differs)
    [box] = cash_of(hospital).boxes
    assert (box.box.count, box.box.found_count, box.kinds) == (1, 3, (KIND.COUNT,))

    empty(hospital, 4000)

    [emptied] = cash_of(hospital).boxes
    assert emptied.kinds == (KIND.COUNT, KIND.SUM)
    hospital.wait(timedelta(days=1))
    assert cash_of(hospital).boxes == ()


def test_notes_of_nobody_are_told_apart_from_those_that_are_missing() -> None:
    hospital = Hospital()
    hospital.cashier.till.take(hospital.note(AttemptId(""), 2000))
    empty(hospital, 2000)

    [box] = cash_of(hospital).boxes

    assert box.kinds == (KIND.UNASSIGNED,)


def test_a_box_that_is_emptied_on_a_later_day_is_compared_with_all_that_came_since() -> None:
    hospital = Hospital()
    hospital.put_in(hospital.begin(2000), 2000)
    hospital.wait(timedelta(days=1))
    hospital.put_in(hospital.begin(1000), 1000)
    empty(hospital, 3000)
    hospital.put_in(hospital.begin(500), 500)

    first = cash_of_day(hospital.store.steps(MORNING.date()))
    second = cash_of(hospital)

    assert [(one.box.value, one.emptied_at) for one in first.boxes] == [(Fen(2000), None)]
    emptied, left = second.boxes
    assert (second.came, emptied.counted, emptied.kinds) == (Fen(1500), Fen(3000), ())
    assert (left.box.value, left.counted) == (Fen(500), None)


def test_a_day_without_cash_has_no_boxes() -> None:
    hospital = Hospital()
    hospital.begin(2000)

    cash = cash_of(hospital)

    assert (cash.boxes, cash.came, cash.kept) == ((), Fen(0), Fen(0))


def test_every_difference_has_its_advice_in_both_languages() -> None:
    assert set(CASH_ADVICE) == set(CashDifferenceKind)
    assert all(zh.endswith("。") and en.endswith(".") for zh, en in CASH_ADVICE.values())
