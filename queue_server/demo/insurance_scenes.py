"""The scene about the insurance code: settled by the insurance, the own share paid by phone."""

from typing import Final

from queue_server.demo.payment_scenes import show_bills, with_bills
from queue_server.demo.stage import Stage

PAYMENT_CODE: Final = "134567890123456787"
"""What the wallet of the patient shows; the sandbox takes it once."""
PERCENT: Final = 70
"""So much the sandbox's insurance pays of each charge."""


def settles_by_code(stage: Stage) -> None:
    """A patient shows his insurance code, then pays his own share."""
    stage.story.scene(
        "医保码结算",
        "Settled by the insurance code",
        "患者在费用页出示医保电子凭证：医保先结算，屏幕显示医保付了多少、自己还要付多少，再用付款码付自付部分。没有付成，医保结算会自动撤销。",
        "The patient shows his insurance code: the screen says what the insurance has paid and what"
        " is left; he pays that by payment code. If nobody pays it, the settlement is undone.",
    )
    kiosk, patient = stage.kiosk, with_bills(stage, 2)
    assert patient.id_number is not None, "whoever shows an insurance code has an ID number"
    show_bills(stage, patient)
    stage.scan(f"424{patient.id_number[:17]}{PERCENT}110000")
    kiosk.wait_for("channels")
    stage.shoot_kiosk("insurance-settled")
    stage.scan(PAYMENT_CODE)
    kiosk.wait_for("place")
    slip = stage.wait_for_slip()
    stage.shoot_kiosk("insurance-paid")
    stage.keep_slip(slip, "insurance-paid")
    stage.go_home()
