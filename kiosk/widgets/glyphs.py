"""Names with characters the font lacks: shown with 〓 in their place, never as an empty box."""

import logging
from functools import cache

from fontTools.ttLib import TTFont

from assets import FONT_REGULAR

SUBSTITUTE = "〓"
_SURELY_THERE = (
    range(0x20, 0x7F),
    range(0x2018, 0x2020),
    range(0x2022, 0x2023),
    range(0x3001, 0x3012),
    range(0x4E00, 0x9FA6),
    range(0xFF01, 0xFF5F),
)


def drawable(text):
    """Return `text` with every character replaced that the font can't draw."""
    if all(_is_surely_there(character) for character in text):
        return text
    known = _code_points()
    return "".join(c if ord(c) in known or c == "\n" else SUBSTITUTE for c in text)


def _is_surely_there(character):
    return any(ord(character) in block for block in _SURELY_THERE)


@cache
def _code_points():
    logging.getLogger("fontTools").setLevel(logging.WARNING)
    with TTFont(FONT_REGULAR, lazy=True) as font:
        return frozenset(font.getBestCmap())
