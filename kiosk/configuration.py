"""The kiosk's configuration file (TOML), checked as a whole before anything starts."""

import tomllib
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from queue_server.client.logs import Form, Level
from queue_server.contract.message import Id

COUNTDOWN_S_MIN = 20
_THIS_MACHINE: Final = frozenset({"127.0.0.1", "localhost", "::1"})


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


class Reports(_Table, frozen=True, kw_only=True):
    """Reports on A4: where they come from, and the printer."""

    server: Annotated[str, Meta(pattern=r"^https?://[A-Za-z0-9.:\[\]-]{1,200}$")]
    """The address of the server's pages."""
    authority: str | None = None
    """The certificate of whoever has signed the server's, seen from the file's own folder; left
    out with https: one that the operating system trusts."""
    printer: dict[str, Any]
    """Handed to `hardware.registry.make_page_printer`."""


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
    id_card: dict[str, Any] | None = None
    """Handed to `hardware.registry.make_id_card_reader`; left out: there is no such reader."""
    chip_card: dict[str, Any] | None = None
    """Handed to `hardware.registry.make_chip_card_reader`; left out: there is no such reader."""
    cash: dict[str, Any] | None = None
    """Handed to `hardware.registry.make_bill_validator`; left out: no notes are taken here."""
    voice: str = "aplay"
    """Loudspeaker: `aplay`, `aplay:DEVICE`, `file:FOLDER` or `none`."""
    reports: Reports | None = None
    """Left out: no reports are printed here."""
    data_folder: str = ""
    """Where check-ins without the server are kept; left out: there are none on this kiosk."""
    takes_payments: bool = False
    """Whether patients may pay here; the server must have a `payments.toml`."""
    serves_inpatients: bool = False
    """Whether inpatients see their bills and top up their deposit here; needs payments."""
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
    if configuration.cash is not None and not configuration.data_folder:
        raise BadConfiguration(f"{path}: cash: give a data_folder, where notes are kept")
    return replace(
        configuration,
        broker=_seen_from(path.parent, configuration.broker),
        reports=_checked_reports(path, configuration.reports),
    )


def _seen_from(folder: Path, broker: Broker) -> Broker:
    if broker.certificates is None:
        return broker
    return replace(broker, certificates=str(folder / broker.certificates))


def _checked_reports(path: Path, reports: Reports | None) -> Reports | None:
    if reports is None:
        return None
    address = urlsplit(reports.server)
    if address.scheme == "http" and address.hostname not in _THIS_MACHINE:
        raise BadConfiguration(
            f"{path}: reports.server: reports would cross the network in the clear; give an"
            " https address"
        )
    if reports.authority is None:
        return reports
    return replace(reports, authority=str(path.parent / reports.authority))
