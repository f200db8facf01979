"""What an area's board shows of a sample."""

from datetime import timedelta

from display.board import AreaView, area_view
from display.header import LineState, SoundState
from queue_server.contract.boards import AreaBoard, Call, Notices
from tests.unit.display.samples import (
    NOW,
    texts,
)

UP = LineState(is_up=True)


def view(
    shown: AreaBoard | None,
    *,
    said: Notices | None = None,
    line: LineState = UP,
    after_s: float = 0,
    announced: Call | None = None,
    sound: SoundState | None = None,
) -> AreaView:
    now = NOW + timedelta(seconds=after_s)
    return area_view(shown, said, line, now, texts(), announced=announced, sound=sound)
