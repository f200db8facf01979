"""Number, where to wait, how many are ahead, and why."""

from kiosk.screens.body_screen import BodyScreen
from kiosk.widgets.parts import Message


class PlaceScreen(BodyScreen):
    """Shows a `PlaceView`."""

    def on_kv_post(self, _base):
        """Fill in what the rules leave open."""
        self.bind(view=self._show)
        self._show()

    def _show(self, *_):
        self._show_only("ahead", self.view.ahead is not None)
        self._show_only("at_most", bool(self.view.at_most))
        self._show_only("reason", bool(self.view.reason))
        self.ids.message.clear_widgets()
        if self.view.message is not None:
            self.ids.message.add_widget(Message(view=self.view.message))

    def _show_only(self, name, is_shown):
        """Take out what there is nothing to say about, gap included."""
        part = self.ids[name].__self__
        if not is_shown and part.parent is not None:
            part.parent.remove_widget(part)
