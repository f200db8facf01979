"""What a technician may set: a TOML file, and the same words as flags of the command line.

A flag wins over the file, the file over what is left out.
"""

import argparse
import difflib
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from queue_server.client.logs import Form, Level, add_log_options
from queue_server.contract.message import Id

HostAndPort = Annotated[str, Meta(pattern=r"^(\[[0-9a-f:]+\]|[^:\s\[\]]+):[0-9]{1,5}$")]
Size = Annotated[str, Meta(pattern=r"^[0-9]{3,5}x[0-9]{3,5}$")]


class BadConfiguration(Exception):
    """The configuration can't be used; the text says where and why."""


class Configuration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One board. The words of the command line are the same, with `-` for `_`."""

    board: Literal["area", "door"]
    site: Id
    device: Id
    area: Id = ""
    """Of an area board."""
    room: Id = ""
    """Of a door board."""
    broker: HostAndPort = "127.0.0.1:1883"
    certificates: str = ""
    """The folder of `ca.crt`, `device.crt` and `device.key`, seen from the file's own; left out:
    no TLS, for a broker on the same machine."""
    timezone: str = "Asia/Shanghai"
    """For the clock until the first board has come; then the hospital's own is taken."""
    voice: str = "aplay"
    """Loudspeaker of an area board: `aplay`, `aplay:DEVICE`, `file:FOLDER` or `none`."""
    voice_rate_wpm: Annotated[int, Meta(ge=80, le=250)] = 150
    voice_volume_percent: Annotated[int, Meta(ge=10, le=100)] = 80
    digit_one: Literal["yi1", "yao1"] = "yi1"
    """How the digit 1 of a ticket number is said: 一 or 幺."""
    windowed: bool = False
    """A window in place of the whole screen."""
    size: Size = "1920x1080"
    """Of the window; has no meaning on the whole screen."""
    remote_control: Annotated[int, Meta(ge=0, le=65535)] | None = None
    """For tours and tests only: loopback port."""
    log_format: Form = "text"
    """`json`: for programs that collect logs."""
    log_level: Level = "INFO"
    clock_offset_s: int = 0
    """For demos: how far the clock is ahead of the real one."""


def load_configuration(arguments: Sequence[str]) -> Configuration:
    """Read the command line, and the file that it names.

    Raises:
        BadConfiguration: a value that is missing, unknown or wrong.
        SystemExit: the command line is not understood, or help was asked for.
    """
    given = vars(_parser().parse_args(arguments))
    flags = {name: value for name, value in given.items() if value not in (None, False)}
    file = flags.pop("config", None)
    try:
        table = _read(Path(file)) if file else {}
        configuration = msgspec.convert({**table, **flags}, Configuration)
    except msgspec.ValidationError as error:
        raise BadConfiguration(str(error)) from error
    wanted = configuration.board if configuration.board == "area" else "room"
    if not getattr(configuration, wanted):
        raise BadConfiguration(f"--{wanted} is missing: which {wanted} does the board show?")
    return configuration


def _read(path: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise BadConfiguration(f"{path}: {error}") from error
    known = Configuration.__struct_fields__
    for key in table:
        if key not in known:
            nearest = difflib.get_close_matches(key, known, n=1, cutoff=0.0)[0]
            raise BadConfiguration(f"{path}: {key!r} is no setting; did you mean {nearest!r}?")
    if isinstance(folder := table.get("certificates"), str):
        table["certificates"] = str(path.parent / folder)
    return table


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="display", description="Area board or door board")
    boards = parser.add_subparsers(dest="board", required=True)
    area = boards.add_parser("area", help="the large board of a waiting area, with voice")
    area.add_argument("--area", metavar="ID")
    area.add_argument("--voice", metavar="aplay|aplay:DEVICE|file:FOLDER|none")
    area.add_argument("--digit-one", choices=["yi1", "yao1"])
    door = boards.add_parser("door", help="the small board at a consulting-room door")
    door.add_argument("--room", metavar="ID")
    for board in (area, door):
        board.add_argument("--config", metavar="FILE", help="settings (TOML)")
        board.add_argument("--broker", metavar="HOST:PORT")
        board.add_argument("--certificates", metavar="DIR", help="ca.crt, device.crt, device.key")
        board.add_argument("--site", metavar="ID")
        board.add_argument("--device", metavar="ID")
        board.add_argument("--windowed", action="store_true", help="not on the whole screen")
        board.add_argument("--size", metavar="WxH", help="of the window, in pixels")
        add_log_options(board)
        board.add_argument("--clock-offset-s", type=int, help=argparse.SUPPRESS)
        board.add_argument(
            "--remote-control",
            type=int,
            metavar="PORT",
            help="tours and tests only: let programs of this machine look at the window",
        )
    return parser
