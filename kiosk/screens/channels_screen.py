"""How to pay: a QR code to be scanned, or the code that a phone shows."""

from kiosk.screens.body_screen import BodyScreen
from kiosk.widgets.parts import ChoiceCard


class ChannelsScreen(BodyScreen):
    """Shows a `ChannelsView`."""

    def on_kv_post(self, _base):
        """Fill in what the rules leave open."""
        self.bind(view=self._show)
        self._show()

    def _show(self, *_):
        choices = self.ids.choices
        choices.clear_widgets()
        for choice in self.view.choices:
            choices.add_widget(ChoiceCard(view=choice))
