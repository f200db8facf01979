"""Bank notes go in: what is missing, what has come in, and what becomes of the change."""

from kiosk.screens.body_screen import BodyScreen


class CashScreen(BodyScreen):
    """Shows a `CashView`."""
