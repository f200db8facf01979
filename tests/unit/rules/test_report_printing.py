"""Who may have a report on paper: the second factor, its throttle, and how often."""

from datetime import datetime, timedelta, timezone

import pytest

from queue_server.rules.refusals import Refused
from queue_server.rules.report_printing import (
    LOCKED_FOR,
    TRIES_A_DAY_MAX,
    TRIES_MAX,
    Known,
    PrintAgain,
    ReportPolicy,
    proves,
    require_open,
    why_not_printable,
    wrong_proof,
)
from queue_server.rules.terms import RefusalCode, ReportState

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=timezone(timedelta(hours=8)))
DAY_ENDS = datetime(2026, 11, 24, 4, 0, tzinfo=timezone(timedelta(hours=8)))
KNOWN = Known(
    phone_number="10000004417",
    id_number="11010519491231002X",
    is_identified_by_id_number=False,
)


def tries(count: int) -> list[datetime]:
    return [NINE + timedelta(seconds=second) for second in range(count)]


def is_open(wrong_count: int, at: datetime) -> bool:
    try:
        require_open(tries(wrong_count), at, DAY_ENDS)
    except Refused:
        return False
    return True


def test_the_last_four_digits_of_the_phone_number_prove_a_patient() -> None:
    assert proves(KNOWN, phone_end="4417", id_number=None)
    assert not proves(KNOWN, phone_end="4418", id_number=None)


def test_the_id_number_proves_whoever_came_with_his_card() -> None:
    assert proves(KNOWN, phone_end=None, id_number="11010519491231002x")
    assert not proves(KNOWN, phone_end=None, id_number="110105194912310038")


@pytest.mark.parametrize(
    ("known", "phone_end", "id_number"),
    [
        (
            Known(phone_number=None, id_number="1", is_identified_by_id_number=False),
            "0000",
            None,
        ),
        (
            Known(phone_number="1", id_number=None, is_identified_by_id_number=False),
            None,
            "1",
        ),
        (
            Known(phone_number="1", id_number="X", is_identified_by_id_number=True),
            None,
            "X",
        ),
    ],
)
def test_what_the_hospital_does_not_know_or_what_identified_him_proves_nothing(
    known: Known, phone_end: str | None, id_number: str | None
) -> None:
    with pytest.raises(Refused) as told:
        proves(known, phone_end=phone_end, id_number=id_number)

    assert told.value.code is RefusalCode.PROOF_IMPOSSIBLE


def test_three_wrong_tries_close_the_way_for_half_an_hour() -> None:
    last = tries(TRIES_MAX)[-1]

    assert is_open(0, NINE)
    assert is_open(TRIES_MAX - 1, last)
    assert not is_open(TRIES_MAX, last + LOCKED_FOR - timedelta(seconds=1))
    assert is_open(TRIES_MAX, last + LOCKED_FOR)
    assert is_open(TRIES_MAX + 1, last)


def test_six_wrong_tries_close_it_for_the_clinic_day() -> None:
    assert not is_open(TRIES_A_DAY_MAX, DAY_ENDS - timedelta(seconds=1))
    assert is_open(TRIES_A_DAY_MAX, DAY_ENDS)


def test_a_wrong_try_is_told_how_many_are_left_and_the_last_one_when_it_opens() -> None:
    sentences = [wrong_proof(tries(count), NINE, DAY_ENDS) for count in (1, 2, 3, 4, 5, 6)]

    assert [one.code for one in sentences] == [
        RefusalCode.PROOF_WRONG,
        RefusalCode.PROOF_WRONG,
        RefusalCode.PROOF_LOCKED,
        RefusalCode.PROOF_WRONG,
        RefusalCode.PROOF_WRONG,
        RefusalCode.PROOF_LOCKED,
    ]
    assert "2 次" in sentences[0].message_zh
    assert "1 次" in sentences[1].message_zh
    assert "09:30" in sentences[2].message_zh
    assert "04:00" in sentences[5].message_en


def test_only_a_final_report_is_printed() -> None:
    free = ReportPolicy(again=PrintAgain.FREE)
    for state in (ReportState.ORDERED, ReportState.IN_PROGRESS):
        assert why_not_printable(state, 0, free) is RefusalCode.REPORT_NOT_FINAL

    assert why_not_printable(ReportState.FINAL, 9, free) is None


def test_a_report_is_printed_as_often_as_the_site_says() -> None:
    twice = ReportPolicy(free_count=2)

    assert why_not_printable(ReportState.FINAL, 1, twice) is None
    assert why_not_printable(ReportState.FINAL, 2, twice) is RefusalCode.REPORT_PRINTED_ALREADY


def test_a_further_copy_for_a_fee_is_printed_once_it_is_paid_and_not_before() -> None:
    for_a_fee = ReportPolicy(free_count=1, again=PrintAgain.FEE, report_copy_fen=200)

    assert why_not_printable(ReportState.FINAL, 0, for_a_fee) is None
    assert why_not_printable(ReportState.FINAL, 1, for_a_fee) is RefusalCode.REPORT_COPY_UNPAID
    assert why_not_printable(ReportState.FINAL, 1, for_a_fee, is_next_paid=True) is None
    unfinished = why_not_printable(ReportState.IN_PROGRESS, 1, for_a_fee, is_next_paid=True)
    assert unfinished is RefusalCode.REPORT_NOT_FINAL
