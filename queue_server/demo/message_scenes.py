"""The scene about messages: who knows that there is no clinic, and who has to be called."""

from queue_server.demo.cast import STOPPED_QUEUE
from queue_server.demo.stage import Stage


def tells_who_knows_of_the_stop(stage: Stage) -> None:
    """Everybody who was booked at the stopped clinic is told; the nurse sees whom to call."""
    stage.story.scene(
        "停诊：短信通知与电话告知",
        "Stopped: told by a message, or called",
        "停诊后，已预约和候诊的患者各收到一条通知（不含姓名），说明到哪里改约或退费；没有号码的由护士电话告知，护士站列出这些号码。",
        "Everybody who was booked there gets one message, without a name, that says where to book"
        " again; the station lists whom no message reaches, for the nurse to call.",
    )
    station = stage.station
    column = station.locator(f'.queue[data-key="{STOPPED_QUEUE}"]')
    column.locator(".mark.told").wait_for(state="visible")
    column.locator(".menu").click()
    station.locator("dialog .told").wait_for(state="visible")
    stage.shoot_page(station, "station-told")
    station.keyboard.press("Escape")
