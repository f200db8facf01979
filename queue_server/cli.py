"""`hospital-kiosk`: the one command line. It reads files, prints, and starts programs."""

import argparse
import gc
import getpass
import json
import os
import sys
import tomllib
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from queue_server.broker.broker import BrokerAddress, BrokerError
from queue_server.checkout_commands import add_checkout_commands
from queue_server.client.logs import add_log_options
from queue_server.client.tls import CertificatesUnusable
from queue_server.devices.cli import add_device_commands
from queue_server.devices.errors import DeviceError
from queue_server.journal.cli import add_journal_commands, add_key_option
from queue_server.journal.journal import JournalUnusable
from queue_server.journal.journal_key import load_journal_key
from queue_server.payments.cli import add_payment_commands
from queue_server.report.cli import add_report_command
from queue_server.report.what_if_command import add_what_if_command
from queue_server.rules.policy import PolicyError
from queue_server.rules.rehearsal import run
from queue_server.rules.rehearsal_file import RehearsalError, parse_rehearsal
from queue_server.site import SiteError

USER_ERROR: Final = 2
"""Exit code when what was typed or written can't be used."""
NOT_NOW: Final = 75
"""Exit code when what a server needs is not there now: space, the broker, its port (EX_TEMPFAIL).

Its service is then tried again, as it is not after `USER_ERROR`.
"""
INTERRUPTED: Final = 130
READER_GONE: Final = 141


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; ends the process with its exit code."""
    parsed = _parser().parse_args(arguments)
    try:
        sys.exit(parsed.run(parsed))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output, `head` for one, has had enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(READER_GONE)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="hospital-kiosk",
        description="Hospital kiosk and queue-call system / 医院自助与叫号系统",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    demo = commands.add_parser("demo", help="a hospital on this machine / 在本机演示整个医院")
    demo.add_argument("--broker", type=_address, metavar="HOST:PORT", help="an MQTT broker")
    demo.add_argument(
        "--tour",
        type=Path,
        metavar="DIR",
        help="play a morning without a screen and leave its pictures and sounds in DIR",
    )
    demo.set_defaults(run=_demo)

    _add_server_command(commands)

    password = commands.add_parser(
        "password", help="print what users.toml keeps of a password / 生成 users.toml 用的密码散列"
    )
    password.set_defaults(run=_password)

    totp = commands.add_parser(
        "totp", help="a second factor for a user of users.toml / 为用户生成动态验证码密钥"
    )
    totp.add_argument("name", metavar="NAME", help="his name in users.toml")
    totp.set_defaults(run=_totp)

    rehearse = commands.add_parser(
        "rehearse", help="try the calling rules on a written morning / 用一份文件预演叫号规则"
    )
    rehearse.add_argument("file", type=Path, metavar="FILE")
    rehearse.set_defaults(run=_rehearse)

    add_checkout_commands(commands)
    add_device_commands(commands)
    add_journal_commands(commands)
    add_payment_commands(commands)
    add_report_command(commands)
    add_what_if_command(commands)
    return parser


def _add_server_command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> None:
    server = commands.add_parser("server", help="the queue server / 队列服务")
    server.add_argument("--site", type=Path, required=True, metavar="FILE", help="site.toml")
    server.add_argument("--users", type=Path, required=True, metavar="FILE", help="users.toml")
    server.add_argument("--data", type=Path, required=True, metavar="DIR", help="journal and keys")
    server.add_argument(
        "--http", type=_address, default="127.0.0.1:8080", metavar="HOST:PORT", help="pages"
    )
    server.add_argument(
        "--https-certificate", type=Path, metavar="FILE", help="pages by HTTPS: PEM, with issuers"
    )
    server.add_argument("--https-key", type=Path, metavar="FILE", help="its private key: PEM")
    server.add_argument(
        "--broker", type=_address, metavar="HOST:PORT", help="an MQTT broker; default: our own"
    )
    add_key_option(server)
    server.add_argument(
        "--payments", type=Path, metavar="FILE", help="take money: payments.toml / 收费配置"
    )
    server.add_argument(
        "--messages",
        type=Path,
        metavar="FILE",
        help="tell patients of stopped clinics: messages.toml / 停诊通知配置",
    )
    server.add_argument(
        "--metrics",
        type=_address,
        metavar="HOST:PORT",
        help="serve /metrics for Prometheus, best at 127.0.0.1 / 监控指标",
    )
    add_log_options(server)
    server.add_argument(
        "--broker-listen", type=_address, metavar="HOST:PORT", help="where our own broker listens"
    )
    server.add_argument("--demo-seed", type=int, metavar="N", help="invent the patients of today")
    server.add_argument("--clock-offset-s", type=int, default=0, help=argparse.SUPPRESS)
    server.set_defaults(run=_server)


def _address(text: str) -> BrokerAddress:
    try:
        return BrokerAddress.parse(text)
    except BrokerError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _demo(parsed: argparse.Namespace) -> int:
    from queue_server.demo.controls import TourStuck  # noqa: PLC0415  # slow to import
    from queue_server.demo.demo import has_screen, run_demo  # noqa: PLC0415
    from queue_server.demo.programs import ProgramFailed  # noqa: PLC0415
    from queue_server.demo.tour import run_tour  # noqa: PLC0415

    def clock() -> datetime:
        return datetime.now(UTC)

    try:
        if parsed.tour is not None or not has_screen():
            run_tour(parsed.tour or Path("tour"), clock(), parsed.broker)
        else:
            run_demo(clock, parsed.broker)
    except (ProgramFailed, TourStuck) as error:
        return _told(str(error))
    return 0


def _server(parsed: argparse.Namespace) -> int:
    # Much of what is loaded stays; `run_server` turns it on again.
    gc.disable()
    from queue_server.bootstrap import run_server  # noqa: PLC0415  # slow to import
    from queue_server.messages.configuration import MessagesError  # noqa: PLC0415
    from queue_server.options import ServerOptions  # noqa: PLC0415
    from queue_server.paying import PayingError  # noqa: PLC0415
    from queue_server.payments.configuration import PaymentsError  # noqa: PLC0415
    from queue_server.records.virtual_card import KeyFileError  # noqa: PLC0415
    from queue_server.web.https import HttpsError, https_files  # noqa: PLC0415
    from queue_server.web.users import UsersError  # noqa: PLC0415

    try:
        options = ServerOptions(
            site_file=parsed.site,
            users_file=parsed.users,
            data_folder=parsed.data,
            journal_key=load_journal_key(parsed.key_file, os.environ),
            http_host=parsed.http.host,
            http_port=parsed.http.port,
            https=https_files(parsed.http.host, parsed.https_certificate, parsed.https_key),
            broker=parsed.broker,
            payments_file=parsed.payments,
            messages_file=parsed.messages,
            metrics=parsed.metrics,
            log_format=parsed.log_format or "text",
            log_level=parsed.log_level or "INFO",
            broker_listen=parsed.broker_listen,
            demo_seed=parsed.demo_seed,
            clock_offset_s=parsed.clock_offset_s,
        )
        run_server(options, ready=partial(print, flush=True))
    except PolicyError as error:
        return _told("\n".join(f"{parsed.site}: policy.{one}" for one in error.problems))
    except (
        SiteError,
        UsersError,
        HttpsError,
        KeyFileError,
        DeviceError,
        CertificatesUnusable,
        PaymentsError,
        PayingError,
        MessagesError,
    ) as error:
        return _told(str(error))
    except (BrokerError, JournalUnusable) as error:
        return _told(str(error), NOT_NOW)
    except OSError as error:
        return _told(f"{error.filename or parsed.http}: {error.strerror}", NOT_NOW)
    return 0


def _password(_parsed: argparse.Namespace) -> int:
    from queue_server.web.users import make_password_hash  # noqa: PLC0415  # slow to import

    print(make_password_hash(getpass.getpass("密码 Password: ")))
    return 0


def _totp(parsed: argparse.Namespace) -> int:
    import segno  # noqa: PLC0415

    from queue_server.web.second_factor import app_address, new_secret  # noqa: PLC0415

    secret = new_secret()
    print(f"写入 users.toml 中 {parsed.name} 的 [[user]]  Into the [[user]] of {parsed.name}:\n")
    print(f'totp_secret = "{secret}"\n')
    print(
        "用身份验证器应用扫码，然后清屏  Scan it with an authenticator app, then clear the screen:"
    )
    segno.make(app_address(parsed.name, secret)).terminal(compact=True)
    return 0


def _rehearse(parsed: argparse.Namespace) -> int:
    """Print one JSON object a line for each step."""
    path: Path = parsed.file
    try:
        rehearsal = parse_rehearsal(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        return _told(f"{path}: {error.strerror}")
    except UnicodeDecodeError:
        return _told(f"{path}: is no UTF-8 text / 不是 UTF-8 文本")
    except RehearsalError as error:
        return _told("\n".join(f"{path}: {problem}" for problem in error.problems))
    except RecursionError:
        return _told(f"{path}: has brackets nested too deeply / 括号嵌套过深")
    except ValueError as error:  # no TOML, or a number with more digits than Python reads
        return _told(f"{path}: {error}")
    for line in run(rehearsal):
        print(json.dumps(line, ensure_ascii=False), flush=True)
    return 0


def _told(text: str, code: int = USER_ERROR) -> int:
    print(text, file=sys.stderr)
    return code
