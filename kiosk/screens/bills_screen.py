"""What the patient owes, item by item; a touch chooses a bill or leaves it for later."""

from kivy.properties import ObjectProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.body_screen import BodyScreen
from kiosk.widgets.page_row import show_pages
from kiosk.widgets.parts import Pressable


class BillItem(BoxLayout):
    """One thing on a bill."""

    view = ObjectProperty(rebind=True)


class BillCard(Pressable):
    """A bill with its items."""

    def on_kv_post(self, _base):
        """Add the items."""
        for item in self.view.items:
            self.add_widget(BillItem(view=item))


class BillsScreen(BodyScreen):
    """Shows a `BillsView`."""

    def on_kv_post(self, _base):
        """Fill in what the rules leave open."""
        self.bind(view=self._show)
        self._show()

    def _show(self, *_):
        bills = self.ids.bills
        bills.clear_widgets()
        for bill in self.view.bills:
            bills.add_widget(BillCard(view=bill))
        show_pages(self.ids.pages, self.view)
