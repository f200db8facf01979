"""Palette and type scale of `assets.theme` in the units of Kivy."""

from dataclasses import dataclass

from kivy.core.text import LabelBase
from kivy.metrics import Metrics, sp
from kivy.utils import get_color_from_hex

from assets import FONT_BOLD, FONT_REGULAR
from assets.theme import ELDER_FACTOR, PALETTE, TYPE_SCALE
from kiosk.presenter.views import Tone

FONT = "kiosk"
DESIGN_WIDTH_DP = 1080
DESIGN_HEIGHT_DP = 1920
ELDER_TEXT_MIN_SP = 30
NUMBERS_FROM_SP = 100

_COLORS = {name: tuple(get_color_from_hex(value)) for name, value in PALETTE.items()}
_TONES = {
    Tone.PLAIN: ("brand_dark", "brand_soft"),
    Tone.GOOD: ("brand_dark", "brand_soft"),
    Tone.CAUTION: ("warning", "warning_soft"),
    Tone.BAD: ("danger", "danger_soft"),
    Tone.CALL: ("call", "call_soft"),
}


def color(name):
    """Return a colour of the palette, as Kivy wants it."""
    return _COLORS[name]


def ink_of(tone):
    """Return the colour of text and sign of a tone."""
    return _COLORS[_TONES[Tone(tone)][0]]


def ground_of(tone):
    """Return the colour behind them."""
    return _COLORS[_TONES[Tone(tone)][1]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """The type scale in pixels of this window."""

    caption: float
    body: float
    lead: float
    title: float
    headline: float
    number: float
    number_large: float


def sizes(*, is_elder):
    """Return the type scale for normal or large print."""
    factor = ELDER_FACTOR if is_elder else 1.0
    smallest = ELDER_TEXT_MIN_SP if is_elder else 0
    # Numbers are large already: in large print they would push the words off the screen.
    return Sizes(
        **{
            name: sp(size if size >= NUMBERS_FROM_SP else max(smallest, round(size * factor)))
            for name, size in TYPE_SCALE.items()
        }
    )


def scale_to(width_px, height_px):
    """Let the design of 1080 x 1920 dp fill a window of that size."""
    Metrics.density = min(width_px / DESIGN_WIDTH_DP, height_px / DESIGN_HEIGHT_DP)


def register_fonts():
    """Make the Chinese font known to Kivy; to be called before the first text is drawn."""
    LabelBase.register(FONT, str(FONT_REGULAR), fn_bold=str(FONT_BOLD))
