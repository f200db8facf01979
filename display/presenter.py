"""Holds what came over the line, and says what a board shows now. Knows no window."""

from collections.abc import Callable
from datetime import datetime

from display.announcer import Announcer
from display.board import AreaView, area_view, newer
from display.covering import covered_area, covered_door
from display.door import DoorView, door_view
from display.header import LineState
from display.texts import Texts
from queue_server.contract.boards import AreaBoard, Notices, RoomBoard


class _LineWatch:
    """Remembers since when the server is away."""

    def __init__(self) -> None:
        self.state = LineState(is_up=False)

    def changed(self, *, is_up: bool, now: datetime) -> None:
        lost_at = now if self.state.is_up else self.state.lost_at
        self.state = LineState(is_up=is_up, lost_at=None if is_up else lost_at)


class AreaPresenter:
    """An area board: `on_change` is called when `view()` may have changed before its time."""

    def __init__(self, texts: Texts, announcer: Announcer, now: Callable[[], datetime]) -> None:
        self._texts = texts
        self._announcer = announcer
        self._now = now
        self._line = _LineWatch()
        self._board: AreaBoard | None = None
        self._notices: Notices | None = None
        self.on_change: Callable[[], None] = lambda: None
        announcer.on_change = self._announced

    def take_board(self, board: AreaBoard) -> None:
        """A board came."""
        self._board = newer(self._board, board)
        self._announcer.look_at(self._board)
        self.on_change()

    def take_notices(self, notices: Notices) -> None:
        """The notices came."""
        self._notices = notices
        self.on_change()

    def line_changed(self, is_up: bool) -> None:
        """The line to the server came or went."""
        self._line.changed(is_up=is_up, now=self._now())
        self.on_change()

    def _announced(self) -> None:
        self.on_change()

    def view(self) -> AreaView:
        """Return what the board shows now."""
        now = self._now()
        return area_view(
            self._board,
            self._notices,
            self._line.state,
            now,
            self._texts,
            announced=self._announcer.shown(now),
            sound=self._announcer.sound,
        )

    def covered_view(self) -> AreaView:
        """Return what the board shows now, with everything personal covered."""
        return covered_area(self.view())


class DoorPresenter:
    """A door board: `on_change` is called when `view()` may have changed before its time."""

    def __init__(self, texts: Texts, now: Callable[[], datetime]) -> None:
        self._texts = texts
        self._now = now
        self._line = _LineWatch()
        self._board: RoomBoard | None = None
        self.on_change: Callable[[], None] = lambda: None

    def take_board(self, board: RoomBoard) -> None:
        """A board came."""
        self._board = newer(self._board, board)
        self.on_change()

    def line_changed(self, is_up: bool) -> None:
        """The line to the server came or went."""
        self._line.changed(is_up=is_up, now=self._now())
        self.on_change()

    def view(self) -> DoorView:
        """Return what the board shows now."""
        return door_view(self._board, self._line.state, self._now(), self._texts)

    def covered_view(self) -> DoorView:
        """Return what the board shows now, with everything personal covered."""
        return covered_door(self.view())
