"""Slips as a hospital prints them, for tests that draw."""

from pathlib import Path

from hardware.slip import Align, Slip, SlipQr, SlipRow, SlipRule, SlipText
from hardware.slip_drawing import FontFile, SlipFonts

FONTS_FOLDER = Path(__file__).parents[3] / "assets" / "fonts"
FONTS = SlipFonts(
    regular=FontFile(path=FONTS_FOLDER / "NotoSansCJKsc-Regular.otf"),
    bold=FontFile(path=FONTS_FOLDER / "NotoSansCJKsc-Bold.otf"),
)
QR_PAYLOAD = "hk:0f3a9c21b7"
LONG_CLINIC = "神经内科（头痛与眩晕专病、睡眠障碍及神经心理联合门诊）第二候诊区"


def queue_slip(*, clinic: str = "心血管内科", number: str = "A012") -> Slip:
    return Slip(
        parts=(
            SlipText(text="北京示范医院", size_dots=36, is_bold=True),
            SlipText(text="候诊凭条", size_dots=26),
            SlipRule(),
            SlipText(text="您的号码", size_dots=26),
            SlipText(text=number, size_dots=156, is_bold=True, is_fitted=True),
            SlipText(text="张*三", size_dots=40),
            SlipRule(is_dashed=True),
            SlipRow(label="科室", value=clinic, size_dots=30, is_bold=True),
            SlipRow(label="诊室", value="3 诊室 · 门诊楼 2 层", size_dots=30, is_bold=True),
            SlipRow(label="前面等候", value="5 人，约 20 分钟", size_dots=30, is_bold=True),
            SlipRule(is_dashed=True),
            SlipText(
                text="过号后请留在候诊区，将排在两位患者之后再次呼叫。",
                size_dots=24,
                align=Align.START,
                bullet="•",
            ),
            SlipQr(payload=QR_PAYLOAD),
            SlipText(text="2025-06-12 08:41  自助机 K03", size_dots=22),
        )
    )


SHORT_SLIP = Slip(parts=(SlipText(text="A012", size_dots=60),))
