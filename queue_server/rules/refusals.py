"""Refusals: a code for machines, and a sentence that tells the person what to do next."""

from collections.abc import Mapping
from typing import Final

from queue_server.rules.copy_texts import COPY_REFUSALS
from queue_server.rules.money_texts import REFUSALS as MONEY_REFUSALS
from queue_server.rules.team_texts import REFUSALS as TEAM_REFUSALS
from queue_server.rules.terms import RefusalCode

_CODE = RefusalCode

SENTENCES: Final[Mapping[RefusalCode, tuple[str, str]]] = {
    **COPY_REFUSALS,
    **MONEY_REFUSALS,
    **TEAM_REFUSALS,
    _CODE.TOO_EARLY: (
        "签到时间未到，您的预约是 {slot}，请在 {opens} 以后再来签到。",
        "It is too early to check in: your appointment is {slot}. Please come back from {opens}.",
    ),
    _CODE.TOO_LATE: (
        "您的预约 {slot} 已超过签到时限，本号作废，可以退费。请到分诊台或窗口办理。",
        (
            "Your appointment {slot} is too long past; the number is void and can be refunded."
            " Please go to the nurse desk."
        ),
    ),
    _CODE.WRONG_DAY: (
        "您的预约不在今天，而在 {day} {slot}。请在当天来签到；如需改期，请到窗口办理。",
        (
            "Your appointment is not today but on {day} {slot}. Please check in on that day,"
            " or ask at the counter for another one."
        ),
    ),
    _CODE.ALREADY_CHECKED_IN: (
        "{number} 号已经签到，不必再签。请留意叫号。",
        "{number} is checked in already. Please wait for the call.",
    ),
    _CODE.CLINIC_STOPPED: (
        "今日停诊，暂时不能签到。请到分诊台办理改约或退费。",
        (
            "The clinic is stopped today."
            " Please go to the nurse desk for another appointment or a refund."
        ),
    ),
    _CODE.QUEUE_PAUSED: (
        "已暂停叫号。请先恢复叫号。",
        "Calling is paused. Reopen the queue first.",
    ),
    _CODE.QUEUE_STOPPED: (
        "已停诊，不能叫号。如已恢复开诊，请护士先恢复叫号。",
        "The clinic is stopped and nobody is called. If it is open again, reopen the queue first.",
    ),
    _CODE.QUEUE_EMPTY: ("没有候诊患者。", "Nobody is waiting."),
    _CODE.ROOM_BUSY: (
        "{number} 号还在诊室。请先结束本次就诊。",
        "{number} is still in the room. Finish this consultation first.",
    ),
    _CODE.ROOM_EMPTY: ("诊室里没有患者。请先叫号。", "Nobody is in the room. Call somebody first."),
    _CODE.PATIENT_ELSEWHERE: (
        "{number} 号正在另一诊室。请稍后再叫。",
        "{number} is in another room at the moment. Call again later.",
    ),
    _CODE.STANDBY_PROTECTED: (
        "{number} 号已通知准备，不能排到其前面。请选择其后的位置。",
        "{number} was told to get ready and can't be passed. Choose a place behind.",
    ),
    _CODE.WRONG_STATE: (
        "{number} 号当前为“{state_zh}”，不能这样操作。请刷新后再试。",
        "{number} is {state_en}: this can't be done now. Look at the list and choose again.",
    ),
    _CODE.REASON_MISSING: ("请填写理由。", "Please give a reason."),
    _CODE.UNKNOWN_QUEUE: ("没有这个队列：{queue}。", "There is no queue {queue}."),
    _CODE.UNKNOWN_TICKET: (
        "今天没有 {number} 号。请核对号码，或到分诊台询问。",
        "There is no ticket {number} today. Please check the number or ask at the nurse desk.",
    ),
    _CODE.NUMBER_TAKEN: (
        "对方队列里已有 {number} 号，不能转入。",
        "The other queue has a ticket {number} already.",
    ),
    _CODE.SAME_QUEUE: ("已在这个队列里。", "It stands in that queue already."),
    _CODE.UNKNOWN_RANK: (
        "没有这个优先类别：{rank}。可选：{known}。",
        "There is no priority group {rank}; known are {known}.",
    ),
    _CODE.NOTHING_TO_UNDO: ("没有可以撤销的操作。", "There is nothing to undo."),
    _CODE.CHANGED_SINCE: (
        "{number} 号在此期间已被改动，本次操作没有执行。请看新的顺序后再决定。",
        (
            "{number} was changed in the meantime; nothing was done."
            " Please look at the new order and decide again."
        ),
    ),
    _CODE.RECALL_TOO_SOON: (
        "{number} 号刚刚呼叫过，请 {seconds} 秒后再复呼。",
        "{number} was called a moment ago. Please wait another {seconds} s before the next call.",
    ),
    _CODE.RECALL_LIMIT: (
        "{number} 号已复呼 {times} 次。仍未到的，请按过号处理。",
        "{number} was called again {times} times. If he is not there, please mark him as missed.",
    ),
    _CODE.UNKNOWN_LEVEL: (
        "急诊分级为 1 到 4 级，没有 {level} 级。",
        "Emergency levels are 1 to 4; there is no level {level}.",
    ),
    _CODE.LEVEL_NOT_ACCEPTED: (
        "该诊室不接诊急诊 {level} 级患者，只接诊 {known} 级。请选择其他诊室。",
        (
            "This room does not take emergencies of level {level}, only of {known}."
            " Please choose another room."
        ),
    ),
    _CODE.NO_ROOM: (
        "这是诊区队列，没有诊室，不能叫号。请先分配给医生。",
        "This is the queue of an area and has no room. Please assign the patient first.",
    ),
    _CODE.APPROVAL_MISSING: (
        "本科室停诊须经批准。请填写批准编号。",
        "This clinic may not be stopped without approval. Please give the approval's number.",
    ),
    _CODE.SECOND_PERSON_MISSING: (
        "停诊须由另一人确认。请让其他有权限的同事登录确认。",
        "A second person has to confirm the stop: somebody else has to sign in and do so.",
    ),
    _CODE.NO_STOP_ASKED: (
        "没有待确认的停诊申请。请看当前状态。",
        "Nobody has asked for a stop, or it is settled. Please look at the queue again.",
    ),
    _CODE.NOT_ABSENT: (
        "医生已在诊室，无需再报到岗。",
        "The doctor is there already; there is nothing to end.",
    ),
    _CODE.ROOM_TAKEN: (
        "该诊室已有医生出诊。请选择其他诊室，或请对方先换诊室。",
        "Another doctor sits in that room today. Choose another one, or ask him to change first.",
    ),
    _CODE.ROOM_IS_OWN: ("您已在该诊室。", "You sit in that room already."),
    _CODE.SPREAD_OVER: (
        "情况已变，{number} 号现在换医生不会明显更快，位置保持不变。请看最新的候诊情况。",
        (
            "Things have changed: another doctor would not be much faster for {number} any more,"
            " so the place is kept. Please look at the waiting list again."
        ),
    ),
    _CODE.DOCTOR_NOT_THERE: (
        "您选的医生现在不接诊，请重新选择。",
        "The doctor you chose is not seeing patients now. Please choose again.",
    ),
    _CODE.RETURN_IN_THE_PAST: (
        "预计返回时间 {time} 已过。请填写稍后的时间，或留空。",
        "The expected return {time} is over already. Give a later time, or none.",
    ),
    _CODE.CARD_UNKNOWN: (
        "无法识别这张就诊卡。请在手机上重新打开就诊卡，或输入身份证号，或到分诊台。",
        (
            "This card is not known. Open the card on your phone again, type your ID number,"
            " or go to the nurse desk."
        ),
    ),
    _CODE.CARD_EXPIRED: (
        "就诊码已过期。请在手机上刷新就诊码后再扫一次。",
        "The code on the phone has expired. Renew it and hold it up again.",
    ),
    _CODE.CARD_USED: (
        "这个就诊码已经用过。请在手机上刷新就诊码后再扫一次。",
        "This code was used already. Renew it on the phone and hold it up again.",
    ),
    _CODE.ID_NUMBER_UNKNOWN: (
        "没有查到这个身份证号的登记信息。请核对号码，或到分诊台。",
        "This ID number is not registered here. Please check it or go to the nurse desk.",
    ),
    _CODE.SLIP_UNKNOWN: (
        "这张小票不是今天的，或无法识别。请到分诊台。",
        "This slip is not of today or can't be read. Please go to the nurse desk.",
    ),
    _CODE.PROVISIONAL_PENDING: (
        "您的临时签到还在自助机里，没有转入系统。请过几分钟再扫，或到分诊台。",
        (
            "Your provisional check-in has not reached the system yet."
            " Please scan again in a few minutes or go to the nurse desk."
        ),
    ),
    _CODE.PROVISIONAL_REFUSED: (
        "您的临时签到需要护士处理。请拿这张小票到分诊台。",
        "A nurse has to look at your provisional check-in. Please take this slip to the desk.",
    ),
    _CODE.SESSION_ENDED: (
        "操作时间已过，为保护您的信息已退出。请重新刷卡。",
        "The session has ended to protect your data. Please show your card again.",
    ),
    _CODE.REQUEST_EXPIRED: (
        "请求已过期，没有执行。请再试一次。",
        "The request came too late and was not carried out. Please try again.",
    ),
    _CODE.BAD_REQUEST: (
        "请求有误，没有执行：{detail}。",
        "The request can't be read and was not carried out: {detail}.",
    ),
    _CODE.NOT_ALLOWED: (
        "您没有权限做这项操作。请换有权限的人登录。",
        "You may not do this. Somebody with the right to do it has to sign in.",
    ),
    _CODE.BUSY: (
        "系统繁忙，请稍候再试，或到分诊台。",
        "The system is busy. Please try again in a moment or go to the nurse desk.",
    ),
    _CODE.PROOF_MISSING: (
        "查看报告前，请先验证手机号后四位或身份证。",
        "Before reports are shown, please prove who you are: phone number or ID card.",
    ),
    _CODE.PROOF_WRONG: (
        "与医院登记的信息不一致。请核对后再试，还可以试 {left} 次；也可以到分诊台办理。",
        (
            "This is not what the hospital has on record. Please check and try again: {left} tries"
            " are left. The nurse desk can help as well."
        ),
    ),
    _CODE.PROOF_LOCKED: (
        "验证错误次数过多，{opens} 以后才能再试。需要报告请到分诊台。",
        (
            "Too many wrong tries: this is closed until {opens}. For your report please go to the"
            " nurse desk."
        ),
    ),
    _CODE.PROOF_IMPOSSIBLE: (
        "无法用这种方式验证：医院没有登记您的手机号或身份证号，或您正是用它登录的。请到分诊台。",
        (
            "This can't be proved this way: the hospital has no such number of yours, or you have"
            " identified yourself by it already. Please go to the nurse desk."
        ),
    ),
    _CODE.UNKNOWN_REPORT: (
        "没有找到这份报告。请返回重新选择，或到分诊台询问。",
        "There is no such report. Please go back and choose again, or ask at the nurse desk.",
    ),
    _CODE.REPORT_NOT_FINAL: (
        "这份报告还没有出具，暂时不能打印。请稍后再来。",
        "This report is not finished and can't be printed yet. Please come back later.",
    ),
    _CODE.REPORT_PRINTED_ALREADY: (
        "这份报告已经打印过。如需再打印，请到分诊台办理。",
        "This report was printed already. For another copy please go to the nurse desk.",
    ),
    _CODE.REPORTS_OFF: (
        "本院区的自助机不提供报告打印。请到分诊台询问。",
        "Reports are not printed at the kiosks of this site. Please ask at the nurse desk.",
    ),
    _CODE.POLICY_MOVED: (
        "规则刚被别人改动，您的修改还没有保存。请载入最新规则，核对后再保存。",
        (
            "The rules have been changed by somebody else meanwhile; yours are not saved."
            " Load the present ones, look at them, and save again."
        ),
    ),
    _CODE.POLICY_WAITS: (
        "第 {number} 版规则正等待生效，同时只能有一版等待。请先取消它，或等它生效后再保存。",
        (
            "Version {number} waits for its time, and only one may wait. Cancel it first, or save"
            " after it has taken effect."
        ),
    ),
    _CODE.POLICY_IN_FORCE: (
        "第 {number} 版规则已经生效或已取消，不能再取消。如需改回，请恢复到以前的版本。",
        (
            "Version {number} has taken effect or is cancelled already. To undo it, return to an"
            " earlier version."
        ),
    ),
    _CODE.POLICY_UNCHANGED: (
        "与现行规则完全相同，没有什么要保存的。请先改动规则。",
        "These are the rules in force already. Change something first.",
    ),
    _CODE.POLICY_TIME: (
        "生效时间已过，或在一年以后。请选择现在到一年以内的时间。",
        "The time to take effect is over, or more than a year ahead. Choose one in between.",
    ),
    _CODE.POLICY_WRONG: (
        "规则有误：{problem_zh}。请改正后再保存。",
        "A rule is wrong: {problem_en}. Correct it and save again.",
    ),
}

