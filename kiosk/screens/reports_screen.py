"""The patient's reports, a page at a time; a touch chooses one or leaves it out."""

from kivy.app import App

from kiosk.flow.reports import REPORTS_A_PAGE, REPORTS_A_PAGE_ELDER
from kiosk.screens.body_screen import BodyScreen
from kiosk.widgets.parts import Gap, Key, Pressable, Text


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
        self._show_pages()

    def _show_pages(self):
        pages = self.ids.pages
        pages.clear_widgets()
        if not self.view.page:
            return
        for part in (self.view.earlier, self.view.page, self.view.more):
            if isinstance(part, str):
                label = Text(content=part, halign="center", pos_hint={"center_y": 0.5})
                label.size_hint_x = 0.7
                pages.add_widget(label)
            else:
                pages.add_widget(Gap() if part is None else Key(view=part))
