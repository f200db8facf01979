"""A picture of the kiosk that leaves it shows which screen is on, and nothing of its patient."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from rapidocr_onnxruntime import RapidOCR

from queue_server.client.screenshot import make_screenshot
from queue_server.contract.device_messages import SCREENSHOT_BYTES_MAX
from tests.ui.kiosk.conftest import MakeKiosk
from tests.ui.kiosk.states import STATES
from tests.unit.kiosk.hospital_for_tests import AT


@pytest.fixture(scope="module")
def reader() -> RapidOCR:
    return RapidOCR()


def read(reader: RapidOCR, jpeg: bytes) -> str:
    found, _ = reader(np.asarray(Image.open(BytesIO(jpeg))))
    return " ".join(text for _, text, _ in found or [])


@pytest.mark.parametrize("name", ["visits", "arrived", "pad-wrong"])
async def test_nothing_of_the_patient_can_be_read_and_the_keys_can(
    make_kiosk: MakeKiosk, reader: RapidOCR, name: str
) -> None:
    kiosk = await make_kiosk()
    kiosk.conductor.state = STATES[name]
    kiosk.ui.app.show(kiosk.conductor.view())
    await kiosk.ui.frames()

    pixels, size = kiosk.ui.app.draw_covered()
    taken = make_screenshot(pixels, size, AT)

    text = read(reader, taken.jpeg)
    assert len(taken.jpeg) <= SCREENSHOT_BYTES_MAX
    assert "北京清榆医院" in text
    assert "朗读" in text
    for personal in ("欧阳", "A16", "110105", "内科", "09:00", "09:30", "诊室", "诊区"):
        assert personal not in text


async def test_taking_it_changes_nothing_on_the_screen(make_kiosk: MakeKiosk) -> None:
    kiosk = await make_kiosk()
    kiosk.conductor.state = STATES["place"]
    kiosk.ui.app.show(kiosk.conductor.view())
    await kiosk.ui.frames()
    before = [getattr(widget, "text", "") for widget in kiosk.ui.widgets()]

    kiosk.ui.app.draw_covered()
    await kiosk.ui.frames()

    assert [getattr(widget, "text", "") for widget in kiosk.ui.widgets()] == before
    assert any("A16" in text for text in before)
