"""What the site file says of printing reports: a fee stands there exactly where one is taken."""

import pytest

from queue_server.rules.report_printing import PrintAgain, ReportPolicy
from queue_server.site_reports import report_policy
from queue_server.toml_table import Problems, Table


def read(**values: object) -> tuple[ReportPolicy, list[str]]:
    problems = Problems()
    policy = report_policy(Table("reports", values, problems))
    return policy, [f"{one.where} {one.message_en}" for one in problems.found]


def test_what_a_copy_costs_is_read_with_the_rule_that_takes_a_fee() -> None:
    policy, problems = read(again="fee", report_copy_fen=200)

    assert not problems
    assert (policy.again, policy.report_copy_fen, policy.free_count) == (PrintAgain.FEE, 200, 1)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"again": "fee"}, "reports.report_copy_fen is missing: give a whole number from 1"),
        ({"again": "fee", "report_copy_fen": 0}, "reports.report_copy_fen is 0: expected a whole"),
        ({"again": "fee", "report_copy_fen": 10_001}, "reports.report_copy_fen is 10001"),
        ({"again": "fee", "report_copy_fen": "2"}, "reports.report_copy_fen is '2'"),
        ({"report_copy_fen": 200}, "reports.report_copy_fen is 200: expected it only where again"),
        ({"again": "free", "report_copy_fen": 200}, "reports.report_copy_fen is 200: expected it"),
        ({"again": "pay"}, "reports.again is 'pay': expected desk or free or fee"),
    ],
)
def test_a_fee_that_is_missing_too_much_or_never_taken_is_told_with_its_key(
    values: dict[str, object], told: str
) -> None:
    _, problems = read(**values)

    assert len(problems) == 1
    assert problems[0].startswith(told)
