"""The morning, scene by scene. Every act goes through the real programs."""

from collections.abc import Callable, Sequence
from typing import Final

from queue_server.demo.audit_scenes import reads_who_did_what
from queue_server.demo.cash_scenes import pays_in_cash
from queue_server.demo.cast import COLLEAGUE, MAIN_QUEUE, STOPPED_QUEUE
from queue_server.demo.controls import read_qr, wait_until
from queue_server.demo.credit_scenes import pays_later
from queue_server.demo.desk_scenes import tells_where_to_go
from queue_server.demo.inpatient_scenes import looks_after_a_stay
from queue_server.demo.insurance_scenes import settles_by_code
from queue_server.demo.mdt_scenes import doctors_come_to_a_patient
from queue_server.demo.message_scenes import tells_who_knows_of_the_stop
from queue_server.demo.payment_scenes import pays_by_code, pays_by_phone
from queue_server.demo.policy_scenes import rehearses_a_rule
from queue_server.demo.report_scenes import pays_for_a_copy, prints_reports
from queue_server.demo.staff_scenes import pauses_with_a_reason, works_beside_the_nurse
from queue_server.demo.stage import Stage
from queue_server.demo.triage_scenes import spreads_the_waiting, triages_twice


def first_screens(stage: Stage) -> None:
    """What whoever comes in sees first, and the help key."""
    stage.story.scene(
        "大厅里的自助机",
        "The kiosk in the lobby",
        "首页、帮助、刷卡和输入身份证号。每一页都有中文、英文和大字版，都能读出来。",
        "Home, help, card and ID number; every screen in Chinese, English and large print.",
    )
    kiosk = stage.kiosk
    stage.keep_code(stage.cast.on_time[0])
    kiosk.wait_for("home")
    stage.shoot_kiosk("home")
    kiosk.tap("dock-help")
    kiosk.wait_for("help")
    stage.shoot_kiosk("help")
    kiosk.tap("call-nurse")
    wait_until(lambda: not kiosk.has("call-nurse"), "the nurse to be told")
    stage.shoot_kiosk("help-called")
    kiosk.tap("close-help")
    kiosk.wait_for("home")


def card_check_in(stage: Stage) -> None:
    """A patient with a phone: one scan, one tap, a slip."""
    stage.story.scene(
        "用手机就诊卡签到",
        "Check-in with the card on a phone",
        "第一位患者打开手机上的就诊码，对准扫码口，确认后即签到并取得小票。",
        "The first patient holds up the code on the phone, confirms, and gets a slip.",
    )
    patient, kiosk = stage.cast.on_time[0], stage.kiosk
    kiosk.tap("check-in")
    kiosk.wait_for("identify")
    stage.shoot_kiosk("identify")
    stage.scan(stage.phone_code(patient, stage.story.picture("phone-card")))
    kiosk.wait_for("one-visit")
    stage.shoot_kiosk("one-visit")
    kiosk.tap("check-in")
    kiosk.wait_for("place")
    slip = stage.wait_for_slip()
    stage.shoot_kiosk("checked-in")
    stage.keep_slip(slip, "checked-in")
    stage.go_home()


def id_number_check_in(stage: Stage) -> None:
    """A patient without a phone types the ID number."""
    stage.story.scene(
        "没有手机，输入身份证号",
        "Without a phone: the ID number",
        "第二位患者输入身份证号。号码输入后部分隐藏，错位会当场提示。",
        "The second patient types the ID number; it is partly hidden and checked at once.",
    )
    kiosk = stage.kiosk
    stage.type_id_number(stage.cast.on_time[1])
    stage.shoot_kiosk("id-number")
    kiosk.tap("confirm")
    kiosk.wait_for("one-visit")
    kiosk.tap("check-in")
    kiosk.wait_for("place")
    stage.wait_for_slip()
    stage.go_home()


