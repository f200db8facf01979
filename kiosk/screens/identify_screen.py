"""How to show a card or a slip."""

from kivy.app import App
from kivy.properties import BooleanProperty

from kiosk.screens.body_screen import BodyScreen
from kiosk.widgets.parts import StepRow

ROOMY_MAX = 5


class IdentifyScreen(BodyScreen):
    """Shows an `IdentifyView`."""

    is_tight = BooleanProperty(False)
    """Whether there are more steps and keys than stand at ease."""

    def on_kv_post(self, _base):
        """Fill in what the rules leave open."""
        self.bind(view=self._show_steps)
        self._show_steps()

    def _show_steps(self, *_):
        self.is_tight = len(self.view.steps) + len(self.view.keys) > ROOMY_MAX
        self.ids.steps.clear_widgets()
        for step in self.view.steps:
            is_small = self.is_tight and App.get_running_app().is_elder
            self.ids.steps.add_widget(StepRow(view=step, is_tight=is_small))
