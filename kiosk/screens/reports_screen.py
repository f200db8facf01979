"""The patient's reports, a page at a time; a touch chooses one or leaves it out."""

from kivy.app import App

from kiosk.flow.reports import REPORTS_A_PAGE, REPORTS_A_PAGE_ELDER
from kiosk.screens.body_screen import BodyScreen
from kiosk.widgets.page_row import show_pages
from kiosk.widgets.parts import Gap, Pressable


class ReportCard(Pressable):
    """A report in the list."""


class ReportsScreen(BodyScreen):
    """Shows a `ReportsView`."""

    def on_kv_post(self, _base):
        """Fill in what the rules leave open."""
        self.bind(view=self._show)
        self._show()

    def _show(self, *_):
        cards = self.ids.cards
        cards.clear_widgets()
        for card in self.view.cards:
            cards.add_widget(ReportCard(view=card))
        # A card is as high as if the page were full.
        places = REPORTS_A_PAGE_ELDER if App.get_running_app().is_elder else REPORTS_A_PAGE
        if len(self.view.cards) < places:
            cards.add_widget(Gap(size_hint_y=places - len(self.view.cards)))
        show_pages(self.ids.pages, self.view)
