"""What a slip says, as neutral parts from top to bottom. Where they go is drawn elsewhere.

Sizes are in dots: 203 dots are an inch, 8 dots a millimetre, a slip is 576 dots (72 mm) wide.
"""

from dataclasses import dataclass
from enum import StrEnum


class Align(StrEnum):
    """Where a line stands between the margins."""

    START = "start"
    CENTER = "center"
    END = "end"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipText:
    """A paragraph; a newline in it breaks the line, and long text wraps.

    With `is_fitted` it stays on one line and shrinks until it fits: for the number. A `bullet`
    hangs to the left of the paragraph, whose lines then all start behind it.
    """

    text: str
    size_dots: int = 28
    is_bold: bool = False
    align: Align = Align.CENTER
    is_fitted: bool = False
    bullet: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipRow:
    """A label and its value. Rows that follow one another share one pair of columns."""

    label: str
    value: str
    size_dots: int = 28
    is_bold: bool = False
    """Of the value; a label is never bold."""
    is_amount: bool = False
    """Whether the value stands at the right margin, so that amounts are under one another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipRule:
    """A line across the slip."""

    is_dashed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipSpace:
    """Empty paper."""

    height_dots: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipQr:
    """A QR code (level M, with the four modules of white border the standard wants)."""

    payload: str
    width_dots_max: int = 280
    """Border included. The code is as large as whole dots a module allow, never below 3 dots."""


SlipPart = SlipText | SlipRow | SlipRule | SlipSpace | SlipQr


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """One slip of paper."""

    parts: tuple[SlipPart, ...]
