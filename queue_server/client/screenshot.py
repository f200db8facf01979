"""A screenshot on its way from a window's covered view to the queue server."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Final

from PIL import Image

from queue_server.client.line import Line
from queue_server.contract import topics
from queue_server.contract.device_messages import SCREENSHOT_BYTES_MAX, Screenshot

LONGER_SIDE_MAX_PX: Final = 1280
QUALITIES: Final = (75, 55, 35)
"""Of the JPEG, best first; if even the last makes too large a file, the picture gets smaller."""


def make_screenshot(rgba: bytes, size: tuple[int, int], taken_at: datetime) -> Screenshot:
    """Return the message for a picture of `size` pixels.

    Args:
        rgba: four bytes a pixel, the highest row first.
        size: width and height.
        taken_at: when it was drawn.
    """
    picture = Image.frombytes("RGBA", size, rgba).convert("RGB")
    side_px = LONGER_SIDE_MAX_PX
    while True:
        picture.thumbnail((side_px, side_px))
        for quality in QUALITIES:
            file = BytesIO()
            picture.save(file, "JPEG", quality=quality, optimize=True)
            if file.tell() <= SCREENSHOT_BYTES_MAX:
                return Screenshot(taken_at=taken_at, jpeg=file.getvalue())
        side_px = side_px * 7 // 8


async def send_screenshot(
    line: Line, draw_covered: Callable[[], tuple[bytes, tuple[int, int]]], now: datetime
) -> None:
    """Draw what the window shows, with everything personal covered, and send it.

    Args:
        line: the device's line; while it is down nothing is sent.
        draw_covered: returns pixels and size, as `make_screenshot` takes them.
        now: the present instant.
    """
    pixels, size = draw_covered()
    # Making the file takes a tenth of a second, in which nobody should wait for the screen.
    screenshot = await asyncio.to_thread(make_screenshot, pixels, size, now)
    await line.publish(topics.screenshot(line.address.site, line.address.device), screenshot)