def more_arrive(stage: Stage) -> None:
    """The waiting room fills; somebody has two visits, somebody is late."""
    stage.story.scene(
        "陆续签到",
        "More patients come",
        "其余患者依次签到；有人今天有两次就诊，有人迟到，自助机说明排在哪里、为什么。",
        "Others check in; one has two visits today, one is late and is told where he stands.",
    )
    kiosk, cast = stage.kiosk, stage.cast
    for patient in cast.on_time[2:]:
        stage.check_in(patient)
    if stage.scan_phone(cast.two_visits) != "visits":
        # Only one of them can be checked in now, and that one is shown at once.
        kiosk.tap("dock-back")
        kiosk.wait_for("visits")
    stage.shoot_kiosk("visits")
    stage.go_home()
    stage.scan_phone(cast.late)
    kiosk.tap("check-in")
    kiosk.wait_for("place")
    stage.wait_for_slip()
    stage.shoot_kiosk("checked-in-late")
    stage.go_home()
    stage.scan_phone(cast.on_time[0])
    kiosk.wait_for("place")
    stage.shoot_kiosk("my-place")
    stage.go_home()


def refusals(stage: Stage) -> None:
    """Each refusal says in plain words what to do next."""
    stage.story.scene(
        "不能签到时",
        "When a check-in is refused",
        "太早、太迟、日期不对、停诊、就诊码过期或无法识别：每次都说明接下来该怎么办。",
        "Too early, too late, another day, stopped, expired or unknown: what to do next.",
    )
    cast = stage.cast
    stage.nurse.act(STOPPED_QUEUE, "absence", kind="stopped", cause="consultation")
    for name, patient in (
        ("too-early", cast.too_early),
        ("too-late", cast.too_late),
        ("other-day", cast.other_day),
        ("stopped", cast.stopped),
    ):
        stage.scan_phone(patient)
        stage.shoot_kiosk(f"refused-{name}")
        stage.go_home()
    stage.scan("https://example.org/menu")
    stage.kiosk.wait_for("refusal")
    stage.shoot_kiosk("refused-unknown-code")
    stage.go_home()


def paper_runs_out(stage: Stage) -> None:
    """A printer that fails never costs the patient the check-in."""
    stage.story.scene(
        "打印机缺纸",
        "The printer runs out of paper",
        "签到照样成功，号码显示在屏幕上；换纸后可以再打一次。",
        "The check-in holds, the number is on the screen; the slip is printed again later.",
    )
    kiosk = stage.kiosk
    stage.set_fault("paper_out")
    stage.scan_phone(stage.cast.without_card)
    kiosk.tap("check-in")
    kiosk.wait_for("place")
    wait_until(lambda: kiosk.has("print-again"), "the key to print again")
    stage.shoot_kiosk("no-paper")
    stage.mend_printer()
    kiosk.tap("print-again")
    stage.keep_slip(stage.wait_for_slip(), "printed-again")
    stage.go_home()


def doctor_calls(stage: Stage) -> None:
    """The doctor calls: board, door and loudspeaker follow."""
    stage.story.scene(
        "医生叫号",
        "The doctor calls",
        "医生按一个键叫下一位；候诊区大屏、诊室门口屏和广播同时更新，只出现号码和隐去的姓名。",
        "One key calls the next; boards and loudspeaker show number and masked name only.",
    )
    doctor = stage.doctor
    stage.shoot_boards("before-the-call")
    ticket = str(doctor.act(MAIN_QUEUE, "call-next")["ticket"])
    stage.shoot_boards("call")
    stage.shoot_page(stage.console, "console-called")
    doctor.act(MAIN_QUEUE, "start", ticket=ticket)
    doctor.act(MAIN_QUEUE, "away-for-results", ticket=ticket)
    first = next(one for one in stage.cast.on_time if one.ticket == ticket)
    stage.scan_phone(first)
    stage.kiosk.tap("check-in")
    stage.kiosk.wait_for("place")
    stage.wait_for_slip()
    stage.shoot_kiosk("checked-in-with-results")
    stage.go_home()
    missed = stage.doctor.act(MAIN_QUEUE, "call-next")["ticket"]
    doctor.act(MAIN_QUEUE, "recall", ticket=missed)
    doctor.act(MAIN_QUEUE, "miss", ticket=missed)
    third = doctor.act(MAIN_QUEUE, "call-next")["ticket"]
    doctor.act(MAIN_QUEUE, "start", ticket=third)
    stage.shoot_page(stage.console, "console-in-service")


