"""Slips as pictures: readable by machines, whole, and in the right shape for the printer."""

import io
import subprocess
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops
from rapidocr_onnxruntime import RapidOCR

from hardware.errors import SlipNotDrawable
from hardware.sample_slip import sample_slip
from hardware.slip import Slip, SlipQr, SlipRow, SlipSpace, SlipText
from hardware.slip_drawing import MARGIN_DOTS, WIDTH_DOTS, FontFile, SlipFonts, draw_slip
from tests.unit.hardware.slip_samples import FONTS, LONG_CLINIC, QR_PAYLOAD, queue_slip


def ink_box(page: Image.Image) -> tuple[int, int, int, int]:
    box = ImageChops.invert(page.convert("L")).getbbox()
    assert box is not None
    return box


def drawn(*parts: SlipText | SlipRow | SlipSpace | SlipQr) -> Image.Image:
    return draw_slip(Slip(parts=parts), FONTS)


def test_a_slip_is_one_black_and_white_picture_of_576_dots() -> None:
    page = draw_slip(queue_slip(), FONTS)

    assert page.mode == "1"
    assert page.width == WIDTH_DOTS


def test_two_independent_readers_read_the_qr_code() -> None:
    page = draw_slip(queue_slip(), FONTS)
    png = io.BytesIO()
    page.save(png, format="png")

    zbar = subprocess.run(
        ["zbarimg", "-q", "--raw", "-"], input=png.getvalue(), capture_output=True, check=True
    )
    zxing = zxingcpp.read_barcodes(page.convert("L"))

    assert zbar.stdout.decode().strip() == QR_PAYLOAD
    assert [(code.text, code.format) for code in zxing] == [
        (QR_PAYLOAD, zxingcpp.BarcodeFormat.QRCode)
    ]


def test_a_qr_code_has_four_white_modules_around_it() -> None:
    left, top, right, bottom = ink_box(drawn(SlipQr(payload="hk:1", width_dots_max=290)))

    module_dots = 10  # the smallest code has 21 modules, 29 with its border
    assert (right - left, bottom - top) == (21 * module_dots, 21 * module_dots)
    assert top - MARGIN_DOTS == 4 * module_dots


def test_the_largest_qr_code_there_is_fits_on_the_paper() -> None:
    left, _, right, _ = ink_box(drawn(SlipQr(payload="x" * 2331)))

    assert left > 0
    assert right < WIDTH_DOTS


def test_a_signed_token_fits_into_a_qr_code_that_can_be_read() -> None:
    token = "eyJ" + "aZ0-_." * 43

    codes = zxingcpp.read_barcodes(drawn(SlipQr(payload=token)).convert("L"))

    assert [code.text for code in codes] == [token]


def test_a_machine_reads_the_chinese_lines_of_a_slip() -> None:
    page = np.array(draw_slip(queue_slip(), FONTS).convert("RGB"))

    found, _ = RapidOCR()(page)

    lines = {text.replace(" ", "") for _, text, _ in found}
    assert {"北京示范医院", "候诊凭条", "您的号码", "A012", "张*三", "心血管内科"} <= lines
    assert "3诊室·门诊楼2层" in lines


def test_chinese_is_drawn_in_its_simplified_form() -> None:
    # 门 户 are equal everywhere; 骨 and 直 differ between the Simplified and the Japanese face.
    def one_glyph(character: str, font: FontFile) -> bytes:
        fonts = SlipFonts(regular=font, bold=font)
        part = SlipText(text=character, size_dots=60)
        return draw_slip(Slip(parts=(part,)), fonts).tobytes()

    collection = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
    simplified, japanese = (FontFile(path=collection, face_index=index) for index in (2, 0))

    for character in "骨直":
        assert one_glyph(character, FONTS.regular) == one_glyph(character, simplified)
        assert one_glyph(character, FONTS.regular) != one_glyph(character, japanese)


