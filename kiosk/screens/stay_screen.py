"""Where somebody lies, how his deposit stands, and what can be done about it."""

from kivy.app import App

from kiosk.screens.body_screen import BodyScreen
from kiosk.widgets.amount_row import AmountRow
from kiosk.widgets.parts import ChoiceCard, Message


class StayScreen(BodyScreen):
    """Shows a `StayView`."""

    def on_kv_post(self, _base):
        """Fill in what the rules leave open."""
        self.bind(view=self._show)
        self._show()

    def _show(self, *_):
        amounts, message, choices = self.ids.amounts, self.ids.message, self.ids.choices
        for part in (amounts, message, choices):
            part.clear_widgets()
        for amount in self.view.amounts:
            amounts.add_widget(AmountRow(view=amount))
        if self.view.message is not None:
            message.add_widget(Message(view=self.view.message))
        is_tight = App.get_running_app().is_elder
        for number, choice in enumerate(self.view.choices):
            card = ChoiceCard(view=choice, is_first=number == 0, is_tight=is_tight)
            choices.add_widget(card)
