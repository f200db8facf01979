"""A list of charges, a page at a time, and what they come to."""

from kivy.properties import ObjectProperty

from kiosk.screens.bills_screen import BillItem
from kiosk.screens.body_screen import BodyScreen
from kiosk.widgets.amount_row import AmountRow
from kiosk.widgets.page_row import show_pages
from kiosk.widgets.parts import Message, Panel


class CostCard(Panel):
    """Charges of one kind."""

    view = ObjectProperty(rebind=True)

    def on_kv_post(self, _base):
        """Add the items."""
        for item in self.view.items:
            self.add_widget(BillItem(view=item, padding=0))


class StatementScreen(BodyScreen):
    """Shows a `StatementView`."""

    def on_kv_post(self, _base):
        """Fill in what the rules leave open."""
        self.bind(view=self._show)
        self._show()

    def _show(self, *_):
        groups, amounts, message = self.ids.groups, self.ids.amounts, self.ids.message
        for part in (groups, amounts, message):
            part.clear_widgets()
        for group in self.view.groups:
            groups.add_widget(CostCard(view=group))
        for amount in self.view.amounts:
            amounts.add_widget(AmountRow(view=amount))
        if self.view.message is not None:
            message.add_widget(Message(view=self.view.message))
        show_pages(self.ids.pages, self.view)
