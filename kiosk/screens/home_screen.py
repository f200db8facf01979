"""Home: check in, my place, pay, or simply scan."""

from kiosk.screens.body_screen import BodyScreen
from kiosk.widgets.parts import ChoiceCard


class HomeScreen(BodyScreen):
    """Shows a `HomeView`."""

    def on_kv_post(self, _base):
        """Fill in what the rules leave open."""
        self.bind(view=self._show)
        self._show()

    def _show(self, *_):
        choices = self.ids.choices
        choices.clear_widgets()
        for number, choice in enumerate(self.view.choices):
            choices.add_widget(ChoiceCard(view=choice, is_first=number == 0))