def nurse_orders(stage: Stage) -> None:
    """The nurse looks, moves with a reason, grants priority, takes back."""
    stage.story.scene(
        "护士站调整顺序",
        "The nurse re-orders",
        "护士看到每位医生的队列，可带理由调整顺序、登记优先、加号，并可撤销。",
        "The nurse sees every queue, moves with a reason, grants priority, adds, takes back.",
    )
    nurse, cast = stage.nurse, stage.cast
    stage.shoot_page(stage.station, "station")
    moved = nurse.act(
        MAIN_QUEUE,
        "move",
        ticket=cast.on_time[4].ticket,
        after=cast.on_time[0].ticket,
        why="身体不适 feels unwell",
    )
    stage.shoot_page(stage.station, "station-moved")
    nurse.act(MAIN_QUEUE, "undo", entry=moved["entry"])
    nurse.act(COLLEAGUE, "priority", ticket=cast.without_card.ticket, rank="pregnant")
    nurse.act(COLLEAGUE, "walk-in", kind="ordinary")
    stage.station.keyboard.press("?")
    stage.shoot_page(stage.station, "station-shortcuts")
    stage.station.keyboard.press("Escape")


def slip_is_enough(stage: Stage) -> None:
    """Nothing but a paper slip: its QR tells the place."""
    stage.story.scene(
        "只有小票",
        "Nothing but the slip",
        "患者把小票上的二维码对准扫码口，就能看到自己排在第几位、为什么。",
        "The QR of the slip shows where one stands, and why.",
    )
    stage.scan(read_qr(stage.slips_seen[1]))
    stage.kiosk.wait_for("place")
    stage.shoot_kiosk("place-by-slip")
    stage.go_home()


def left_alone(stage: Stage) -> None:
    """A session that is left alone warns, then wipes everything."""
    stage.story.scene(
        "无人操作",
        "Left alone",
        "离开后先提醒、倒数，再清除屏幕和内存里的一切。",
        "The kiosk warns, counts down, then wipes screen and memory.",
    )
    stage.wait_until_kept_code_expires()
    stage.scan(stage.kept_code)
    stage.kiosk.wait_for("refusal")
    stage.shoot_kiosk("refused-expired-code")
    stage.go_home()
    kiosk = stage.kiosk
    stage.scan_phone(stage.cast.on_time[4])
    following = {"zh": ["dock-elder"], "elder": ["dock-elder", "dock-language"], "en": []}
    for form, keys in following.items():
        kiosk.wait_for("inactivity")
        kiosk.screenshot(stage.story.picture(f"kiosk-inactivity-{form}"))
        kiosk.tap("stay")
        for key in keys:
            kiosk.tap(key)
    kiosk.tap("dock-language")
    stage.go_home()


