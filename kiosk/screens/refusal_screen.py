"""What happened, and what to do next."""

from kiosk.screens.body_screen import BodyScreen


class RefusalScreen(BodyScreen):
    """Shows a `RefusalView`."""
