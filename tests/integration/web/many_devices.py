"""A hospital full of devices: most are well, some are not."""

from datetime import timedelta
from io import BytesIO

from PIL import Image

from queue_server.contract.device_messages import DeviceStatus, Heard, Screenshot
from tests.integration.web.hospital_day import HospitalDay

KIOSK_COUNT = 34


def jpeg(colour: str = "#0B6B5D") -> bytes:
    file = BytesIO()
    Image.new("RGB", (90, 160), colour).save(file, "JPEG")
    return file.getvalue()


def status(day: HospitalDay, kind: str, shows: str = "", **more: object) -> DeviceStatus:
    at = day.clock()
    values: dict[str, object] = {
        "is_up": True,
        "reported_at": at,
        "version": "0.1.0",
        "kind": kind,
        "shows": shows,
        "started_at": at - timedelta(hours=3),
    }
    return DeviceStatus(**{**values, **more})  # type: ignore[arg-type]


def fill(day: HospitalDay) -> None:
    """Let 64 devices report, of which four are in trouble."""
    for number in range(1, KIOSK_COUNT + 1):
        paper = {5: "paper_out", 9: "paper_near_end"}.get(number, "ok")
        day.device_says(f"kiosk-{number:02d}", status(day, "kiosk", paper=paper))
    for area in day.site.areas:
        board = f"{area.id}-board"
        day.device_says(board, status(day, "area-board", area.id, sound="ok"))
        heard = Heard(sequence=12, area=area.id, heard_at=day.clock(), was_spoken=True)
        day.device_says(board, heard)
    for index in range(64 - KIOSK_COUNT - len(day.site.areas)):
        queue = day.site.queues[index % len(day.site.queues)]
        day.device_says(f"door-{index + 1:02d}", status(day, "door-board", queue.room))
    day.device_says("door-03", DeviceStatus(is_up=False))
    late = status(day, "kiosk", paper="ok", reported_at=day.clock() + timedelta(seconds=95))
    day.device_says("kiosk-17", late)
    day.device_says("kiosk-01", Screenshot(taken_at=day.clock(), jpeg=jpeg()))
