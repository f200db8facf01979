"""The rule of taking cash."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.cash.taking import CashRule, CashTaking, ChangeGoes

NOTES_FEN = (100, 500, 1000, 2000, 5000, 10000)
RULES = st.builds(
    CashRule,
    change_goes=st.sampled_from(ChangeGoes),
    change_max_fen=st.integers(0, 20_000),
)


def rule(change_max_fen: int) -> CashRule:
    return CashRule(change_goes=ChangeGoes.TO_ACCOUNT, change_max_fen=change_max_fen)


@pytest.mark.parametrize(
    ("owed", "inside", "change_max", "note", "is_taken"),
    [
        (2550, 0, 5000, 5000, True),
        (2550, 0, 5000, 10000, False),  # 74.50 yuan of change are too much
        (2550, 2000, 0, 500, True),
        (2550, 2500, 0, 100, False),  # no change is allowed, and 50 fen are missing
        (2550, 2500, 50, 100, True),
        (2550, 3000, 5000, 100, False),  # all is paid
        (5000, 0, 0, 5000, True),
    ],
)
def test_a_note_is_taken_if_its_change_may_be_credited(
    owed: int, inside: int, change_max: int, note: int, is_taken: bool
) -> None:
    assert CashTaking(owed_fen=owed, in_fen=inside).takes(note, rule(change_max)) is is_taken


@given(
    owed=st.integers(1, 100_000),
    rule=RULES,
    notes=st.lists(st.sampled_from(NOTES_FEN), max_size=40),
)
def test_every_fen_is_paid_or_change_and_never_more_change_than_allowed(
    owed: int, rule: CashRule, notes: list[int]
) -> None:
    taking, put_in = CashTaking(owed_fen=owed), 0
    for note in notes:
        if taking.takes(note, rule):
            taking, put_in = taking.with_note(note), put_in + note

    assert taking.in_fen == put_in
    assert taking.change_fen <= rule.change_max_fen
    paid = owed - taking.missing_fen
    assert paid + taking.change_fen == put_in
    assert taking.if_given_up_fen == (taking.change_fen if taking.is_covered else put_in)
    assert taking.most_fen(rule) == 0 or not taking.is_covered


def test_a_note_that_was_credited_all_the_same_is_counted() -> None:
    taking = CashTaking(owed_fen=100).with_note(10_000)

    assert taking.change_fen == 9_900


@pytest.mark.parametrize(("owed", "inside"), [(0, 0), (-1, 0), (100, -1)])
def test_nothing_is_taken_for_nothing(owed: int, inside: int) -> None:
    with pytest.raises(ValueError, match="fen"):
        CashTaking(owed_fen=owed, in_fen=inside)


def test_a_patient_is_told_before_the_first_note_where_change_goes() -> None:
    for goes in ChangeGoes:
        assert "不找零" in goes.sentence_zh
        assert "No change is given" in goes.sentence_en
    assert "账户" in ChangeGoes.TO_ACCOUNT.sentence_zh
    assert "窗口" in ChangeGoes.TO_DESK.sentence_zh
