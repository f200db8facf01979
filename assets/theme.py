"""One palette and one type scale for kiosk, boards and pages.

Contrasts (WCAG 2) against the ground each colour is meant for are at least 4.5:1; a test
computes them. Sizes are steps of one scale; kiosk and boards multiply them, they never
invent others.
"""

from typing import Final

PALETTE: Final[dict[str, str]] = {
    "ground": "#F4F7F6",
    "surface": "#FFFFFF",
    "ink": "#16302B",
    "ink_soft": "#4A5F5A",
    "line": "#D5DFDC",
    "brand": "#0B6B5D",
    "brand_dark": "#074A41",
    "brand_soft": "#DDF0EB",
    "on_brand": "#FFFFFF",
    "call": "#B3420B",
    "call_soft": "#FDEBDD",
    "warning": "#8A5A00",
    "warning_soft": "#FFF3D1",
    "danger": "#B3261E",
    "danger_soft": "#FBE4E2",
    "board_ground": "#0A2B27",
    "board_surface": "#103B35",
    "board_line": "#24564E",
    "board_ink": "#F2FAF7",
    "board_ink_soft": "#A9CCC3",
    "board_call": "#FFC26B",
}
"""Names and colours; `board_*` are for the dark boards that are read from 3 to 10 m."""

TYPE_SCALE: Final[dict[str, int]] = {
    "caption": 20,
    "body": 26,
    "lead": 34,
    "title": 48,
    "headline": 64,
    "number": 120,
    "number_large": 200,
}
"""Steps in sp at 1080 px width; elder mode multiplies by `ELDER_FACTOR`."""

ELDER_FACTOR: Final = 1.3
SPACE: Final = 8
"""The grid: every distance is a multiple of it, in dp."""
RADIUS: Final = 20
TOUCH_MIN: Final = 60
"""Smallest side of anything that is touched, in dp."""


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, `#RRGGBB`, from 1 to 21 (WCAG 2)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def ink_on(ground: str) -> str:
    """Return the colour of letters on `ground`: dark or light, whichever is read better."""
    inks = (PALETTE["ink"], PALETTE["on_brand"])
    return max(inks, key=lambda ink: contrast(ink, ground))


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
