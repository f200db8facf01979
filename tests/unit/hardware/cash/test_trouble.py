"""Why no notes are taken."""

from hardware.cash.trouble import CashTrouble


def test_every_trouble_tells_patient_and_technician_what_to_do() -> None:
    for trouble in CashTrouble:
        for chinese in (trouble.patient_zh, trouble.technician_zh):
            assert chinese.endswith("。")
        for english in (trouble.patient_en, trouble.technician_en):
            assert english.endswith(".")
        assert trouble.value.startswith("CASH_")
    assert len({trouble.technician_en for trouble in CashTrouble}) == len(CashTrouble)


def test_whoever_has_a_note_stuck_is_not_sent_away() -> None:
    assert "留在原地" in CashTrouble.JAM.patient_zh
    assert "stay here" in CashTrouble.JAM.patient_en
