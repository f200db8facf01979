"""Parts that area board and door board share: header, marks, tickets."""

from pathlib import Path

from kivy.animation import Animation
from kivy.clock import Clock
from kivy.properties import (
    BooleanProperty,
    ColorProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout
from kivy.utils import get_color_from_hex

from assets.theme import PALETTE, ink_on
from display.texts import NO_TEXT
from display.widgets.board_label import DESCENT, BoardLabel, text_width

KV = Path(__file__).with_suffix(".kv")
KIND_COLOURS = {
    "priority": ("brand_soft", "brand_dark"),
    "returned": ("on_brand", "ink"),
    "missed": ("warning_soft", "warning"),
    "emergency": ("danger_soft", "danger"),
}
"""Ground and ink of the mark of each kind; the mark itself says it in letters."""
SHARE_MIN = 0.72
"""Of the wanted size; smaller, two texts on one line can't be read from afar."""
PULSE_PERIOD_S = 2.4
PULSE_STEP_S = 1 / 20
GLOW_MIN, GLOW_MAX = 0.06, 0.26
"""At more than this the amber letters on it would lose their contrast."""


def hex_colour(name):
    """Return a colour of the palette as Kivy wants it."""
    return get_color_from_hex(PALETTE[name])


def kind_ground(kind, colour):
    """Return the ground of a kind's mark: `colour`, if the site has chosen one."""
    if colour:
        return get_color_from_hex(colour)
    return hex_colour(KIND_COLOURS[kind][0]) if kind in KIND_COLOURS else (0, 0, 0, 0)


def kind_ink(kind, colour):
    """Return the ink of a kind's mark, to be read on its ground."""
    if colour:
        return get_color_from_hex(ink_on(colour))
    return hex_colour(KIND_COLOURS[kind][1]) if kind in KIND_COLOURS else (0, 0, 0, 0)


class BoardText(BoxLayout):
    """A text in Chinese, large, and in English, small."""

    text = ObjectProperty(NO_TEXT, rebind=True)
    base = NumericProperty(34)
    english = NumericProperty(20)
    bold = BooleanProperty(False)
    colour = ColorProperty("#ffffff")
    colour_soft = ColorProperty("#ffffff")
    halign = StringProperty("left")
    lines = NumericProperty(1)
    share = NumericProperty(0.6)
    """How much of the height, or of the width, the Chinese text takes."""


class BoardInline(FloatLayout):
    """A text in Chinese and, behind it on the same line, in English; both shrink together.

    Where they would grow too small, the English text gives way.
    """

    text = ObjectProperty(NO_TEXT, rebind=True)
    base = NumericProperty(34)
    english = NumericProperty(20)
    bold = BooleanProperty(False)
    colour = ColorProperty("#ffffff")
    colour_soft = ColorProperty("#ffffff")
    halign = StringProperty("left")

    def __init__(self, **kwargs):
        self._relay = Clock.create_trigger(self._lay, -1)
        super().__init__(**kwargs)
        for name in ("text", "base", "english", "bold", "halign", "pos", "size"):
            self.fbind(name, self._relay)

    def _lay(self, *_):
        chinese, english = self.ids.chinese, self.ids.english
        gap = self.base * 0.45 if self.text.zh and self.text.en else 0
        chinese_wide = text_width(self.text.zh, self.base, self.bold)
        english_wide = text_width(self.text.en, self.english)
        whole = chinese_wide + gap + english_wide
        share = min(1.0, self.width / whole) if whole else 1.0
        english.opacity = 1
        if share < SHARE_MIN and chinese_wide:
            english.opacity = 0
            whole, gap = chinese_wide, 0
            share = min(1.0, self.width / whole)
        spare = self.width - whole * share
        left = self.x + spare * {"left": 0, "center": 0.5, "right": 1}[self.halign]
        for label, size, wide in (
            (chinese, self.base * share, chinese_wide * share),
            (english, self.english * share, english_wide * share),
        ):
            label.font_size = size
            label.texture_update()
            label.size = label.texture_size
            label.x = left
            left += wide + gap * share
        chinese.y = self.center_y - chinese.height / 2
        english.y = chinese.y + DESCENT * (chinese.font_size - english.font_size)


class BoardMark(BoardLabel):
    """One character in a small square of its own: the kind of a ticket."""

    kind = StringProperty("")
    colour = StringProperty("")
    unit = NumericProperty(1)


class BoardBand(BoxLayout):
    """A light band across a dark board: something is not as it should be."""

    text = ObjectProperty(NO_TEXT, rebind=True)
    unit = NumericProperty(1)
    is_stacked = BooleanProperty(False)
    """On an upright screen: English below Chinese."""


class BoardHeader(BoxLayout):
    """Hospital, area, clock."""

    model = ObjectProperty(None, allownone=True, rebind=True)
    unit = NumericProperty(1)


class BoardTicket(BoxLayout):
    """One ticket, number first; `is_tall` puts the name below the number."""

    ticket = ObjectProperty(None, allownone=True, rebind=True)
    word = ObjectProperty(NO_TEXT, rebind=True)
    unit = NumericProperty(1)
    size_units = NumericProperty(64)
    """Size of the number, in units."""
    alone = NumericProperty(1.25)
    """How much larger the number is without a name."""
    is_tall = BooleanProperty(False)
    colour = ColorProperty("#ffffff")


class BoardNumber(BoxLayout):
    """The number of one who waits, and the mark of his kind."""

    ticket = ObjectProperty(None, allownone=True, rebind=True)
    unit = NumericProperty(1)


class BoardPulse(FloatLayout):
    """A ground that glows slowly while `is_on`; slower than any flicker that disturbs."""

    is_on = BooleanProperty(False)
    glow = NumericProperty(0)
    corner = NumericProperty(12)

    def __init__(self, **kwargs):
        self._step_event = None
        self._age_s = 0.0
        super().__init__(**kwargs)

    def on_is_on(self, *_):
        """Begin, or end at rest."""
        if self._step_event is not None:
            self._step_event.cancel()
            self._step_event = None
        self._age_s = 0.0
        self.glow = 0
        if self.is_on:
            self._step_event = Clock.schedule_interval(self._step, PULSE_STEP_S)

    def _step(self, passed_s):
        self._age_s += passed_s
        turn = self._age_s % PULSE_PERIOD_S / PULSE_PERIOD_S
        self.glow = GLOW_MIN + (GLOW_MAX - GLOW_MIN) * (1 - abs(2 * turn - 1))


def fade_in(widget, seconds=0.4):
    """Let a widget appear calmly; one that stands in no window is there at once."""
    Animation.cancel_all(widget, "opacity")
    if widget.get_root_window() is None:
        widget.opacity = 1
        return
    widget.opacity = 0
    Animation(opacity=1, duration=seconds, step=PULSE_STEP_S).start(widget)
