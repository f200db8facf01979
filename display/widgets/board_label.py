"""Labels whose text grows smaller until it fits, and ends in an ellipsis when even that fails."""

from functools import lru_cache
from typing import Final

from kivy.clock import Clock
from kivy.core.text import Label as CoreLabel
from kivy.properties import NumericProperty
from kivy.uix.label import Label

STEPS: Final = (1.0, 0.92, 0.84, 0.76, 0.68, 0.6, 0.52, 0.44, 0.36)
"""Shares of the wanted size that are tried, largest first."""
FONT: Final = "board"
LINE_HEIGHT: Final = 1.448
LETTER_HEIGHT: Final = 0.95
DESCENT: Final = 0.288
"""Of the font, in shares of its size; the last: from the lower edge to the line of writing."""


@lru_cache(maxsize=4096)
def text_width(text, font_size, bold=False):
    """Return how wide a line of text is, in pixels."""
    if not text:
        return 0
    return CoreLabel(font_name=FONT, font_size=font_size, bold=bold).get_extents(text)[0]


class BoardLabel(Label):
    """One line, or `lines`, of text, at most `base` pixels high."""

    base = NumericProperty(26)
    lines = NumericProperty(1)

    def __init__(self, **kwargs):
        self._refit = Clock.create_trigger(self._fit, -1)
        super().__init__(**kwargs)
        self.fbind("text", self._refit)
        self.fbind("size", self._refit)
        self.fbind("base", self._refit)
        self.fbind("bold", self._refit)
        self._refit()

    def _fit(self, *_):
        if self.width <= 1 or self.height <= 1:
            return
        size = next((self.base * share for share in STEPS if self._fits(self.base * share)), None)
        self.shorten = size is None
        self.font_size = size = size or self.base * STEPS[-1]
        self.max_lines = self.lines
        # A line box is higher than its letters; what juts out of the widget is empty.
        self.text_size = (self.width + 2, max(self.height, size * LINE_HEIGHT))

    def _fits(self, font_size):
        if self.lines == 1:
            wide = text_width(self.text, font_size, self.bold)
            return wide <= self.width + 1 and font_size * LETTER_HEIGHT <= self.height
        label = CoreLabel(
            text=self.text,
            text_size=(self.width, None),
            font_size=font_size,
            font_name=FONT,
            bold=self.bold,
        )
        label.refresh()
        _, high = label.content_size
        # A line too many would be cut off without a mark.
        return high <= min(self.height, (self.lines + 0.5) * font_size * LINE_HEIGHT)
