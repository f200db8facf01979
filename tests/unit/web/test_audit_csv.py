"""The audit list as a file: whatever stands in it, no spreadsheet takes it for a formula."""

import csv
import io

import pytest

from queue_server.rules.terms import Language
from queue_server.web.audit_csv import HEADINGS, audit_csv
from queue_server.web.audit_line import About, AuditLine


def line(text: str) -> AuditLine:
    about = About(number="A001", clinic_zh="", clinic_en="", masked_name=text, patient_id="p-1")
    return AuditLine(
        row=7,
        at="08:00:00",
        by="nurse:li",
        name=text,
        is_about_names=True,
        what_zh="查找",
        what_en="searched",
        about=[about, about],
        detail_zh=text,
        detail_en=text,
    )


def written(text: str, language: Language = Language.ENGLISH) -> list[list[str]]:
    parts = audit_csv("2026-11-23", [line(text)], language)
    return list(csv.reader(io.StringIO("".join(parts).removeprefix("\ufeff"))))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", "=cmd|' /C x'!A0"])
def test_no_cell_begins_like_a_formula(text: str) -> None:
    _, row = written(text)

    assert row[3] == f"'{text}"
    assert [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []


def test_commas_quotes_and_lines_stay_within_their_cell() -> None:
    text = 'a,"b"\nc；d'
    heading, row = written(text)

    assert (row[3], row[9], len(row)) == (text, text, len(heading))


def test_headings_and_words_are_in_the_readers_language() -> None:
    heading, row = written("x", Language.CHINESE)

    assert len(heading) == len(HEADINGS) == len(row)
    assert (heading[0], row[5], row[6]) == ("记录号", "查找", "A001; A001")
    assert written("x")[0][0] == "Row"
