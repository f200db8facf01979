"""How much is paid in: the usual amounts, and a number pad for any other."""

from kiosk.screens.body_screen import BodyScreen
from kiosk.widgets.parts import Gap, PadKey, Pressable


class AmountKey(Pressable):
    """One of the usual amounts."""


class DepositPadScreen(BodyScreen):
    """Shows a `DepositPadView`."""

    def on_kv_post(self, _base):
        """Fill in what the rules leave open."""
        for key in self.view.keys:
            self.ids.pad.add_widget(Gap() if key is None else PadKey(view=key))
        self.bind(view=self._show)
        self._show()

    def _show(self, *_):
        usual = self.ids.usual
        usual.clear_widgets()
        for key in self.view.usual:
            usual.add_widget(AmountKey(view=key))
        for widget, key in zip(reversed(self.ids.pad.children), self.view.keys, strict=True):
            if key is not None:
                widget.view = key
