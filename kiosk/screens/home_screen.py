"""Home: check in, my place, pay, reports, or simply scan."""

from kivy.app import App

from kiosk.screens.body_screen import BodyScreen
from kiosk.widgets.parts import ChoiceCard, Message

ROOMY_MAX = 3


class HomeScreen(BodyScreen):
    """Shows a `HomeView`."""

    def on_kv_post(self, _base):
        """Fill in what the rules leave open."""
        self.bind(view=self._show)
        self._show()

    def _show(self, *_):
        self.ids.notice.clear_widgets()
        if self.view.notice is not None:
            self.ids.notice.add_widget(Message(view=self.view.notice))
        choices = self.ids.choices
        choices.clear_widgets()
        is_crowded = self.view.notice is not None or App.get_running_app().is_elder
        is_tight = len(self.view.choices) > ROOMY_MAX and is_crowded
        for number, choice in enumerate(self.view.choices):
            card = ChoiceCard(view=choice, is_first=number == 0, is_tight=is_tight)
            choices.add_widget(card)
