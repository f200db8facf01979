"""The scenes about two steps of triage: a colleague who has time, and a clinic's area queue."""

from queue_server.demo.cast import AREA_QUEUE, COLLEAGUE, DOCTORS
from queue_server.demo.hospital import AREA_BOARD, DOOR_BOARD
from queue_server.demo.stage import Stage


def spreads_the_waiting(stage: Stage) -> None:
    """A colleague has time: the nurse sees who would wait less there, and one patient is asked."""
    stage.story.scene(
        "分流：谁换医生可以少等",
        "Spreading: who would wait less at a colleague",
        "同科同级的陆医生到岗，没有人排队。护士站提示谁换过去可以少等，并列出前后的候诊时间；护士询问其中"
        "一位，他下次刷卡时自助机问他，他选择不换，位置不变。",
        "A colleague of the same title has nobody waiting. The station proposes who would wait"
        " less, with both waits; the nurse asks one of them, and at the kiosk he says no.",
    )
    stage.nurse.act(COLLEAGUE, "attend")
    station = stage.station
    station.locator("#spread").wait_for(state="visible")
    station.locator("#spread").click()
    lines = station.locator("#spread-panel li")
    lines.first.wait_for(state="visible")
    stage.shoot_page(station, "station-spread")
    asked = str(lines.first.get_attribute("data-proposal"))
    for other in lines.all()[1:]:
        other.locator("input").uncheck()
    station.locator('#spread-panel [data-do="ask"]').click()
    station.locator("#spread-panel li.is-asked").wait_for(state="visible")
    station.keyboard.press("Escape")
    here = (*stage.cast.on_time, stage.cast.late)
    stage.scan_phone(next(one for one in here if one.ticket == asked))
    stage.shoot_kiosk("offer")
    stage.kiosk.tap("decline-offer")
    stage.kiosk.wait_for("place")
    stage.go_home()


def triages_twice(stage: Stage) -> None:
    """A clinic is booked, not a doctor: its patients wait in the area until a doctor has room."""
    stage.story.scene(
        "两级分诊：先到诊区，再分到诊室",
        "Two steps of triage: the area first, then a room",
        "呼吸科的患者约的是科室。签到后先进诊区队列，系统按候诊人数最少分给两位医生，每位最多两人候诊；"
        "其余在诊区等候，大屏上标明尚未分配诊室。最后一位在自助机签到时指定了一位医生，只等他。",
        "Respiratory patients have booked the clinic. They join the area queue; each of the two"
        " doctors gets up to two of them, and the others wait in the area. The last one asks for a"
        " doctor at the kiosk, and waits for him only.",
    )
    *crowd, asking = stage.cast.of_area_queue
    for actor in crowd:
        stage.nurse.act(AREA_QUEUE, "check-in", ticket=actor.ticket)
    for doctor in DOCTORS:
        stage.nurse.act(doctor, "attend")
    stage.scan_phone(asking)
    stage.kiosk.tap("check-in")
    stage.kiosk.wait_for("doctors")
    stage.shoot_kiosk("doctors")
    stage.kiosk.tap("doctor-0")
    stage.kiosk.wait_for("place")
    stage.keep_slip(stage.wait_for_slip(), "of-the-area")
    stage.shoot_kiosk("checked-in-for-doctor")
    stage.go_home()
    stage.shoot_page(stage.station, "station-triage")
    stage.shoot_boards("triage")
    stage.story.scene(
        "护士站看本区屏幕",
        "The screens, seen from the station",
        "护士按 B 键，看到本区每块屏幕现在显示的内容：由屏幕自己画出，姓名已遮盖，每几秒更新一次。",
        "With one key the nurse sees what each screen of her areas shows now: it draws that"
        " itself, with names covered, every few seconds.",
    )
    station = stage.station
    station.keyboard.press("b")
    for device in (AREA_BOARD, DOOR_BOARD):
        station.locator(f'[data-screen="{device}"] img').wait_for(state="visible")
    stage.shoot_page(station, "station-screens")
    station.keyboard.press("Escape")
