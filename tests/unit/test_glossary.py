"""The glossary and the code have the same words."""

import re
from enum import StrEnum
from pathlib import Path

import pytest

from queue_server.contract.receipt_messages import ReceiptState
from queue_server.payments.claim import ClaimState
from queue_server.payments.deferral import DeferralState
from queue_server.payments.terms import AttemptState, Channel, PaymentMode
from queue_server.rules.terms import (
    AbsenceCause,
    AbsenceKind,
    MemberState,
    PrintOutcome,
    PriorityRank,
    QueueStatus,
    ReportKind,
    ReportState,
    TicketKind,
    TicketState,
)

GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"


def section(title: str) -> str:
    text = GLOSSARY.read_text(encoding="utf-8")
    found = re.search(rf"^## {title}$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, title
    return found.group(1)


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("States of a ticket", TicketState),
        ("Where a doctor of a team is", MemberState),
        ("Kinds of ticket", TicketKind),
        ("Kinds of ticket", PriorityRank),
        ("What happens", QueueStatus),
        ("What happens", AbsenceKind),
        ("What happens", AbsenceCause),
        ("Money", Channel),
        ("Money", PaymentMode),
        ("Money", DeferralState),
        ("Money", ClaimState),
        ("Money", ReceiptState),
        ("States of an attempt", AttemptState),
        ("Reports", ReportKind),
        ("Reports", ReportState),
        ("Reports", PrintOutcome),
    ],
)
def test_every_word_of_the_code_is_explained(title: str, words: type[StrEnum]) -> None:
    explained = set(re.findall(r"`([a-z_0-9]+)`", section(title)))

    assert {word.value for word in words} <= explained


def test_every_row_explains_its_term_in_both_languages() -> None:
    rows = [
        line
        for line in GLOSSARY.read_text(encoding="utf-8").splitlines()
        if line.startswith("| ") and not line.startswith("| Term")
    ]

    assert len(rows) > 50
    for row in rows:
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert len(cells) == 4, row
        assert all(cells), row
        assert re.search("[\u4e00-\u9fff]", cells[1]), row
