"""`hospital-kiosk`: the one command line. It reads files, prints, and starts programs."""

import argparse
import json
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

from queue_server.rules.rehearsal import run
from queue_server.rules.rehearsal_file import RehearsalError, parse_rehearsal

USER_ERROR = 2
"""Exit code when what was typed or written can't be used."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; ends the process with its exit code."""
    parser = argparse.ArgumentParser(
        prog="hospital-kiosk",
        description="Hospital kiosk and queue-call system / 医院自助与叫号系统",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    rehearse = commands.add_parser(
        "rehearse", help="try the calling rules on a written morning / 用一份文件预演叫号规则"
    )
    rehearse.add_argument("file", type=Path, metavar="FILE")
    rehearse.set_defaults(run=_rehearse)
    parsed = parser.parse_args(arguments)
    try:
        sys.exit(parsed.run(parsed))
    except KeyboardInterrupt:
        sys.exit(130)


def _rehearse(parsed: argparse.Namespace) -> int:
    """Print one JSON object a line for each step."""
    path: Path = parsed.file
    try:
        rehearsal = parse_rehearsal(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        return _told(f"{path}: {error.strerror}")
    except UnicodeDecodeError:
        return _told(f"{path}: is no UTF-8 text / 不是 UTF-8 文本")
    except tomllib.TOMLDecodeError as error:
        return _told(f"{path}: {error}")
    except RehearsalError as error:
        return _told("\n".join(f"{path}: {problem}" for problem in error.problems))
    for line in run(rehearsal):
        print(json.dumps(line, ensure_ascii=False), flush=True)
    return 0


def _told(text: str) -> int:
    print(text, file=sys.stderr)
    return USER_ERROR
