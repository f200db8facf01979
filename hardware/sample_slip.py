"""The slip a technician prints to see that everything works: every part a slip may have."""

from hardware.slip import Align, Slip, SlipPart, SlipQr, SlipRow, SlipRule, SlipSpace, SlipText


def sample_slip(*, printed_at: str) -> Slip:
    """Return a test slip; `printed_at` is shown as it is."""
    parts: tuple[SlipPart, ...] = (
        SlipText(text="打印测试  Printer test", size_dots=34, is_bold=True),
        SlipText(text="非就诊凭证  Not a queue slip", size_dots=24),
        SlipRule(),
        SlipText(text="测试号码  Test number", size_dots=26),
        SlipText(text="T888", size_dots=150, is_bold=True, is_fitted=True),
        SlipRule(is_dashed=True),
        SlipRow(label="生僻字 Rare", value="镕 喆 堃 䶮 㛃 𠮷", is_bold=True),
        SlipRow(label="标点 Marks", value="：，。①￥（）【】", is_bold=True),
        SlipRow(label="长文 Wrap", value="神经内科头痛与眩晕专病门诊第二候诊区", is_bold=True),
        SlipRule(is_dashed=True),
        SlipText(
            text="看：字迹清楚，没有断线；左右两条边完整；二维码能扫；纸已切断。\n"
            "Look: sharp print without gaps, both margins whole, the code scans, the paper is cut.",
            size_dots=22,
            align=Align.START,
        ),
        SlipQr(payload="hk:printer-test"),
        SlipText(text=printed_at, size_dots=22),
        SlipSpace(height_dots=8),
    )
    return Slip(parts=parts)
