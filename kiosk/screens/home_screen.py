"""Home: check in, my place, or simply scan."""

from kiosk.screens.body_screen import BodyScreen


class HomeScreen(BodyScreen):
    """Shows a `HomeView`."""
