"""How to pay: a QR code to be scanned, or the code that a phone shows."""

from kivy.app import App

from kiosk.screens.body_screen import BodyScreen
from kiosk.widgets.parts import ChoiceCard

ROOMY_MAX = 2
"""More ways to pay are smaller in large print, or there is no room for them."""


class ChannelsScreen(BodyScreen):
    """Shows a `ChannelsView`."""

    def on_kv_post(self, _base):
        """Fill in what the rules leave open."""
        self.bind(view=self._show)
        self._show()

    def _show(self, *_):
        choices = self.ids.choices
        choices.clear_widgets()
        is_tight = len(self.view.choices) > ROOMY_MAX and App.get_running_app().is_elder
        for choice in self.view.choices:
            choices.add_widget(ChoiceCard(view=choice, is_tight=is_tight))
