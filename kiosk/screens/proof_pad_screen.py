"""The number pad for the end of a phone number."""

from kivy.properties import StringProperty
from kivy.uix.anchorlayout import AnchorLayout

from kiosk.screens.body_screen import BodyScreen
from kiosk.widgets.parts import Gap, Key, PadKey


class ProofDigit(AnchorLayout):
    """A place for a digit, which nobody can read."""

    content = StringProperty("")


class ProofPadScreen(BodyScreen):
    """Shows a `ProofPadView`."""

    def on_kv_post(self, _base):
        """Fill in what the rules leave open."""
        for key in self.view.keys:
            self.ids.pad.add_widget(Gap() if key is None else PadKey(view=key))
        self.bind(view=self._show)
        self._show()

    def _show(self, *_):
        for widget, key in zip(reversed(self.ids.pad.children), self.view.keys, strict=True):
            if key is not None:
                widget.view = key
        other = self.ids.other
        other.clear_widgets()
        if self.view.other is not None:
            other.add_widget(Key(view=self.view.other))
