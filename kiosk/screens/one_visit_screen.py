"""One visit, to be compared and checked in."""

from kivy.app import App

from kiosk.screens.body_screen import BodyScreen
from kiosk.widgets.parts import Fact, FactStacked, Message


class OneVisitScreen(BodyScreen):
    """Shows a `OneVisitView`."""

    def on_kv_post(self, _base):
        """Fill in what the rules leave open."""
        self.bind(view=self._show)
        self._show()

    def _show(self, *_):
        is_elder = App.get_running_app().is_elder
        self.ids.facts.clear_widgets()
        for fact in self.view.facts:
            self.ids.facts.add_widget((FactStacked if is_elder else Fact)(view=fact))
        self.ids.message.clear_widgets()
        if self.view.message is not None:
            self.ids.message.add_widget(Message(view=self.view.message))
