"""The door board: shows a `DoorView` and decides nothing."""

from pathlib import Path

from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty
from kivy.uix.boxlayout import BoxLayout

from display.widgets.board_parts import BoardTicket

KV = Path(__file__).with_suffix(".kv")
UNIT_SHARE = 1.4


class TeamLine(BoxLayout):
    """A doctor of an MDT clinic and where he is, a `DoctorLine`."""

    line = ObjectProperty(None, allownone=True)
    is_there = BooleanProperty(False)
    is_awaited = BooleanProperty(False)
    unit = NumericProperty(1)


class DoorBoardView(BoxLayout):
    """Root of the door board. Set `model`, a `DoorView`."""

    model = ObjectProperty(None, allownone=True, rebind=True)
    unit = NumericProperty(1)

    def on_model(self, before, model):
        """Show the team and the standby tickets; everything else is bound."""
        self._show_team(model.team)
        box = self.ids.standby
        if [cell.ticket for cell in reversed(box.children)] == list(model.standby):
            return
        box.clear_widgets()
        for ticket in model.standby:
            cell = BoardTicket(is_tall=True, size_units=52)
            cell.ticket = ticket
            cell.unit = UNIT_SHARE * self.unit
            self.bind(unit=lambda _, unit, cell=cell: setattr(cell, "unit", UNIT_SHARE * unit))
            box.add_widget(cell)

    def _show_team(self, team):
        box = self.ids.team
        if [line.line for line in reversed(box.children)] == list(team):
            return
        box.clear_widgets()
        for shown in team:
            line = TeamLine(
                line=shown,
                is_there=shown.is_there,
                is_awaited=shown.is_awaited,
                unit=self.unit,
            )
            self.bind(unit=lambda _, unit, line=line: setattr(line, "unit", unit))
            box.add_widget(line)
