"""A picture of a board that leaves the screen shows numbers and rooms, and no name."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image
from rapidocr_onnxruntime import RapidOCR

from display.announcer import Announcer
from display.presenter import AreaPresenter, DoorPresenter
from queue_server.client.screenshot import make_screenshot
from queue_server.contract.device_messages import SCREENSHOT_BYTES_MAX
from tests.ui.display.conftest import AREA_SIZE, DOOR_SIZE
from tests.unit.display.samples import NOW, board, full_room, notices, room, room_board, ticket

Opened = Callable[..., Any]
WRITTEN = ("王小明的家属请到护士站", "Family of Wang Xiaoming, please come to the desk")
NAMES = ("张*三", "欧阳*", "王*", "刘*", "周*", "吴*", "孙*甲", "钱*乙")


def read(jpeg: bytes) -> str:
    found, _ = RapidOCR()(np.asarray(Image.open(BytesIO(jpeg))))
    return " ".join(text for _, text, _ in found or [])


async def test_no_name_can_be_read_on_the_picture_of_an_area_board(
    area: AreaPresenter, announcer: Announcer, opened: Opened
) -> None:
    area.line_changed(True)
    area.take_board(board([full_room(index) for index in range(3)]))
    area.take_notices(notices(WRITTEN))

    async with opened(area, AREA_SIZE) as seen:
        pixels, size = seen.app.draw_covered()
        taken = make_screenshot(pixels, size, NOW)
        window = "".join(seen.texts())

    text = read(taken.jpeg)
    assert len(taken.jpeg) <= SCREENSHOT_BYTES_MAX
    assert "沈怀仁" in window
    assert all(name in window for name in NAMES), "people still see the names"
    assert "沈怀仁" in text
    assert "A012" in text
    assert not [letter for name in NAMES for letter in name if letter in text and letter != "*"]
    assert "Xiaoming" not in text


async def test_no_name_can_be_read_on_the_picture_of_a_door_board(
    door: DoorPresenter, opened: Opened
) -> None:
    door.line_changed(True)
    door.take_board(room_board(room(0, in_room=ticket("A012", "张*三"))))

    async with opened(door, DOOR_SIZE) as seen:
        pixels, size = seen.app.draw_covered()
        taken = make_screenshot(pixels, size, NOW)
        window = "".join(seen.texts())

    text = read(taken.jpeg)
    assert "张*三" in window
    assert "张" not in text
    assert "三" not in text
    assert "A012" in text
