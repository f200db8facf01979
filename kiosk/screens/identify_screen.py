"""How to show a card or a slip."""

from kiosk.screens.body_screen import BodyScreen
from kiosk.widgets.parts import StepRow


class IdentifyScreen(BodyScreen):
    """Shows an `IdentifyView`."""

    def on_kv_post(self, _base):
        """Fill in what the rules leave open."""
        self.bind(view=self._show_steps)
        self._show_steps()

    def _show_steps(self, *_):
        self.ids.steps.clear_widgets()
        for step in self.view.steps:
            self.ids.steps.add_widget(StepRow(view=step))
