"""What is said of an MDT clinic: why an act was refused, and what happened."""

from collections.abc import Mapping
from typing import Final

from queue_server.rules.terms import RefusalCode

REFUSALS: Final[Mapping[RefusalCode, tuple[str, str]]] = {
    RefusalCode.QUORUM_MISSING: (
        "多学科团队还没有到齐，不能叫号。请等待：{zh} 到岗。",
        "The team is not complete, so nobody is called yet. Please wait for: {en}.",
    ),
    RefusalCode.TEAM_NOT_DONE: (
        "{number} 号还在会诊中。请等待：{zh} 看完，或由牵头医生说明理由后结束。",
        (
            "The team is not done with {number}. Please wait for: {en}; or let the lead of the"
            " team end the visit with a reason."
        ),
    ),
    RefusalCode.TEAM_PATIENT: (
        "多学科门诊的患者不换诊室，由医生前往。请选择其他患者。",
        "Patients of an MDT clinic keep their room; the doctors come. Please choose another one.",
    ),
    RefusalCode.NOT_IN_TEAM: (
        "您不在这个多学科团队里。请从自己的叫号台操作。",
        "You are not of this team. Please go on at your own console.",
    ),
    RefusalCode.TEAM_STATE: (
        "这一步已经记录过，或还不能记录。请看团队当前的状态。",
        "This is noted already, or can't be noted yet. Please look at where the team is now.",
    ),
    RefusalCode.TURN_OPEN: (
        "您还在看 {number} 号。请先按“我看完了”。",
        "You are with {number}. Please mark that you are done with him first.",
    ),
    RefusalCode.LEAD_ONLY: (
        "只有牵头医生 {zh} 可以提前结束。请与其联系。",
        "Only the lead of the team, {en}, may end the visit early. Please ask him.",
    ),
}

REASONS: Final[Mapping[str, tuple[str, str]]] = {
    "member_joined": ("{doctor_zh} 已到多学科门诊", "{doctor_en} is at the MDT clinic"),
    "member_left": ("{doctor_zh} 离开多学科门诊", "{doctor_en} has left the MDT clinic"),
    "member_came": ("{doctor_zh} 来看 {number} 号", "{doctor_en} has come to {number}"),
    "turn_ended": ("{doctor_zh} 已看完 {number} 号", "{doctor_en} is done with {number}"),
    "team_done": (
        "团队全部看完，{number} 号诊结",
        "The whole team is done with {number}: the visit is over",
    ),
    "ended_by_lead": (
        "牵头医生结束 {number} 号的会诊，理由：{why}",
        "The lead of the team has ended the visit of {number}: {why}",
    ),
}
"""By the codes of `ReasonCode`."""
