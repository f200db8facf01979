"""The audit list as a file for a spreadsheet: UTF-8 with a mark, and no cell is a formula."""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Final

from queue_server.rules.terms import Language
from queue_server.web.audit_line import About, AuditLine

_MARK: Final = "\ufeff"
"""Without it Excel takes UTF-8 for something else."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What begins a formula, or hides one (OWASP, CSV injection)."""
HEADINGS: Final = (
    ("记录号", "Row"),
    ("门诊日", "Clinic day"),
    ("时间", "Time"),
    ("人员", "Person"),
    ("账号", "Account"),
    ("内容", "What"),
    ("号码", "Numbers"),
    ("脱敏姓名", "Masked names"),
    ("患者编号", "Patient ids"),
    ("说明", "Details"),
)


def audit_csv(day_on: str, lines: Iterable[AuditLine], language: Language) -> Iterator[str]:
    """Yield the file in parts, in the reader's language."""
    is_zh = language is Language.CHINESE
    yield _MARK + _written([zh if is_zh else en for zh, en in HEADINGS])
    for line in lines:
        yield _written(_cells(day_on, line, is_zh=is_zh))


def _cells(day_on: str, line: AuditLine, *, is_zh: bool) -> list[str]:
    return [
        str(line.row),
        day_on,
        line.at,
        line.name,
        line.by,
        line.what_zh if is_zh else line.what_en,
        _all(line.about, "number"),
        _all(line.about, "masked_name"),
        _all(line.about, "patient_id"),
        line.detail_zh if is_zh else line.detail_en,
    ]


def _all(about: Iterable[About], field: str) -> str:
    return "; ".join(getattr(one, field) or "—" for one in about)


def _written(cells: Iterable[str]) -> str:
    file = io.StringIO()
    csv.writer(file).writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])
    return file.getvalue()
