"""Is somebody there? A touch anywhere says yes."""

from kivy.app import App

from kiosk.screens.body_screen import BodyScreen


class InactivityScreen(BodyScreen):
    """Shows an `InactivityView`; what stood there before is hidden already."""

    def on_touch_down(self, touch):
        """Hold on to a touch that meets no key."""
        if super().on_touch_down(touch):
            return True
        if not self.collide_point(*touch.pos):
            return False
        touch.grab(self)
        return True

    def on_touch_up(self, touch):
        """Take it as a yes."""
        if touch.grab_current is not self:
            return super().on_touch_up(touch)
        touch.ungrab(self)
        App.get_running_app().press(self.view.stay)
        return True
