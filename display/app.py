"""The window of a board: asks its presenter what to show, and shows it."""

from pathlib import Path
from typing import Any

from kivy.app import App
from kivy.clock import Clock
from kivy.core.text import LabelBase
from kivy.core.window import Window
from kivy.lang import Builder

import assets
from display.presenter import AreaPresenter, DoorPresenter
from display.views import area_board, door_board
from display.widgets import board_parts

REFRESH_S = 0.5
"""How often the passing of time alone is looked at; nothing is drawn when nothing has changed."""

LAYOUT_ROUNDS = 3
"""After so many, labels have found their size and lie where they belong."""


class BoardApp(App):
    """One board in one window."""

    def __init__(self, presenter: AreaPresenter | DoorPresenter, *, is_locked=False, **kwargs):
        super().__init__(**kwargs)
        self._is_locked = is_locked
        self._presenter = presenter
        self._refreshing: Any = None

    def build(self):
        """Load fonts and layouts and return the root widget."""
        LabelBase.register("board", str(assets.FONT_REGULAR), fn_bold=str(assets.FONT_BOLD))
        is_area = isinstance(self._presenter, AreaPresenter)
        for layout in (board_parts.KV, area_board.KV if is_area else door_board.KV):
            if str(layout) not in Builder.files:
                Builder.load_file(str(layout))
        return self._new_root()

    def _new_root(self):
        is_area = isinstance(self._presenter, AreaPresenter)
        return area_board.AreaBoardView() if is_area else door_board.DoorBoardView()

    def on_start(self):
        """Show what there is, and look again whenever something comes."""
        Window.bind(on_request_close=self._asked_to_close)
        refresh = Clock.create_trigger(lambda _: self.refresh())
        self._presenter.on_change = refresh
        self._refreshing = Clock.schedule_interval(lambda _: self.refresh(), REFRESH_S)
        self.refresh()

    def refresh(self):
        """Show the present view; equal views are not drawn again."""
        view = self._presenter.view()
        if self.root.model != view:
            self.root.model = view

    def on_stop(self):
        """Let go of the presenter; Kivy calls this twice."""
        Window.unbind(on_request_close=self._asked_to_close)
        self._presenter.on_change = lambda: None
        if self._refreshing is not None:
            self._refreshing.cancel()
            self._refreshing = None

    def open_settings(self, *_):
        """F1 opens nothing on a board."""
        return False

    def draw_covered(self):
        """Draw the present view with everything personal covered, where nobody sees it.

        Returns its pixels, four bytes each and the highest row first, and its size.
        """
        root = self._new_root()
        root.size = Window.size
        root.model = self._presenter.covered_view()
        for _ in range(LAYOUT_ROUNDS):
            Clock.tick_draw()
            Builder.sync()
        texture = root.export_as_image().texture
        return texture.pixels, texture.size

    def screenshot(self, path: Path) -> None:
        """Write what the window shows to `path`, a PNG file."""
        # What was drawn last lies in the other buffer: draw it into the one that is read.
        Clock.tick_draw()
        Window.dispatch("on_draw")
        # Kivy puts a number behind the name.
        Path(Window.screenshot(name=str(path))).replace(path)

    def _asked_to_close(self, *_, **__):
        return self._is_locked
