"""The number pad for an ID number."""

from kiosk.screens.body_screen import BodyScreen
from kiosk.widgets.parts import PadKey


class IdNumberPadScreen(BodyScreen):
    """Shows an `IdNumberPadView`."""

    def on_kv_post(self, _base):
        """Fill in what the rules leave open."""
        for _ in self.view.keys:
            self.ids.pad.add_widget(PadKey())
        self.bind(view=self._show_keys)
        self._show_keys()

    def _show_keys(self, *_):
        for widget, key in zip(reversed(self.ids.pad.children), self.view.keys, strict=True):
            widget.view = key