def kiosk_alone(stage: Stage) -> None:
    """The server is gone: the card alone is enough, and what does not fit is told to a nurse."""
    stage.story.scene(
        "没有服务器也能签到",
        "Check-in without the server",
        "服务中断时，自助机凭手机就诊卡的签名签到，给出临时号码和临时小票；服务恢复后按当时的签到时间"
        "自动排队，扫临时小票就能看到正式号码。有冲突的，护士站会看到并知道怎么办。",
        "The kiosk checks in by the signed card, with a provisional number and slip. When the"
        " server is back the patient joins the queue as of then; what does not fit, nurses see.",
    )
    kiosk, phone = stage.kiosk, stage.demo.folder / "phone.png"
    codes = [
        stage.phone_code(actor, phone) for actor in (stage.cast.two_visits, stage.cast.too_early)
    ]
    stage.demo.programs.kill("server")
    wait_until(lambda: "离线" in kiosk.texts(), "the kiosk to notice that the server is gone")
    stage.scan(codes[0])
    kiosk.wait_for("place")
    slip = stage.wait_for_slip()
    stage.go_home()
    stage.scan(codes[1])
    kiosk.wait_for("place")
    stage.wait_for_slip()
    stage.shoot_kiosk("alone-checked-in")
    stage.keep_slip(slip, "provisional")
    stage.go_home()
    stage.shoot_kiosk("alone")
    kiosk.tap("my-place")
    kiosk.wait_for("refusal")
    stage.shoot_kiosk("alone-only-card")
    stage.go_home()
    stage.demo.start_server()
    wait_until(lambda: "离线" not in kiosk.texts(), "the line to come back")
    with stage.nurse_station() as station:
        station.wait_for_selector("#conflicts li")
        stage.shoot_page(station, "station-conflict")
    stage.shoot_boards("taken-over")
    stage.scan(read_qr(slip))
    kiosk.wait_for("place")
    stage.shoot_kiosk("place-by-provisional-slip")
    stage.go_home()


def server_dies(stage: Stage) -> None:
    """The server is killed and comes back: nothing that was answered is lost."""
    stage.story.scene(
        "服务中断与恢复",
        "The server dies and comes back",
        "断电一样杀掉服务：自助机和屏幕都说明已断开；重启后顺序不变。",
        "Killed as by a power cut: kiosk and boards say so; the order is the same afterwards.",
    )
    stage.shoot_boards("order-before")
    stage.demo.programs.kill("server")
    stage.console.wait_for_timeout(8000)
    stage.shoot_kiosk("no-line")
    stage.shoot_boards("no-line")
    stage.demo.start_server()
    stage.console.wait_for_timeout(4000)
    stage.shoot_boards("order-after")
    stage.kiosk.screenshot(stage.story.picture("kiosk-line-is-back"))


SCENES: Final[Sequence[tuple[str, Callable[[Stage], None]]]] = (
    ("首页 First screens", first_screens),
    ("刷卡签到 Card", card_check_in),
    ("身份证号 ID number", id_number_check_in),
    ("陆续签到 Arrivals", more_arrive),
    ("分流 Spreading", spreads_the_waiting),
    ("二次分诊 Triage", triages_twice),
    ("不能签到 Refusals", refusals),
    ("停诊通知 Messages", tells_who_knows_of_the_stop),
    ("缺纸 Paper", paper_runs_out),
    ("扫码缴费 Paying", pays_by_phone),
    ("付款码 Payment code", pays_by_code),
    ("住院 Stay", looks_after_a_stay),
    ("后付 Paying later", pays_later),
    ("医保 Insurance code", settles_by_code),
    ("现金 Cash", pays_in_cash),
    ("打印报告 Reports", prints_reports),
    ("补打报告 Copies", pays_for_a_copy),
    ("叫号 Calls", doctor_calls),
    ("护士站 Station", nurse_orders),
    ("导诊台 Desk", tells_where_to_go),
    ("医生与护士 Two at once", works_beside_the_nurse),
    ("暂停 Pause", pauses_with_a_reason),
    ("多学科 MDT", doctors_come_to_a_patient),
    ("规则 Rules", rehearses_a_rule),
    ("操作记录 Audit", reads_who_did_what),
    ("小票 Slip", slip_is_enough),
    ("无人操作 Left alone", left_alone),
    ("离线签到 Alone", kiosk_alone),
    ("断线 Line", server_dies),
)
