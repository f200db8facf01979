"""What the slip says."""

from dataclasses import fields
from datetime import datetime, timedelta, timezone

import pytest

from hardware.slip import Slip, SlipQr
from kiosk.flow.slip_facts import SlipFacts
from kiosk.presenter.wording import load_wordings
from kiosk.slip import make_slip
from queue_server.rules.terms import TicketState
from tests.unit.kiosk.hospital_for_tests import (
    AT,
    MASKED_NAME,
    SLIP_CODE,
    place,
    waiting_visit,
)

PRINTED_AT = datetime(2026, 11, 21, 8, 5, 7, tzinfo=timezone(timedelta(hours=8)))


def facts(**changes: object) -> SlipFacts:
    values = {
        "visit": waiting_visit(),
        "masked_name": MASKED_NAME,
        "checked_in_at": AT,
        "rule_text_zh": ("按时段和号码叫号。",),
        "rule_text_en": ("Called by slot and number.",),
    }
    return SlipFacts(**values | changes)  # type: ignore[arg-type]


def texts_of(slip: Slip) -> str:
    return "\n".join(
        str(getattr(part, field.name)) for part in slip.parts for field in fields(part)
    )


def slip_in(language: str, of: SlipFacts) -> Slip:
    words = load_wordings()[language]
    return make_slip(of, words, hospital="北京清榆医院", printed_at=PRINTED_AT)


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "zh",
            ["北京清榆医院", "A16", "欧阳**", "请在 2 层 A 候诊区等候叫号", "沈怀仁"],
        ),
        (
            "zh",
            ["201 诊室", "11月21日  09:00-09:30", "3 位 (按规则最多 5 位)", "按时段和号码叫号。"],
        ),
        ("zh", ["签到 2026-11-21 08:05", "打印 2026-11-21 08:05:07"]),
        ("en", ["A16", "Please wait in Waiting Area A, Floor 2", "Cardiology", "Room 201"]),
        ("en", ["11/21  09:00-09:30", "3 (at most 5 by the rules)", "Called by slot and number."]),
    ],
)
def test_a_slip_says_all_a_patient_needs(language: str, expected: list[str]) -> None:
    text = texts_of(slip_in(language, facts()))

    assert [words for words in expected if words not in text] == []


def test_a_slip_carries_its_code() -> None:
    slip = slip_in("zh", facts())

    assert [part.payload for part in slip.parts if isinstance(part, SlipQr)] == [SLIP_CODE]


def test_who_is_called_finds_no_count_on_his_slip() -> None:
    called = waiting_visit(place=place(state=TicketState.CALLED))

    text = texts_of(slip_in("zh", facts(visit=called)))

    assert "前面还有" not in text


def test_a_slip_printed_later_needs_neither_rules_nor_the_time_of_check_in() -> None:
    later = facts(checked_in_at=None, rule_text_zh=(), rule_text_en=())

    text = texts_of(slip_in("zh", later))

    assert "叫号规则" not in text
    assert "签到" not in text


def test_an_instant_at_the_edge_of_the_calendar_is_printed_as_it_is() -> None:
    first = datetime.fromisoformat("0001-01-01T00:00:00+14:00")

    assert "1-01-01 00:00" in texts_of(slip_in("zh", facts(checked_in_at=first)))