STATES: Final[Mapping[str, tuple[str, str]]] = {
    "booked": ("未签到", "not checked in"),
    "waiting": ("候诊", "waiting"),
    "standby": ("预备", "standing by"),
    "called": ("已叫号", "called"),
    "in_service": ("就诊中", "in service"),
    "missed": ("过号", "missed"),
    "away_for_results": ("检查中", "away for results"),
    "on_hold": ("暂挂", "on hold"),
    "done": ("诊结", "done"),
    "transferred": ("已转诊", "transferred"),
    "cancelled": ("已取消", "cancelled"),
    "expired": ("已作废", "void"),
}


class Refused(Exception):
    """What was asked is understood and refused; nothing has changed."""

    def __init__(self, code: RefusalCode, **parts: str) -> None:
        super().__init__(code.value)
        self.code = code
        zh, en = SENTENCES[code]
        self.message_zh = zh.format(**parts)
        self.message_en = en.format(**parts)

    @classmethod
    def again(cls, code: RefusalCode, message_zh: str, message_en: str) -> "Refused":
        """Return a refusal that was told before, with the very sentences of that time."""
        refused = cls.__new__(cls)
        Exception.__init__(refused, code.value)
        refused.code = code
        refused.message_zh = message_zh
        refused.message_en = message_en
        return refused


assert set(SENTENCES) == set(RefusalCode)
