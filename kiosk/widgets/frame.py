"""What every screen has around it: the hospital's name above, the six keys below."""

from pathlib import Path

from kivy.app import App
from kivy.properties import ObjectProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.widgets.parts import DockKey, Gap, Message

RULES = Path(__file__).with_suffix(".kv")


class Frame(BoxLayout):
    """Header, banner, body, dock."""

    view = ObjectProperty(None, allownone=True, rebind=True)

    def show(self, view, body):
        """Show the frame of `view` around `body`."""
        before = self.view
        self.view = view
        if body.parent is None:
            self.ids.body.clear_widgets()
            self.ids.body.add_widget(body)
        if before is None or before.banner != view.banner:
            self._show_banner(view.banner)
        if before is None or before.dock != view.dock:
            self._show_dock(view.dock)

    def forget_body(self):
        """Take the screen out."""
        self.ids.body.clear_widgets()

    def forget(self):
        """Take everything out, to be made anew in another size."""
        self.forget_body()
        self.ids.banner.clear_widgets()
        self.ids.dock.clear_widgets()
        self.view = None

    def on_touch_up(self, touch):
        """Tell the app, after the keys had their turn, that somebody is there."""
        handled = super().on_touch_up(touch)
        App.get_running_app().touched()
        return handled

    def _show_banner(self, banner):
        self.ids.banner.clear_widgets()
        if banner is not None:
            self.ids.banner.add_widget(Message(view=banner))

    def _show_dock(self, dock):
        # The keys stay, so that one that is being pressed is not exchanged under the finger.
        places = list(reversed(self.ids.dock.children))
        for index, key in enumerate(dock):
            here = places[index] if index < len(places) else None
            wanted = Gap if key is None else DockKey
            if not isinstance(here, wanted):
                fresh = wanted()
                if here is not None:
                    self.ids.dock.remove_widget(here)
                self.ids.dock.add_widget(fresh, index=len(dock) - 1 - index if here else 0)
                here = fresh
            if key is not None:
                here.view = key
