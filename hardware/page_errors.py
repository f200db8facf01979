"""What can go wrong with an A4 printer, each with a code and what to do about it.

All are a `PrinterError`: `may_have_printed` tells whether a page may lie in the tray.
"""

from hardware.errors import PrinterError


class PagePaperOut(PrinterError):
    """The paper has run out."""

    code = "a4_paper_out"
    sentence_zh = "A4 打印机缺纸，报告没有打印完。请工作人员加纸后再打印。"
    sentence_en = "The A4 printer is out of paper; the report is not finished. Please ask staff."


class PageTonerOut(PrinterError):
    """The toner or ink has run out."""

    code = "a4_toner_out"
    sentence_zh = "A4 打印机没有墨粉了，报告没有打印完。请工作人员更换墨粉盒。"
    sentence_en = "The A4 printer is out of toner; the report is not finished. Please ask staff."


class PageDoorOpen(PrinterError):
    """A tray or a cover is open."""

    code = "a4_cover_open"
    sentence_zh = "A4 打印机的纸盒或机盖没有关好，报告没有打印完。请工作人员检查。"
    sentence_en = "A tray or cover is open; the report is not finished. Please ask staff."


class PageOutputFull(PrinterError):
    """The tray where pages come out is full."""

    code = "a4_output_full"
    sentence_zh = "出纸口已满，报告没有打印完。请取走出纸口的纸，或请工作人员处理。"
    sentence_en = "The output tray is full; the report is not finished. Please ask staff."


class PageJam(PrinterError):
    """Paper is jammed."""

    code = "a4_jam"
    sentence_zh = "A4 打印机卡纸，打印已取消。请工作人员处理。"
    sentence_en = "Paper is jammed in the A4 printer; the job was taken back. Please tell staff."


class PageFault(PrinterError):
    """The printer or its queue reports another error."""

    code = "a4_fault"
    sentence_zh = "A4 打印机故障，打印已取消。请到分诊台领取报告。"
    sentence_en = "The A4 printer has a fault; the job was taken back. Please go to the nurse desk."


class PageUnreachable(PrinterError):
    """The printing system or the printer can't be reached."""

    code = "a4_unreachable"
    sentence_zh = "连接不上 A4 打印机，报告没有打印。请到分诊台领取报告。"
    sentence_en = "The A4 printer can't be reached. Please go to the nurse desk for your report."


class PagesLate(PrinterError):
    """It has not come out in time and was taken back."""

    code = "a4_late"
    sentence_zh = "报告没有按时打印出来，打印已取消，不会再出纸。请到分诊台领取报告。"
    sentence_en = (
        "The report did not come out in time. The job was taken back and will not come out later."
        " Please go to the nurse desk."
    )


class PagesNotTakenBack(PrinterError):
    """It has not come out, and could not be taken back: it may come out at any time."""

    code = "a4_not_taken_back"
    sentence_zh = "报告没有打印出来，也无法取消，可能稍后出纸。请留在此处并呼叫护士。"
    sentence_en = (
        "The report did not come out and could not be taken back: it may come out later."
        " Please stay here and call a nurse."
    )
