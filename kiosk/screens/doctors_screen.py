"""Which doctor does the patient want? Any of them first, then those who are there."""

from kivy.app import App
from kivy.metrics import dp

from kiosk.flow.session import DOCTORS_A_PAGE, DOCTORS_A_PAGE_ELDER
from kiosk.screens.body_screen import BodyScreen
from kiosk.widgets.page_row import show_pages
from kiosk.widgets.parts import ChoiceCard, Gap, Message, VisitCard

ANY_DP = 232
"""Of the key for any doctor: larger than any other on the screen."""


class DoctorsScreen(BodyScreen):
    """Shows a `DoctorsView`."""

    def on_kv_post(self, _base):
        """Fill in what the rules leave open."""
        self.bind(view=self._show)
        self._show()

    def _show(self, *_):
        is_elder = App.get_running_app().is_elder
        top = self.ids.top
        top.clear_widgets()
        if self.view.message is not None:
            top.add_widget(Message(view=self.view.message))
        card = ChoiceCard(view=self.view.any_doctor, is_first=True, is_tight=is_elder)
        card.size_hint_y, card.height = None, dp(ANY_DP)
        top.add_widget(card)
        cards = self.ids.cards
        cards.clear_widgets()
        for card in self.view.cards:
            cards.add_widget(VisitCard(view=card))
        places = DOCTORS_A_PAGE_ELDER if is_elder else DOCTORS_A_PAGE
        if len(self.view.cards) < places:
            cards.add_widget(Gap(size_hint_y=places - len(self.view.cards)))
        show_pages(self.ids.pages, self.view)
