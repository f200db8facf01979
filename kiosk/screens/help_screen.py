"""How to use the screen beneath, and a nurse on call."""

from kiosk.screens.body_screen import BodyScreen
from kiosk.widgets.parts import Message


class HelpScreen(BodyScreen):
    """Shows a `HelpView`."""

    def on_kv_post(self, _base):
        """Fill in what the rules leave open."""
        self.bind(view=self._show_message)
        self._show_message()

    def _show_message(self, *_):
        self.ids.message.clear_widgets()
        if self.view.message is not None:
            self.ids.message.add_widget(Message(view=self.view.message))
