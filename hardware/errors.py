"""Everything that can go wrong with a device, each with a code and what to do about it.

HardwareError
├── ConfigError              the configuration names a driver or a key that does not exist
├── PrinterError             .may_have_printed tells whether a slip may lie in the tray
│   ├── PrinterUnreachable   no line to the printer
│   ├── PrinterNoAnswer      a line, but no sensible answer
│   ├── PaperOut
│   ├── CoverOpen
│   ├── PrinterFault         the printer reports an error of its own, such as a jammed cutter
│   ├── SlipUnconfirmed      everything was sent, nothing proves that it was printed
│   └── SlipNotDrawable      the slip itself cannot be drawn: a font is missing, a QR code too long
└── ScannerUnreachable       the scanner is not plugged in, or another program holds it
"""

from typing import ClassVar


class HardwareError(Exception):
    """A device failed in a way that a person can mend.

    `code` is for machines, `sentence_zh` and `sentence_en` are for whoever stands in front of the
    device, `detail` is for the technician's log and never holds what was printed or scanned.
    """

    code: ClassVar[str]
    sentence_zh: ClassVar[str]
    sentence_en: ClassVar[str]

    def __init__(self, detail: str = "") -> None:
        self.detail = detail
        super().__init__(detail)

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}" if self.detail else self.code


class ConfigError(HardwareError):
    """The configuration of a device cannot be used; `detail` lists every mistake in it."""

    code = "HARDWARE_CONFIG"
    sentence_zh = "设备配置有误，请技术人员按提示修改配置文件。"
    sentence_en = (
        "The device configuration is wrong. Ask a technician to correct the file as shown."
    )


class PrinterError(HardwareError):
    """A slip was not printed, or nobody knows whether it was.

    `may_have_printed` is False when nothing of the slip had been sent.
    """

    def __init__(self, detail: str = "", *, may_have_printed: bool = False) -> None:
        self.may_have_printed = may_have_printed
        super().__init__(detail)


class PrinterUnreachable(PrinterError):
    """There is no line to the printer: unplugged, switched off, or a wrong address."""

    code = "PRINTER_UNREACHABLE"
    sentence_zh = "连接不上打印机，请工作人员检查电源和数据线。"
    sentence_en = "The printer cannot be reached. Please ask staff to check its power and cable."


class PrinterNoAnswer(PrinterError):
    """The line is there, but the printer does not answer, or answers nonsense."""

    code = "PRINTER_NO_ANSWER"
    sentence_zh = "打印机没有应答，请工作人员关闭打印机电源后重新打开。"
    sentence_en = "The printer does not answer. Please ask staff to switch it off and on again."


class PaperOut(PrinterError):
    """The paper has run out."""

    code = "PAPER_OUT"
    sentence_zh = "打印纸已用完，请工作人员更换纸卷。"
    sentence_en = "The printer is out of paper. Please ask staff to put in a new roll."


class CoverOpen(PrinterError):
    """The cover stands open."""

    code = "COVER_OPEN"
    sentence_zh = "打印机盖没有关好，请工作人员合上打印机盖。"
    sentence_en = "The printer cover is open. Please ask staff to close it."


class PrinterFault(PrinterError):
    """The printer reports an error of its own: cutter, mechanics, off line for another reason."""

    code = "PRINTER_FAULT"
    sentence_zh = "打印机报告故障，请工作人员检查是否卡纸或切刀卡住。"
    sentence_en = "The printer reports a fault. Please ask staff to look for a paper or cutter jam."


class SlipUnconfirmed(PrinterError):
    """The slip was sent, but the printer did not confirm it: it may or may not lie in the tray."""

    code = "SLIP_UNCONFIRMED"
    sentence_zh = "打印机没有确认打印完成，请看出纸口是否有凭条，没有可重新打印。"
    sentence_en = "The printer did not confirm the slip. Look in the tray; if empty, print again."


class SlipNotDrawable(PrinterError):
    """The slip cannot be drawn; another try will not help."""

    code = "SLIP_NOT_DRAWABLE"
    sentence_zh = "凭条无法生成，请记下屏幕上的号码，并联系工作人员。"
    sentence_en = "The slip cannot be made. Please note the number on the screen and tell staff."


class ScannerUnreachable(HardwareError):
    """The scanner is not plugged in, or another program holds it."""

    code = "SCANNER_UNREACHABLE"
    sentence_zh = "连接不上扫码器，请工作人员检查数据线。"
    sentence_en = "The scanner cannot be reached. Please ask staff to check its cable."
