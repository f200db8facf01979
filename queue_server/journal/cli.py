"""The commands for a technician who looks after the journal: verify, backup, restore."""

import argparse
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from queue_server.journal.backup import back_up, rescue, restore
from queue_server.journal.journal import JournalUnusable
from queue_server.journal.journal_check import CheckReport, check_journal
from queue_server.journal.journal_file import JOURNAL_NAME, JournalFile
from queue_server.journal.journal_key import KEY_VARIABLE, load_journal_key
from queue_server.journal.last_backup import note_backup

DAMAGED: Final = 1
"""Exit code when a journal is damaged, can't be opened or was not written."""
SHOWN_MAX: Final = 30
_TABLES: Final = {
    "entries": "条目 entries",
    "facts": "事件 facts",
    "replies": "应答 replies",
    "redeemed_cards": "已用卡码 used cards",
    "openings": "启动 openings",
}

_FileAt = Callable[[Path], JournalFile]
"""The journal at a path, with the key that was given."""
_Command = Callable[[argparse.Namespace, _FileAt], int]


def add_key_option(command: argparse.ArgumentParser) -> None:
    """Let a command take the key of an encrypted journal."""
    command.add_argument(
        "--key-file",
        type=Path,
        metavar="FILE",
        help=f"key of an encrypted journal; or in {KEY_VARIABLE} / 加密日志的密钥",
    )


def add_journal_commands(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> None:
    """Add the commands to the ones of `hospital-kiosk`."""
    verify = commands.add_parser("verify", help="check the journal / 检查日志是否完好")
    which = verify.add_mutually_exclusive_group(required=True)
    which.add_argument("--data", type=Path, metavar="DIR", help="the server's data folder")
    which.add_argument("--file", type=Path, metavar="FILE", help="a backup")
    verify.add_argument(
        "--rescue", type=Path, metavar="NEW_FILE", help="copy what is sound / 抢救完好记录到新文件"
    )
    verify.set_defaults(run=_in_words(_verify))

    backup = commands.add_parser("backup", help="copy the journal, even of a running server / 备份")
    backup.add_argument("--data", type=Path, required=True, metavar="DIR")
    backup.add_argument("--to", type=Path, required=True, metavar="FILE", help="a new file")
    backup.set_defaults(run=_in_words(_backup))

    restore_ = commands.add_parser("restore", help="make a backup the journal / 恢复备份")
    restore_.add_argument("--from", type=Path, required=True, metavar="FILE", dest="backup")
    restore_.add_argument("--data", type=Path, required=True, metavar="DIR")
    restore_.add_argument(
        "--replace", action="store_true", help="move the journal that is there aside / 移开现有日志"
    )
    restore_.set_defaults(run=_in_words(_restore))
    for command in (verify, backup, restore_):
        add_key_option(command)


def _in_words(run: _Command) -> Callable[[argparse.Namespace], int]:
    """Let a command say what it can't do, and end with the exit code of damage."""

    def run_in_words(parsed: argparse.Namespace) -> int:
        try:
            key = load_journal_key(parsed.key_file, os.environ)
            return run(parsed, lambda path: JournalFile(path=path, key=key))
        except JournalUnusable as error:
            print(error, file=sys.stderr)
            return DAMAGED

    return run_in_words


def _verify(parsed: argparse.Namespace, file_at: _FileAt) -> int:
    path: Path = parsed.file or parsed.data / JOURNAL_NAME
    if parsed.rescue is None:
        report = check_journal(file_at(path))
    else:
        report = rescue(file_at(path), parsed.rescue, datetime.now(UTC))
    _print(path, report)
    if parsed.rescue is not None:
        print(f"完好的记录已存入 what is sound is in: {parsed.rescue}")
    return 0 if report.is_sound else DAMAGED


def _backup(parsed: argparse.Namespace, file_at: _FileAt) -> int:
    began_at = datetime.now(UTC)
    report = back_up(file_at(parsed.data / JOURNAL_NAME), parsed.to)
    _print(parsed.to, report)
    try:
        note_backup(parsed.data, began_at)
    except OSError as error:
        print(
            f"{error.filename}: {error.strerror}; the backup is good, but the server will not know"
            " of it / 备份完好，但服务器不会知道",
            file=sys.stderr,
        )
    return 0


def _restore(parsed: argparse.Namespace, file_at: _FileAt) -> int:
    path: Path = parsed.data / JOURNAL_NAME
    aside = restore(
        file_at(parsed.backup), file_at(path), datetime.now(UTC), move_aside=parsed.replace
    )
    if aside is not None:
        print(f"原日志移至 the former journal is now: {aside}")
    print(f"已恢复 restored: {path}")
    return 0


def _print(path: Path, report: CheckReport) -> None:
    counts = " · ".join(f"{name} {report.counts[table]}" for table, name in _TABLES.items())
    print(path)
    print(f"  {counts} · 就诊日 days {report.day_count}")
    print(f"  末条 last row {report.last.number} {report.last.digest.hex()[:16]}")
    if report.is_sound:
        print("  完好 sound")
        return
    print(f"  发现问题 damaged: {len(report.findings)}")
    for finding in report.findings[:SHOWN_MAX]:
        print(f"  - {finding}")
    if len(report.findings) > SHOWN_MAX:
        print("  - …")
