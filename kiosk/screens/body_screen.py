"""What all screens have in common: they get a view, and show it."""

from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout


class BodyScreen(BoxLayout):
    """The part of the window between header and dock."""

    view = ObjectProperty(rebind=True)
    test_name = StringProperty("")
