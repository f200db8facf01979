"""The server is asked."""

from kivy.clock import Clock

from kiosk.screens.body_screen import BodyScreen

STEPS_PER_S = 20
DOTS_PER_S = 1.5


class WaitingScreen(BodyScreen):
    """Shows a `WaitingView`."""

    def on_parent(self, _widget, parent):
        """Breathe as long as the screen is shown."""
        Clock.unschedule(self._breathe)
        if parent is not None:
            Clock.schedule_interval(self._breathe, 1 / STEPS_PER_S)

    def _breathe(self, passed_s):
        dots = self.ids.dots
        dots.phase = (dots.phase + passed_s * DOTS_PER_S + 1) % 4 - 1
