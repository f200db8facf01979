"""The scene about a stay in the hospital: the account, a top-up, the day's bill, the settlement."""

from pathlib import Path
from typing import Final

from queue_server.demo.controls import read_qr
from queue_server.demo.pages import card_picture
from queue_server.demo.stage import Stage
from queue_server.records.demo_hospital import DemoHospital as Records
from queue_server.records.demo_wards import DemoWards
from queue_server.records.records import Patient

PAYMENT_CODE: Final = "134567890123456788"
"""What the wallet of the inpatient shows; the sandbox takes it once."""
PHONE_END: Final = 4


def looks_after_a_stay(stage: Stage) -> None:
    """An inpatient tops up his deposit, then sees what a day cost and what leaving would."""
    stage.story.scene(
        "住院服务",
        "A stay in the hospital",
        "住院患者刷卡看到预交金余额，用付款码充值并取得凭条；核对手机号后四位后，逐日查看费用清单和出院结算预览。",
        "An inpatient sees his deposit and tops it up by payment code; after the end of his phone"
        " number, each day's bill and what leaving would come to.",
    )
    kiosk, patient = stage.kiosk, _inpatient(stage)
    assert patient.phone_number is not None
    _show_stay(stage, patient)
    stage.shoot_kiosk("stay")
    kiosk.tap("top-up")
    kiosk.wait_for("deposit-pad")
    kiosk.tap("amount-2000")
    stage.shoot_kiosk("deposit")
    stage.scan(PAYMENT_CODE)
    kiosk.wait_for("place")
    slip = stage.wait_for_slip()
    stage.shoot_kiosk("deposit-paid")
    stage.keep_slip(slip, "deposit-paid")
    stage.go_home()
    _show_stay(stage, patient)
    kiosk.tap("day-bill")
    kiosk.wait_for("proof-pad")
    for digit in patient.phone_number[-PHONE_END:]:
        kiosk.tap(f"digit-{digit}")
    kiosk.tap("confirm")
    kiosk.wait_for("statement")
    kiosk.tap("earlier-day")
    kiosk.wait_for("statement")
    stage.shoot_kiosk("day-bill")
    kiosk.tap("dock-back")
    kiosk.wait_for("stay")
    kiosk.tap("settlement")
    kiosk.wait_for("statement")
    stage.shoot_kiosk("settlement")
    stage.go_home()


def _inpatient(stage: Stage) -> Patient:
    file = stage.demo.folder / "data" / "records.sqlite"
    wards = DemoWards(file)
    lying = (one for one in Records(file).patients() if wards.stay_of(one.patient_id))
    return next(lying)


def _show_stay(stage: Stage, patient: Patient) -> None:
    """Let a patient identify himself for his stay."""
    stage.kiosk.tap("inpatient")
    stage.kiosk.wait_for("identify")
    phone: Path = stage.demo.folder / "phone.png"
    card_picture(stage.browser, stage.demo.address, patient.patient_id, phone)
    stage.scan(read_qr(phone))
    stage.kiosk.wait_for("stay")
