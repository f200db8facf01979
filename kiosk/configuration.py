"""The kiosk's configuration file (TOML), checked as a whole before anything starts."""

import tomllib
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from queue_server.client.logs import Form, Level
from queue_server.contract.message import Id

COUNTDOWN_S_MIN = 20


class BadConfiguration(Exception):
    """The file can't be used; the text says where and why."""


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Broker(_Table, frozen=True, kw_only=True):
    """Where the MQTT broker listens."""

    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65535)] = 1883
    certificates: str | None = None
    """The folder of `ca.crt`, `device.crt` and `device.key`, seen from the file's own; left out:
    no TLS, for a broker on the same machine."""


class Session(_Table, frozen=True, kw_only=True):
    """How long a session may be left alone."""

    unattended_after_s: Annotated[float, Meta(ge=30, le=600)] = 60.0
    countdown_s: Annotated[float, Meta(ge=COUNTDOWN_S_MIN, le=120)] = 20.0
    languages: list[str] = []
    """Which languages, in which order; all there are, Chinese first, when left out."""


class Window(_Table, frozen=True, kw_only=True):
    """How the window is opened."""

    is_fullscreen: bool = True
    width: Annotated[int, Meta(ge=320)] = 1080
    height: Annotated[int, Meta(ge=480)] = 1920


class Configuration(_Table, frozen=True, kw_only=True):
    """Everything a technician may set."""

    site: Id
    device: Id
    hospital: Annotated[dict[str, str], Meta(min_length=1)]
    """The hospital's name by language; the first one stands in for languages that are missing."""
    timezone: str = "Asia/Shanghai"
    broker: Broker = Broker()
    session: Session = Session()
    window: Window = Window()
    printer: dict[str, Any]
    """Handed to `hardware.registry.make_ticket_printer`."""
    scanner: dict[str, Any] | list[dict[str, Any]] = []
    """Handed to `hardware.registry.make_scanner`; several scanners are `[[scanner]]` tables."""
    voice: str = "aplay"
    """Loudspeaker: `aplay`, `aplay:DEVICE`, `file:FOLDER` or `none`."""
    data_folder: str = ""
    """Where check-ins without the server are kept; left out: there are none on this kiosk."""
    takes_payments: bool = False
    """Whether patients may pay here; the server must have a `payments.toml`."""
    log_format: Form = "text"
    """`json`: for programs that collect logs."""
    log_level: Level = "INFO"
    clock_offset_s: int = 0
    """For demos: how far the clock is ahead of the real one."""

    def scanners(self) -> list[dict[str, Any]]:
        """Return the tables of all scanners."""
        return [self.scanner] if isinstance(self.scanner, dict) else self.scanner


def load_configuration(path: Path) -> Configuration:
    """Read and check the file.

    Raises:
        BadConfiguration: no such file, no TOML, or a key that is missing, unknown or wrong.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        configuration = msgspec.convert(table, Configuration)
    except (OSError, ValueError, RecursionError, msgspec.ValidationError) as error:
        raise BadConfiguration(f"{path}: {error}") from error
    session = configuration.session
    if session.countdown_s >= session.unattended_after_s:
        raise BadConfiguration(
            f"{path}: session.countdown_s ({session.countdown_s:g}) must be shorter than "
            f"session.unattended_after_s ({session.unattended_after_s:g})"
        )
    broker = configuration.broker
    if broker.certificates is None:
        return configuration
    return replace(
        configuration, broker=replace(broker, certificates=str(path.parent / broker.certificates))
    )
