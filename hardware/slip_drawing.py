"""Draw a slip as one black-and-white raster: no name is too rare for the printer then."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import segno
from PIL import Image, ImageDraw, ImageFont

from hardware.errors import SlipNotDrawable
from hardware.line_breaking import break_lines_evenly
from hardware.slip import Align, Slip, SlipPart, SlipQr, SlipRow, SlipRule, SlipSpace, SlipText

WIDTH_DOTS = 576
"""80 mm paper, 72 mm of it printable, 203 dots an inch."""
MARGIN_DOTS = 24
HEIGHT_DOTS_MAX = 4000
"""Half a metre of paper: a longer slip is a mistake of whoever composed it."""

_TEXT_WIDTH_DOTS = WIDTH_DOTS - 2 * MARGIN_DOTS
_LABEL_WIDTH_DOTS_MAX = _TEXT_WIDTH_DOTS * 2 // 5
_AMOUNT_LABEL_WIDTH_DOTS_MAX = _TEXT_WIDTH_DOTS * 2 // 3
_COLUMN_GAP_DOTS = 24
_ROW_GAP_DOTS = 10
_BULLET_GAP_DOTS = 10
_FITTED_SIZE_DOTS_MIN = 18
_RULE_HEIGHT_DOTS = 2
_RULE_GAP_DOTS = 14
_DASH_DOTS = 8
_DASH_STEP_DOTS = 13
_MODULE_DOTS_MIN = 3
_QUIET_ZONE_MODULES = 4
_BLACK_BELOW = 160
"""Of 255. Thin strokes would break at a lower value and close up at a higher one."""

# Fonts and printers disagree about U+00A5; the full-width sign looks the same everywhere.
_TRANSLATED = {
    **{code: None for code in (*range(32), 127) if chr(code) != "\n"},
    ord("\t"): " ",
    0xA5: "￥",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FontFile:
    """A font file; `face_index` picks a face of a collection (2 of Noto Sans CJK is Simplified)."""

    path: Path
    face_index: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipFonts:
    """The two weights a slip is drawn with."""

    regular: FontFile
    bold: FontFile


def draw_slip(slip: Slip, fonts: SlipFonts) -> Image.Image:
    """Return `slip` as an image of mode "1", 576 dots wide and as high as it needs.

    Raises:
        SlipNotDrawable: a font cannot be read, a QR payload is too long, or the slip is higher than
            HEIGHT_DOTS_MAX.
    """
    page = _Page(fonts)
    for kind, group in groupby(slip.parts, key=type):
        if kind is SlipRow:
            page.draw_rows([part for part in group if isinstance(part, SlipRow)])
        else:
            for part in group:
                page.draw(part)
    return page.finished()


class _Page:
    """Paper that is filled from the top down."""

    def __init__(self, fonts: SlipFonts) -> None:
        self._font_files = fonts
        self._fonts: dict[tuple[int, bool], ImageFont.FreeTypeFont] = {}
        self._image = Image.new("L", (WIDTH_DOTS, HEIGHT_DOTS_MAX), 255)
        self._pen = ImageDraw.Draw(self._image)
        self._top = MARGIN_DOTS

    def draw(self, part: SlipPart) -> None:
        match part:
            case SlipText():
                self._draw_text(part)
            case SlipRow():
                self.draw_rows([part])
            case SlipRule():
                self._draw_rule(is_dashed=part.is_dashed)
            case SlipSpace():
                self._advance(part.height_dots)
            case SlipQr():
                self._draw_qr(part)

    def draw_rows(self, rows: Sequence[SlipRow]) -> None:
        """Draw `rows` with one label column: as wide as the widest label, within its limit."""
        widest = max(
            self._font(row.size_dots).getlength(line)
            for row in rows
            for line in _printable(row.label).splitlines() or [""]
        )
        are_amounts = all(row.is_amount for row in rows)
        limit = _AMOUNT_LABEL_WIDTH_DOTS_MAX if are_amounts else _LABEL_WIDTH_DOTS_MAX
        label_width = min(round(widest) + 1, limit)
        value_left = MARGIN_DOTS + label_width + _COLUMN_GAP_DOTS
        value_width = WIDTH_DOTS - MARGIN_DOTS - value_left
        for row in rows:
            row_top = self._top
            font = self._font(row.size_dots)
            label = break_lines_evenly(_printable(row.label), label_width, font.getlength)
            self._draw_lines(label, font, MARGIN_DOTS, label_width)
            label_bottom, self._top = self._top, row_top
            font = self._font(row.size_dots, is_bold=row.is_bold)
            value = break_lines_evenly(_printable(row.value), value_width, font.getlength)
            align = Align.END if row.is_amount else Align.START
            self._draw_lines(value, font, value_left, value_width, align)
            self._top = max(label_bottom, self._top)
            self._advance(_ROW_GAP_DOTS)

    def finished(self) -> Image.Image:
        self._advance(MARGIN_DOTS)
        page = self._image.crop((0, 0, WIDTH_DOTS, self._top))
        # A threshold of our own: convert("1") alone would dither the edges of the strokes.
        return page.point(lambda grey: 255 if grey >= _BLACK_BELOW else 0).convert("1")

    def _draw_text(self, part: SlipText) -> None:
        text = _printable(part.text)
        font = self._font(part.size_dots, is_bold=part.is_bold)
        if part.is_fitted:
            text = " ".join(text.splitlines())
            font = self._fitted_font(text, part)
        indent = 0
        if part.bullet:
            indent = round(font.getlength(part.bullet)) + _BULLET_GAP_DOTS
            bullet_top = self._top
            self._draw_lines([part.bullet], font, MARGIN_DOTS, _TEXT_WIDTH_DOTS)
            self._top = bullet_top
        width = _TEXT_WIDTH_DOTS - indent
        lines = break_lines_evenly(text, width, font.getlength)
        self._draw_lines(lines, font, MARGIN_DOTS + indent, width, part.align)

    def _fitted_font(self, text: str, part: SlipText) -> ImageFont.FreeTypeFont:
        """Return the largest font not above the size of `part` in which `text` is one line."""
        sizes = range(part.size_dots, _FITTED_SIZE_DOTS_MIN - 1, -2)
        fonts = (self._font(size_dots, is_bold=part.is_bold) for size_dots in sizes)
        fitting = (font for font in fonts if font.getlength(text) <= _TEXT_WIDTH_DOTS)
        return next(fitting, self._font(_FITTED_SIZE_DOTS_MIN, is_bold=part.is_bold))

    def _draw_lines(
        self,
        lines: Sequence[str],
        font: ImageFont.FreeTypeFont,
        left: int,
        width: int,
        align: Align = Align.START,
    ) -> None:
        line_height = round(font.size * 1.36)
        cap_height = font.size * 0.74
        for line in lines:
            spare = width - font.getlength(line)
            offset = {Align.START: 0.0, Align.CENTER: spare / 2, Align.END: spare}[align]
            # On the baseline, so that Chinese and Latin, regular and bold stand on one line.
            baseline = self._top + (line_height + cap_height) / 2
            self._advance(line_height)
            self._pen.text(
                (round(left + offset), round(baseline)), line, font=font, fill=0, anchor="ls"
            )

    def _draw_rule(self, *, is_dashed: bool) -> None:
        self._advance(_RULE_GAP_DOTS)
        right = WIDTH_DOTS - MARGIN_DOTS
        step = _DASH_STEP_DOTS if is_dashed else _TEXT_WIDTH_DOTS
        dash = _DASH_DOTS if is_dashed else _TEXT_WIDTH_DOTS
        bottom = self._top + _RULE_HEIGHT_DOTS - 1
        for left in range(MARGIN_DOTS, right, step):
            self._pen.rectangle((left, self._top, left + dash - 1, bottom), fill=0)
        self._advance(_RULE_HEIGHT_DOTS + _RULE_GAP_DOTS)

    def _draw_qr(self, part: SlipQr) -> None:
        try:
            code = segno.make(part.payload, error="m", micro=False)
        except ValueError as error:
            raise SlipNotDrawable(f"QR code of {len(part.payload)} characters") from error
        width_modules = code.symbol_size(border=_QUIET_ZONE_MODULES)[0]
        # The largest code there is has 185 modules with its border: 3 dots each always fit.
        module_dots = max(_MODULE_DOTS_MIN, part.width_dots_max // width_modules)
        png = io.BytesIO()
        code.save(png, kind="png", scale=module_dots, border=_QUIET_ZONE_MODULES)
        with Image.open(png) as drawn:
            square = drawn.convert("L")
        top = self._top
        self._advance(square.height)
        self._image.paste(square, ((WIDTH_DOTS - square.width) // 2, top))

    def _font(self, size_dots: int, *, is_bold: bool = False) -> ImageFont.FreeTypeFont:
        key = (size_dots, is_bold)
        if key not in self._fonts:
            file = self._font_files.bold if is_bold else self._font_files.regular
            try:
                self._fonts[key] = ImageFont.truetype(str(file.path), size_dots, file.face_index)
            except OSError as error:
                raise SlipNotDrawable(f"font {file.path}: {error}") from error
        return self._fonts[key]

    def _advance(self, height_dots: int) -> None:
        self._top += height_dots
        if self._top > HEIGHT_DOTS_MAX:
            raise SlipNotDrawable(f"the slip is longer than {HEIGHT_DOTS_MAX} dots")


def _printable(text: str) -> str:
    """Return `text` without what no printer shows, and with the full-width yuan sign."""
    return text.replace("\r\n", "\n").translate(_TRANSLATED)
