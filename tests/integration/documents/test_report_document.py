"""A report on A4, read back by poppler and by a QR reader."""

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from queue_server.documents.report_document import Printing, age_text, make_report
from queue_server.documents.typesetter import DocumentError, typeset
from queue_server.records.demo_hospital import DEMO_SITE_FILE
from queue_server.records.records import Patient, Sex
from queue_server.records.reports import Flag, Measurement, Report, ReportContent, ReportId
from queue_server.rules.terms import DeviceId, FullName, PatientId, ReportKind, ReportState
from queue_server.site import load_site
from tests.integration.documents.paper import Paper

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=timezone(timedelta(hours=8)))
SITE = load_site(DEMO_SITE_FILE)
PRINTING = Printing(
    device=DeviceId("kiosk-01"),
    printed_at=NINE,
    check_address="https://queue.test/verify/report/lab-1/ABCDABCDABCDABCD",
    check_code="ABCD-ABCD-ABCD-ABCD",
)
PATIENT = Patient(
    patient_id=PatientId("p-1"),
    full_name=FullName("欧阳明月"),
    sex=Sex.FEMALE,
    birth_on=date(1961, 3, 4),
    id_number=None,
)
CONTENT = ReportContent(
    department="检验科",
    ordered_by="沈怀仁",
    specimen="静脉血",
    examined_at=NINE - timedelta(hours=2),
    reported_at=NINE - timedelta(hours=1),
    reported_by="温如故",
    verified_by="江见秋",
    remark="仅对所送标本负责。",
)


def measurement(name: str, value: str, flag: Flag = Flag.NORMAL, **more: str) -> Measurement:
    told = {"short": "", "unit": "g/L", "reference": "3.50–9.50", **more}
    return Measurement(name=name, value=value, flag=flag, **told)


def report(*measurements: Measurement, **content: Any) -> Report:
    return Report(
        report_id=ReportId("lab-20261123-1"),
        patient_id=PATIENT.patient_id,
        kind=ReportKind.LABORATORY,
        title_zh="生化全项",
        title_en="Biochemistry",
        ordered_at=NINE - timedelta(hours=3),
        state=ReportState.FINAL,
        ready_at=None,
        printed_count=0,
        content=replace(CONTENT, measurements=measurements, **content),
    )


def paper(folder: Path, made: Report, patient: Patient = PATIENT) -> Paper:
    return Paper(folder, make_report(SITE, patient, made, PRINTING))


def test_it_says_whose_it_is_what_it_is_and_who_has_signed(tmp_path: Path) -> None:
    text = paper(tmp_path, report(measurement("总蛋白", "6.20"))).text()

    for said in (
        "北京清榆医院",
        "生化全项",
        "欧阳明月",
        "女",
        "65 岁",
        "检验科",
        "温如故",
        "江见秋",
    ):
        assert said in text
    assert "2026-11-23 08:00" in text
    assert "ABCD-ABCD-ABCD-ABCD" in text
    assert "lab-20261123-1" in text
    assert "仅对所送标本负责。" in text


def test_a_value_stands_in_its_row_with_unit_and_reference(tmp_path: Path) -> None:
    rows = paper(tmp_path, report(measurement("总蛋白", "6.20", short="TP"))).rows()

    [row] = [row for row in rows if "总蛋白" in row]
    assert row[:3] == ["1", "总蛋白", "TP"]
    # A decimal point in a column of its own may be read as two words.
    assert "".join(row[3:]) == "6.20g/L3.50–9.50"


@pytest.mark.parametrize(
    ("flag", "sign"), [(Flag.HIGH, "↑高"), (Flag.LOW, "↓低"), (Flag.ABNORMAL, "异常")]
)
def test_what_is_abnormal_is_said_in_words_and_counted(
    tmp_path: Path, flag: Flag, sign: str
) -> None:
    made = report(measurement("甲", "6.20"), measurement("乙", "1.10", flag))

    read = paper(tmp_path, made)

    signs = {row[1]: "".join(row[2:]) for row in read.rows() if row[1:2] in (["甲"], ["乙"])}
    assert sign in signs["乙"]
    assert sign not in signs["甲"]
    assert "共 2 项，其中" in read.text()


def test_a_long_report_goes_on_with_its_head_and_says_which_page_it_is(tmp_path: Path) -> None:
    made = paper(tmp_path, report(*(measurement(f"项目{n}", "6.20") for n in range(60))))

    pages = made.text().split("\f")

    assert made.about()["Pages"] == "2"
    assert "第 1 页，共 2 页" in pages[0]
    assert "第 2 页，共 2 页" in pages[1]
    assert "参考区间" in pages[1]
    # A page that lies alone still says whose it is.
    assert "欧阳明月" in pages[1]
    assert "生化全项" in pages[1]


def test_it_is_a4_archivable_and_every_font_is_in_it(tmp_path: Path) -> None:
    made = paper(tmp_path, report(measurement("总蛋白", "6.20")))

    assert "A4" in made.about()["Page size"]
    assert {font[0].partition("+")[2].partition("-")[0] for font in made.fonts()} == {
        "NotoSansCJKsc"
    }
    assert all("yes" in font for font in made.fonts())


@pytest.mark.parametrize(
    "name",
    ["#panic(1) *b* _c_ $x$ `d` [e] <f> @g", "䶮𠮷㛃", "古丽娜尔·阿不都热合曼", "</script>\\u{41}"],
)
def test_texts_are_data_and_never_markup(tmp_path: Path, name: str) -> None:
    patient = replace(PATIENT, full_name=FullName(name))
    made = report(measurement(name, "6.20"), findings=name, conclusion=name, remark=name)

    text = "".join(paper(tmp_path, made, patient).text().split())

    # In narrow places it may be broken into lines.
    assert text.count("".join(name.split())) >= 3  # findings, conclusion, remark


def test_the_qr_code_leads_to_the_page_that_verifies_it(tmp_path: Path) -> None:
    assert paper(tmp_path, report()).qr_codes() == [PRINTING.check_address]


def test_without_an_address_there_is_no_qr_code(tmp_path: Path) -> None:
    bare = replace(PRINTING, check_address="")

    made = Paper(tmp_path, make_report(SITE, PATIENT, report(), bare))

    assert made.qr_codes() == []
    assert "ABCD-ABCD" in made.text()


@pytest.mark.parametrize(
    ("birth_on", "age"),
    [
        (date(2026, 11, 20), "3 天"),
        (date(2026, 1, 1), "10 个月"),
        (date(2023, 11, 23), "3 岁"),
        (date(1946, 11, 24), "79 岁"),
    ],
)
def test_ages_are_told_as_paediatricians_do(birth_on: date, age: str) -> None:
    assert age_text(birth_on, NINE.date()) == age


def test_what_can_not_be_set_is_an_error_that_tells_nothing_of_the_patient() -> None:
    with pytest.raises(DocumentError) as told:
        typeset("report", {"title_zh": "欧阳明月"})

    assert "欧阳明月" not in str(told.value)
    assert told.value.__cause__ is None