def test_rare_characters_of_names_are_drawn_not_boxed() -> None:
    missing = drawn(SlipText(text="\U0010fffd"))

    for character in "镕喆堃䶮㛃𠮷":
        assert drawn(SlipText(text=character)).tobytes() != missing.tobytes()


@pytest.mark.parametrize("clinic", ["心血管内科", LONG_CLINIC, LONG_CLINIC * 4, "Neurology " * 12])
def test_long_names_wrap_and_nothing_is_cut_off(clinic: str) -> None:
    page = draw_slip(queue_slip(clinic=clinic), FONTS)

    left, top, right, bottom = ink_box(page)
    assert left >= MARGIN_DOTS - 2
    assert right <= WIDTH_DOTS - MARGIN_DOTS + 2
    assert top > 0
    assert bottom < page.height


def test_a_longer_clinic_makes_a_longer_slip() -> None:
    assert draw_slip(queue_slip(clinic=LONG_CLINIC), FONTS).height > (
        draw_slip(queue_slip(), FONTS).height
    )


def test_a_long_number_shrinks_and_stays_on_one_line() -> None:
    short, long = (
        drawn(SlipText(text=number, size_dots=150, is_bold=True, is_fitted=True))
        for number in ("A012", "神内 A-1012-补")
    )

    _, top, _, bottom = ink_box(long)
    assert bottom - top < 150
    assert long.height < short.height


def test_rows_that_follow_one_another_share_their_columns() -> None:
    def left_of_value(*rows: SlipRow) -> int:
        # The first row, whose label is empty: its ink begins where the value does.
        page = drawn(*rows).crop((0, 0, WIDTH_DOTS, 70))
        return ink_box(page)[0]

    short = SlipRow(label="", value="■")
    wide = SlipRow(label="预约时段", value="■")

    assert left_of_value(short, wide) > left_of_value(short)


def test_the_yuan_sign_of_western_fonts_is_printed_full_width() -> None:
    assert drawn(SlipText(text="\xa525.50")).tobytes() == drawn(SlipText(text="￥25.50")).tobytes()


def test_a_font_that_is_missing_is_said_so() -> None:
    nowhere = FontFile(path=Path("nowhere.otf"))

    with pytest.raises(SlipNotDrawable, match=r"nowhere\.otf"):
        draw_slip(queue_slip(), SlipFonts(regular=nowhere, bold=nowhere))


@pytest.mark.parametrize("part", [SlipQr(payload="x" * 2400), SlipSpace(height_dots=9999)])
def test_what_cannot_be_drawn_is_refused(part: SlipQr | SlipSpace) -> None:
    with pytest.raises(SlipNotDrawable):
        drawn(part)


def test_the_test_slip_of_the_technician_shows_its_time_and_a_code() -> None:
    earlier, later = (draw_slip(sample_slip(printed_at=time), FONTS) for time in ("08:00", "09:00"))

    assert earlier.tobytes() != later.tobytes()
    assert [code.text for code in zxingcpp.read_barcodes(earlier.convert("L"))] == [
        "hk:printer-test"
    ]


@pytest.mark.parametrize("text", ["\n", "A012\n", "预约\n时段", "\u2028"])
def test_a_line_break_where_none_is_meant_costs_nobody_his_slip(text: str) -> None:
    number = SlipText(text=text, size_dots=150, is_fitted=True)

    page = drawn(number, SlipRow(label=text, value=text), SlipText(text="■", size_dots=20))

    assert ink_box(page)[2] <= WIDTH_DOTS


@settings(max_examples=40)
@given(text=st.text(max_size=60), size_dots=st.integers(18, 80))
def test_any_text_is_drawn_within_the_margins(text: str, size_dots: int) -> None:
    page = drawn(SlipText(text=text, size_dots=size_dots), SlipText(text="■", size_dots=20))

    _, _, right, bottom = ink_box(page)
    assert right <= WIDTH_DOTS
    assert bottom <= page.height
