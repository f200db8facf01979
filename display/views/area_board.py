"""The area board: shows an `AreaView` and decides nothing."""

from pathlib import Path

from kivy.properties import (
    BooleanProperty,
    ListProperty,
    NumericProperty,
    ObjectProperty,
)
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout

from display.board import COLUMNS
from display.texts import NO_TEXT
from display.widgets.board_label import BoardLabel
from display.widgets.board_parts import BoardMark, BoardNumber, BoardTicket, fade_in

KV = Path(__file__).with_suffix(".kv")
ROW_HEIGHT = 88
"""The height, at 1920x1080, for which the sizes of a row are made: eight rooms."""
ROW_HEIGHT_MAX = 150
ROW_UNIT_MAX = 1.4
ROW_GAP = 8
WIDTHS = (310, 420, 200, 562)
"""Of the columns at 1920x1080, beside a panel."""
SHARE_WITH_HINT = 0.55
"""Of the height, where two lists stand one above the other: the one that says what to do."""
PANEL_WIDTH = 324
"""With the gap before it: the rooms have it where there is no panel."""


def column_widths(model):
    """Return the widths of the columns in units; one that is not shown leaves its own to others."""
    room, in_room, standby, waiting = WIDTHS
    spare = 0 if model.panels else PANEL_WIDTH
    if not model.shows_standby:
        spare, standby = spare + standby, 0
    if model.shows_waiting:
        return [room, in_room, standby, waiting + spare]
    # Whoever is in the room, and those who get ready, stand the larger.
    spare += waiting
    if model.shows_standby:
        return [room, in_room + spare * 0.5, standby + spare * 0.5, 0]
    return [room + spare * 0.4, in_room + spare * 0.6, 0, 0]


class BoardRow(FloatLayout):
    """One consulting room."""

    row = ObjectProperty(None, allownone=True, rebind=True)
    unit = NumericProperty(1)
    width_unit = NumericProperty(1)
    widths = ListProperty(WIDTHS)

    def on_row(self, *_):
        """Show the tickets of the row."""
        standby, waiting = self.ids.standby, self.ids.waiting
        standby.clear_widgets()
        waiting.clear_widgets()
        if self.row is None:
            return
        for ticket in self.row.standby:
            cell = BoardTicket(is_tall=True, size_units=46)
            cell.ticket = ticket
            standby.add_widget(cell)
        for ticket in self.row.waiting:
            number = BoardNumber()
            number.ticket = ticket
            waiting.add_widget(number)
        self._scale()

    def on_unit(self, *_):
        """Scale what was added by hand."""
        self._scale()

    def _scale(self):
        # A high row has room above and below its numbers, never beside them.
        for cell in self.ids.standby.children:
            cell.unit = min(self.unit, 1.1 * self.width_unit) / (len(self.row.standby) ** 0.5)
        for number in self.ids.waiting.children:
            number.unit = min(self.unit, 1.08 * self.width_unit)


class BoardPanelCell(BoxLayout):
    """One patient in a list beside the rooms."""

    shown = ObjectProperty(None, allownone=True, rebind=True)
    unit = NumericProperty(1)


class BoardPanel(BoxLayout):
    """One list beside the rooms."""

    panel = ObjectProperty(None, allownone=True, rebind=True)
    unit = NumericProperty(1)

    def on_panel(self, *_):
        """Show its patients."""
        cells = self.ids.cells
        if [widget.shown for widget in reversed(cells.children)] == list(self.panel.cells):
            return
        cells.clear_widgets()
        for one in self.panel.cells:
            widget = BoardPanelCell()
            widget.shown = one
            widget.unit = self.unit
            self.bind(unit=widget.setter("unit"))
            cells.add_widget(widget)


class BoardBanner(FloatLayout):
    """The call that lies over the board."""

    banner = ObjectProperty(None, allownone=True, rebind=True)
    unit = NumericProperty(1)
    is_open = BooleanProperty(False)

    def on_banner(self, _, banner):
        """Appear calmly, or go."""
        self.is_open = banner is not None
        if banner is None:
            self.opacity = 0
        else:
            fade_in(self)


class AreaBoardView(FloatLayout):
    """Root of the area board. Set `model`, an `AreaView`."""

    model = ObjectProperty(None, allownone=True, rebind=True)
    unit = NumericProperty(1)
    headings = ListProperty([NO_TEXT] * len(COLUMNS))
    widths = ListProperty(WIDTHS)

    def on_model(self, _, model):
        """Show what has changed."""
        self.headings = list(model.headings)
        self.widths = column_widths(model)
        self._show_rows(model)
        self._show_panels(model)
        self._show_legend(model)
        banner = self.ids.banner
        if banner.banner != model.banner:
            banner.banner = model.banner

    def _show_rows(self, model):
        box = self.ids.rows
        if len(box.children) != len(model.rows):
            box.clear_widgets()
            for _ in model.rows:
                box.add_widget(BoardRow(size_hint_y=None))
        turned = False
        for widget, row in zip(reversed(box.children), model.rows, strict=True):
            if widget.row != row:
                turned = turned or (widget.row is not None and widget.row.room != row.room)
                widget.row = row
        if turned:
            fade_in(box)
        self.lay_rows()

    def lay_rows(self, *_):
        """Give each row its height; few rooms stand larger."""
        box, area, model = self.ids.rows, self.ids.area, self.model
        if model is None or not model.rows:
            return
        gap = ROW_GAP * self.unit
        height = (area.height - gap * (model.row_count - 1)) / model.row_count
        height = min(height, ROW_HEIGHT_MAX * self.unit)
        for widget in box.children:
            widget.height = height
            widget.width_unit = self.unit
            widget.widths = self.widths
            widget.unit = min(height / ROW_HEIGHT, ROW_UNIT_MAX * self.unit)

    def _show_panels(self, model):
        box = self.ids.panels
        if len(box.children) != len(model.panels):
            box.clear_widgets()
            for _ in model.panels:
                widget = BoardPanel()
                widget.unit = self.unit
                self.bind(unit=widget.setter("unit"))
                box.add_widget(widget)
        for widget, panel in zip(reversed(box.children), model.panels, strict=True):
            widget.panel = panel
            widget.size_hint_y = SHARE_WITH_HINT if panel.hint.zh else 1 - SHARE_WITH_HINT

    def _show_legend(self, model):
        box = self.ids.legend
        if getattr(box, "shown", None) == (model.legend, self.unit):
            return
        box.shown = (model.legend, self.unit)
        box.clear_widgets()
        unit = self.unit
        for one in model.legend:
            box.add_widget(
                BoardMark(
                    kind=one.kind,
                    colour=one.colour,
                    text=one.mark.zh,
                    unit=unit * 0.8,
                    size_hint=(None, None),
                    size=(28 * unit, 28 * unit),
                    pos_hint={"center_y": 0.5},
                )
            )
            label = BoardLabel(text=f"{one.meaning.zh} {one.meaning.en}", base=20 * unit)
            label.size_hint_x = None
            label.width = (len(one.meaning.zh) * 21 + len(one.meaning.en) * 11.5 + 28) * unit
            box.add_widget(label)
