"""The scene about paying later: put off, released, on the cashier's page, paid in one go."""

from queue_server.demo.payment_scenes import show_bills
from queue_server.demo.stage import Stage
from queue_server.payments.fen import NOTHING
from queue_server.records.demo_agreements import DemoAgreements
from queue_server.records.demo_hospital import DemoHospital as Records
from queue_server.records.records import Patient


def pays_later(stage: Stage) -> None:
    """A patient goes on before he has paid, and sees what is open when he comes back."""
    stage.story.scene(
        "先诊疗后付费",
        "Treated first, paid later",
        "签了信用就医的患者先去做检查：凭条写着欠多少、最晚哪天付；再来时费用单上标着日期，可一次付清。额度用完的，屏幕说明怎么办。",
        "Whoever has agreed on credit goes on at once: the slip says what is open and until when;"
        " the bills say so when he comes back. Past the limit the screen says what to do.",
    )
    kiosk = stage.kiosk
    patient = _agreed(stage, is_used_up=False)
    show_bills(stage, patient)
    kiosk.tap("pay")
    kiosk.wait_for("channels")
    stage.shoot_kiosk("channels-later")
    kiosk.tap("put-off")
    kiosk.wait_for("place")
    slip = stage.wait_for_slip()
    stage.shoot_kiosk("put-off")
    stage.keep_slip(slip, "put-off")
    stage.go_home()
    show_bills(stage, patient)
    stage.shoot_kiosk("bills-put-off")
    stage.go_home()
    show_bills(stage, _agreed(stage, is_used_up=True))
    kiosk.tap("pay")
    kiosk.wait_for("channels")
    kiosk.tap("put-off")
    kiosk.wait_for("refusal")
    stage.shoot_kiosk("credit-limit")
    stage.go_home()


def _agreed(stage: Stage, *, is_used_up: bool) -> Patient:
    """Return who may pay later, or the one whose limit is used up."""
    file = stage.demo.folder / "data" / "records.sqlite"
    agreements = DemoAgreements(file)
    for patient in Records(file).patients():
        agreement = agreements.agreement_of(patient.patient_id)
        if agreement is not None and (agreement.used > NOTHING) is is_used_up:
            return patient
    raise AssertionError("the demo hospital has both")
