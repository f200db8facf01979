"""What a nurse is told of an offline check-in that could not be taken over, and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from queue_server.service.take_over import Conflict


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictText:
    """The reason, and what to do."""

    reason_zh: str
    reason_en: str
    advice_zh: str
    advice_en: str


def _text(reason_zh: str, reason_en: str, advice_zh: str, advice_en: str) -> ConflictText:
    return ConflictText(
        reason_zh=reason_zh, reason_en=reason_en, advice_zh=advice_zh, advice_en=advice_en
    )


_LOOK_UP: Final = (
    "请查看患者证件，用“查找”为他签到或加号。",
    "See the patient's ID, then check him in or add him by the search.",
)

CONFLICTS: Final[Mapping[Conflict, ConflictText]] = {
    Conflict.ALREADY_CHECKED_IN: _text(
        "已在别处签到",
        "checked in elsewhere already",
        "位置不变；请告诉患者他的号码。",
        "He keeps his place; tell him his number.",
    ),
    Conflict.FINISHED: _text(
        "本次就诊已结束",
        "the visit is over",
        "请问患者还需要什么；需要时加号。",
        "Ask what he needs; add a walk-in if need be.",
    ),
    Conflict.CANCELLED: _text(
        "号已取消",
        "the number was cancelled",
        "请向患者说明；仍要看病，请加号。",
        "Tell the patient; if he still needs a doctor, add a walk-in.",
    ),
    Conflict.VOID: _text(
        "号已作废（过号太多）",
        "the number is void: missed too often",
        "请向患者说明；仍要看病，请加号。",
        "Tell the patient; if he still needs a doctor, add a walk-in.",
    ),
    Conflict.TOO_LATE: _text(
        "签到时已超过时限",
        "he came after the limit",
        "请向患者说明：可退费，或加号。",
        "Tell the patient: a refund, or a walk-in.",
    ),
    Conflict.TOO_EARLY: _text(
        "签到时还没到签到时间",
        "he came before check-in opened",
        "到时间后请为他签到。",
        "Check him in when it is time.",
    ),
    Conflict.CLINIC_STOPPED: _text(
        "已停诊",
        "the clinic is stopped",
        "请为患者改约或退费。",
        "Offer another appointment or a refund.",
    ),
    Conflict.NO_VISIT: _text(
        "今天没有他的预约",
        "no appointment today",
        "请查看预约日期；需要时加号。",
        "Look up the date of his appointment; add a walk-in if need be.",
    ),
    Conflict.CARD_UNKNOWN: _text(
        "就诊卡不属于本院患者", "the card is of no patient here", *_LOOK_UP
    ),
    Conflict.CARD_USED: _text("就诊码在别处用过", "the code was used elsewhere", *_LOOK_UP),
    Conflict.WRONG_TIME: _text(
        "签到时间不可信（自助机时钟不准）",
        "its time can't be right: the kiosk's clock is wrong",
        *_LOOK_UP,
    ),
    Conflict.OTHER_DAY: _text(
        "不是今天的签到",
        "the check-in was not today",
        "患者多半已离开；请查看当天记录，必要时联系患者。",
        "He has most likely left; look at that day, and reach him if need be.",
    ),
    Conflict.NOT_ALLOWED: _text(
        "本院区不允许离线签到", "offline check-in is off at this site", *_LOOK_UP
    ),
}

assert set(CONFLICTS) == set(Conflict)
