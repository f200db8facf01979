"""A label with an amount at the right, as they stand below one another."""

from pathlib import Path

from kivy.properties import ObjectProperty

from kiosk.widgets.parts import Row

RULES = Path(__file__).with_suffix(".kv")


class AmountRow(Row):
    """Shows an `AmountView`."""

    view = ObjectProperty(rebind=True)
