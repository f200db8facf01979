"""The patient's visits, a page at a time."""

from kivy.app import App

from kiosk.flow.session import VISITS_A_PAGE, VISITS_A_PAGE_ELDER
from kiosk.screens.body_screen import BodyScreen
from kiosk.widgets.page_row import show_pages
from kiosk.widgets.parts import Gap, VisitCard


class VisitsScreen(BodyScreen):
    """Shows a `VisitsView`."""

    def on_kv_post(self, _base):
        """Fill in what the rules leave open."""
        self.bind(view=self._show)
        self._show()

    def _show(self, *_):
        cards = self.ids.cards
        cards.clear_widgets()
        for card in self.view.cards:
            cards.add_widget(VisitCard(view=card))
        # A card is as high as if the page were full.
        places = VISITS_A_PAGE_ELDER if App.get_running_app().is_elder else VISITS_A_PAGE
        if len(self.view.cards) < places:
            cards.add_widget(Gap(size_hint_y=places - len(self.view.cards)))
        show_pages(self.ids.pages, self.view)
