"""It is the patient's turn to pay: a QR code to scan, or a password to type on his phone."""

from kiosk.screens.body_screen import BodyScreen


class PayingScreen(BodyScreen):
    """Shows a `PayingView`."""
