"""Number, where to wait, how many are ahead, and why."""

from kivy.properties import ObjectProperty

from kiosk.screens.body_screen import BodyScreen
from kiosk.widgets.parts import Message, Panel


class NextStep(Panel):
    """Something that happens next."""

    view = ObjectProperty(rebind=True)


class PlaceScreen(BodyScreen):
    """Shows a `PlaceView`."""

    def on_kv_post(self, _base):
        """Fill in what the rules leave open."""
        # Kivy keeps a part by its id only as long as it stands on the screen.
        self._standing = self.ids.standing.children[::-1]
        self.bind(view=self._show)
        self._show()

    def _show(self, *_):
        view = self.view
        has_text = (view.ahead is not None, bool(view.at_most), bool(view.reason))
        self.ids.standing.clear_widgets()
        for part, is_shown in zip(self._standing, has_text, strict=True):
            # What there is nothing to say about is left out, gap included.
            if is_shown:
                self.ids.standing.add_widget(part)
        self.ids.steps.clear_widgets()
        for step in view.steps:
            self.ids.steps.add_widget(NextStep(view=step))
        self.ids.message.clear_widgets()
        for message in (view.message, view.doctor):
            if message is not None:
                self.ids.message.add_widget(Message(view=message))
