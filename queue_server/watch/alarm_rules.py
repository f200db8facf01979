"""The rules by which the watch raises an alarm: one table, and a pure function for each row.

`docs/operating.md` is made from the table. A function yields what it finds wrong at this
instant; how long that must last before it is an alarm is `holding.py`'s business.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from queue_server.watch import finding
from queue_server.watch.alarm_limits import AlarmCode, AlarmLimits
from queue_server.watch.figures import Figures
from queue_server.watch.finding import Found


class Severity(StrEnum):
    """How soon somebody has to do something."""

    CRITICAL = "critical"
    """Now: patients are affected."""
    WARNING = "warning"
    """Today."""
    NOTE = "note"
    """Good to know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRule:
    """One row. The sentences tell what is wrong, where, and what to do."""

    code: AlarmCode
    severity: Severity
    begins_after_s: int
    """So long it must have been wrong."""
    ends_after_s: int
    """So long it must have been right again."""
    find: Callable[[Figures, AlarmLimits], Iterator[Found]]
    zh: str
    en: str
    limit: str = ""
    """The key of `[alarms]` that it depends on."""


_RULES: Final = (
    AlarmRule(
        code=AlarmCode.DEVICE_SILENT,
        severity=Severity.CRITICAL,
        begins_after_s=15,
        ends_after_s=15,
        find=finding.silent_devices,
        zh="{device} 没有消息（最后一次：{seen}）。请检查电源和网线，再检查程序是否在运行。",
        en=(
            "{device} is silent (last heard: {seen}). Check power and network cable, then "
            "whether its program runs."
        ),
        limit="device_silent_s",
    ),
    AlarmRule(
        code=AlarmCode.BOARD_MISSING,
        severity=Severity.CRITICAL,
        begins_after_s=60,
        ends_after_s=10,
        find=finding.missing_boards,
        zh="诊区 {area} 没有任何屏幕在显示。请到现场查看，并请护士口头叫号。",
        en=("No screen shows the board of {area}. Go and look; ask the nurses to call aloud."),
    ),
    AlarmRule(
        code=AlarmCode.CALLS_NOT_SPOKEN,
        severity=Severity.CRITICAL,
        begins_after_s=20,
        ends_after_s=10,
        find=finding.unspoken_calls,
        zh="诊区 {area} 最近 {count} 次叫号都没有播出（{why}）。请检查音箱电源、音量和连接。",
        en=(
            "The last {count} calls in {area} were not spoken ({why}). Check the "
            "loudspeaker: power, volume, cable."
        ),
        limit="unspoken_calls",
    ),
    AlarmRule(
        code=AlarmCode.HELP_WAITING,
        severity=Severity.CRITICAL,
        begins_after_s=0,
        ends_after_s=0,
        find=finding.waiting_help,
        zh="{device} 有人按了求助键，已超过 {minutes} 分钟无人处理。请通知护士站派人过去。",
        en=(
            "Somebody has asked for help at {device} for more than {minutes} minutes. Tell "
            "the nurse station to send somebody."
        ),
        limit="help_call_s",
    ),
    AlarmRule(
        code=AlarmCode.PAPER_OUT,
        severity=Severity.CRITICAL,
        begins_after_s=10,
        ends_after_s=10,
        find=finding.paper_out,
        zh="{device} 的打印纸用完了。请换上新纸卷；患者仍可签到，但没有小票。",
        en=("{device} is out of paper. Put in a new roll; patients can check in, but get no slip."),
    ),
    AlarmRule(
        code=AlarmCode.PRINTER_BROKEN,
        severity=Severity.WARNING,
        begins_after_s=60,
        ends_after_s=30,
        find=finding.broken_printers,
        zh="{device} 的打印机有故障（{condition}）。请检查上盖、电源和连线，必要时更换。",
        en=(
            "The printer of {device} reports {condition}. Check cover, power and cable; "
            "replace it if that does not help."
        ),
    ),
    AlarmRule(
        code=AlarmCode.PAPER_LOW,
        severity=Severity.NOTE,
        begins_after_s=60,
        ends_after_s=30,
        find=finding.paper_low,
        zh="{device} 的打印纸快用完了。请在今天准备好新纸卷。",
        en="{device} will soon be out of paper. Have a new roll ready today.",
    ),
    AlarmRule(
        code=AlarmCode.A4_BLOCKED,
        severity=Severity.WARNING,
        begins_after_s=10,
        ends_after_s=10,
        find=finding.blocked_a4_printers,
        zh="{device} 的 A4 打印机不能打印报告（{condition}）。请检查纸、墨粉、卡纸和连线。",
        en=(
            "{device} can print no reports: its A4 printer says {condition}. Look at paper, toner,"
            " jams and cable."
        ),
    ),
    AlarmRule(
        code=AlarmCode.A4_LOW,
        severity=Severity.NOTE,
        begins_after_s=60,
        ends_after_s=30,
        find=finding.low_a4_printers,
        zh="{device} 的 A4 打印机纸或墨粉将尽（{condition}）。请在今天补充。",
        en="The A4 printer of {device} will soon need more ({condition}). Refill it today.",
    ),
    AlarmRule(
        code=AlarmCode.PART_BROKEN,
        severity=Severity.WARNING,
        begins_after_s=60,
        ends_after_s=30,
        find=finding.broken_parts,
        zh="{device} 的外设不能用（{parts}）。请检查电源和连线；现金设备按 docs/devices.md 处理。",
        en=(
            "Devices of {device} do not work: {parts}. Check power and cable; for the bill "
            "validator see docs/devices.md."
        ),
    ),
    AlarmRule(
        code=AlarmCode.CLOCK_OFF,
        severity=Severity.WARNING,
        begins_after_s=60,
        ends_after_s=60,
        find=finding.wrong_clocks,
        zh="{device} 的时钟与服务器相差 {seconds} 秒。请在该设备上检查时间同步（NTP）。",
        en=("The clock of {device} is {seconds} s off the server's. Check its time service (NTP)."),
        limit="clock_off_s",
    ),
    AlarmRule(
        code=AlarmCode.RECORDS_SILENT,
        severity=Severity.CRITICAL,
        begins_after_s=20,
        ends_after_s=20,
        find=finding.silent_records,
        zh="医院信息系统从 {since} 起没有应答，患者无法签到。请联系信息科，并检查到该系统的网络。",
        en=(
            "The hospital's records have not answered since {since}; patients can't check "
            "in. Call whoever runs them, and check the network to them."
        ),
    ),
    AlarmRule(
        code=AlarmCode.MESSAGES_SILENT,
        severity=Severity.CRITICAL,
        begins_after_s=20,
        ends_after_s=20,
        find=finding.silent_messages,
        zh="通知平台从 {since} 起没有应答，停诊患者未全部收到通知。请检查网络，并请护士电话告知。",
        en=(
            "The message service has not answered since {since}; not all patients know that their "
            "clinic is stopped. Check the network to it, and have the nurses call them."
        ),
    ),
    AlarmRule(
        code=AlarmCode.DISK_LOW,
        severity=Severity.CRITICAL,
        begins_after_s=30,
        ends_after_s=300,
        find=finding.low_disk,
        zh="日志所在磁盘只剩 {free_mb} MB，写满后服务会停止。请立即清理或扩容，不要删除日志文件。",
        en=(
            "Only {free_mb} MB are left on the journal's disk; when it is full the server "
            "stops. Make room now, and don't delete the journal."
        ),
        limit="disk_free_mb",
    ),
    AlarmRule(
        code=AlarmCode.BACKUP_OLD,
        severity=Severity.WARNING,
        begins_after_s=600,
        ends_after_s=0,
        find=finding.old_backup,
        zh="最近一次备份：{when}。请运行 hospital-kiosk backup，并检查定时任务。",
        en="Last backup: {when}. Run `hospital-kiosk backup`, and check its timer.",
        limit="backup_age_h",
    ),
    AlarmRule(
        code=AlarmCode.CERTIFICATE_EXPIRING,
        severity=Severity.WARNING,
        begins_after_s=60,
        ends_after_s=0,
        find=finding.ending_certificates,
        zh="{device} 的证书将于 {ends} 到期，到期后无法连接。请为它换发新证书。",
        en=(
            "The certificate of {device} ends on {ends}; after that it can't connect. Give "
            "it a new one."
        ),
        limit="certificate_days",
    ),
    AlarmRule(
        code=AlarmCode.SERVER_RESTARTED,
        severity=Severity.NOTE,
        begins_after_s=0,
        ends_after_s=0,
        find=finding.restarted_server,
        zh="服务器在 {since} 启动。如非人为重启，请查看日志中停止的原因。",
        en=(
            "The server was started at {since}. If nobody did that, look into its log for "
            "the reason why it had stopped."
        ),
        limit="restarted_s",
    ),
)
RULES: Final = {rule.code: rule for rule in _RULES}
assert set(RULES) == set(AlarmCode)


def find_all(figures: Figures, limits: AlarmLimits) -> dict[tuple[str, str], Found]:
    """Return what is wrong at this instant, by code and by what it is about."""
    return {
        (rule.code.value, found.about): found
        for rule in RULES.values()
        if rule.code not in limits.off
        for found in rule.find(figures, limits)
    }
