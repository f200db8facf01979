"""Why no notes are taken, said to the patient and to the technician."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    patient_zh: str
    patient_en: str
    technician_zh: str
    technician_en: str


class CashTrouble(StrEnum):
    """Each is a code; its sentences say what to do."""

    UNREACHABLE = "CASH_UNREACHABLE"
    NO_ANSWER = "CASH_NO_ANSWER"
    WRONG_CURRENCY = "CASH_WRONG_CURRENCY"
    JAM = "CASH_JAM"
    BOX_FULL = "CASH_BOX_FULL"
    BOX_REMOVED = "CASH_BOX_REMOVED"
    PATH_OPEN = "CASH_PATH_OPEN"

    @property
    def patient_zh(self) -> str:
        """For whoever stands in front of the kiosk."""
        return _WORDS[self].patient_zh

    @property
    def patient_en(self) -> str:
        """The same in English."""
        return _WORDS[self].patient_en

    @property
    def technician_zh(self) -> str:
        """For whoever mends it."""
        return _WORDS[self].technician_zh

    @property
    def technician_en(self) -> str:
        """The same in English."""
        return _WORDS[self].technician_en


def _out_of_service(technician_zh: str, technician_en: str) -> _Words:
    return _Words(
        patient_zh="暂不能收现金，请用手机支付，或到收费窗口缴费。",
        patient_en="No cash can be taken now. Please pay by phone, or at the cashier's desk.",
        technician_zh=technician_zh,
        technician_en=technician_en,
    )


_WORDS = {
    CashTrouble.UNREACHABLE: _out_of_service(
        "连接不上纸币器，请检查电源、数据线和端口名。",
        "The bill validator cannot be reached: check power, cable and port.",
    ),
    CashTrouble.NO_ANSWER: _out_of_service(
        "纸币器没有应答，请断电后重新上电，并核对 SSP 地址。",
        "The bill validator does not answer: switch it off and on, compare its SSP address.",
    ),
    CashTrouble.WRONG_CURRENCY: _out_of_service(
        "纸币器的币种不是人民币，请装入人民币数据集。",
        "The bill validator is not set to CNY: load the data set for yuan.",
    ),
    CashTrouble.JAM: _Words(
        patient_zh="纸币卡住了，请不要拉扯，留在原地并请工作人员帮助。",
        patient_en="A note is stuck. Please do not pull it, stay here and ask staff for help.",
        technician_zh="纸币卡在通道内：打开纸币器取出，放入钱箱并登记，再合上。",
        technician_en="A note is stuck in the path: open, take it out, write it down, close.",
    ),
    CashTrouble.BOX_FULL: _out_of_service(
        "钱箱已满，请按规定两人到场清点并更换。",
        "The cash box is full: two people count and change it, as the rules say.",
    ),
    CashTrouble.BOX_REMOVED: _out_of_service(
        "钱箱不在位，请装回钱箱并确认锁好。",
        "The cash box is out: put it back and see that it is locked.",
    ),
    CashTrouble.PATH_OPEN: _out_of_service(
        "纸币通道打开，请合上纸币器。",
        "The note path is open: close the bill validator.",
    ),
}
