"""What a nurse sees of the screens of her areas: what each has shown last. Pure functions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from queue_server.rules.terms import AreaId, DeviceId, RoomId
from queue_server.service.now import Now
from queue_server.service.setup import Setup
from queue_server.watch.figures import ExpectedDevice
from queue_server.web.device_view import line_of, place_of

KINDS = ("area-board", "door-board")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenView:
    """One screen, and when its last picture was taken."""

    device: DeviceId
    kind: str
    area: AreaId
    place_zh: str
    place_en: str
    line: str
    """`up`, `silent` (up, but not heard lately), `down` or `missing` (never heard)."""
    taken_at: str
    """Changes with each picture; empty if there is none."""
    taken_text: str
    """`09:42:07` at the site."""


def screen_views(
    setup: Setup,
    now: Now,
    at: datetime,
    expected: Mapping[DeviceId, ExpectedDevice],
    areas: Sequence[AreaId],
) -> list[ScreenView]:
    """Return the screens of `areas`: of each area its boards, then those at its doors."""
    shown = [
        screen
        for device in sorted({*now.devices, *expected})
        if (screen := _screen(setup, now, at, device, expected.get(device))) is not None
        and screen.area in areas
    ]
    order = [area.id for area in setup.site.areas]
    return sorted(
        shown, key=lambda one: (order.index(one.area), KINDS.index(one.kind), one.place_zh)
    )


def _screen(
    setup: Setup, now: Now, at: datetime, device: DeviceId, expected: ExpectedDevice | None
) -> ScreenView | None:
    state = now.devices.get(device)
    kind = (state.status.kind if state else "") or (expected.kind if expected else "")
    shows = (state.status.shows if state else "") or (expected.shows if expected else "")
    area = _area_of(setup, shows)
    if kind not in KINDS or area is None:
        return None
    place_zh, place_en = place_of(setup, shows)
    taken_at = state.screenshot.taken_at if state and state.screenshot else None
    return ScreenView(
        device=device,
        kind=kind,
        area=area,
        place_zh=place_zh,
        place_en=place_en,
        line=line_of(state, at, setup.site.alarm_limits),
        taken_at=taken_at.isoformat() if taken_at else "",
        taken_text=f"{taken_at.astimezone(at.tzinfo):%H:%M:%S}" if taken_at else "",
    )


def _area_of(setup: Setup, shows: str) -> AreaId | None:
    if shows in setup.areas:
        return AreaId(shows)
    queue = setup.usual_queue(RoomId(shows))
    return queue.area if queue is not None else None
