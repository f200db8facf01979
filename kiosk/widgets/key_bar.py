"""The keys at the foot of a screen: two side by side where both words fit."""

from kivy.app import App
from kivy.core.text import Label as CoreLabel
from kivy.metrics import dp
from kivy.properties import ObjectProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.presenter.views import Icon
from kiosk.widgets.look import FONT
from kiosk.widgets.parts import Key, Stack


class KeyBar(Stack):
    """Shows a tuple of `KeyView`s in their order."""

    keys = ObjectProperty(())

    def __init__(self, **properties):
        super().__init__(**properties)
        self._rows_of_keys: tuple[list[Key], ...] = ()
        self.spacing = dp(20)
        self.bind(keys=self._arrange, width=self._arrange)

    def _arrange(self, *_):
        if self.width < dp(200):
            # No layout has given it its width yet: keys made for this one would be made again.
            return
        rows = self._rows()
        if tuple(len(row) for row in rows) != tuple(len(row) for row in self._rows_of_keys):
            self._rows_of_keys = tuple(self._build(rows))
        for widgets, keys in zip(self._rows_of_keys, rows, strict=True):
            for widget, key in zip(widgets, keys, strict=True):
                widget.view = key

    def _build(self, rows):
        self.clear_widgets()
        for row in rows:
            box = BoxLayout(spacing=dp(20), size_hint_y=None)
            box.bind(minimum_height=box.setter("height"))
            widgets = [Key(view=key) for key in row]
            for widget in widgets:
                box.add_widget(widget)
            self.add_widget(box)
            yield widgets

    def _rows(self):
        """Pair neighbours that fit; with an odd number of keys the first one stands alone."""
        keys = list(self.keys)
        half = (self.width - dp(20)) / 2
        rows = [[keys.pop(0)]] if len(keys) % 2 else []
        while keys:
            pair = [keys.pop(0), keys.pop(0)]
            fits = all(_width_of(key) <= half for key in pair)
            rows += [pair] if fits else [[key] for key in pair]
        return rows


def _width_of(key):
    label = CoreLabel(
        text=key.label, font_name=FONT, bold=True, font_size=App.get_running_app().sizes.lead
    )
    sign = 0 if key.icon is Icon.NONE else dp(60) + dp(16)
    return label.get_extents(key.label)[0] + sign + 2 * dp(16) + 2 * dp(20)
