"""The demo hospital on one machine: its folder, its ports, its programs."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from assets import FOLDER
from queue_server.broker.broker import BrokerAddress
from queue_server.demo.programs import Programs, free_port, is_listening
from queue_server.demo.users import write_users
from queue_server.devices.carried_folder import carried_folder
from queue_server.devices.checks import NewDevice
from queue_server.devices.device_list import DeviceKind
from queue_server.devices.register import DeviceRegister
from queue_server.rules.terms import QueueId
from queue_server.service.clinic_day import clinic_day
from queue_server.site import Site, load_site

SITE_FILE: Final = FOLDER / "demo" / "site.toml"
SEED: Final = 2026
OPENS_AT: Final = "09:05"
"""What the clocks of the demo show when it starts, whatever the time is."""
KIOSK: Final = "kiosk-01"
AREA_BOARD: Final = "area-a-1"
VPCD_PORT: Final = 35963
"""Where the virtual reader of vsmartcard listens."""
BOARD_AREA: Final = "area-a"
DOOR_BOARD: Final = "door-201"
DOOR_ROOM: Final = "room-201"
MDT_DOOR_BOARD: Final = "door-305"
MDT_ROOM: Final = "room-305"
_DEVICES: Final = (
    NewDevice(name=KIOSK, kind=DeviceKind.KIOSK),
    NewDevice(name=AREA_BOARD, kind=DeviceKind.AREA_BOARD, area=BOARD_AREA),
    NewDevice(name=DOOR_BOARD, kind=DeviceKind.DOOR_BOARD, room=DOOR_ROOM),
    NewDevice(name=MDT_DOOR_BOARD, kind=DeviceKind.DOOR_BOARD, room=MDT_ROOM),
)
OFFSCREEN: Final = {"SDL_VIDEODRIVER": "offscreen", "SDL_AUDIODRIVER": "dummy"}


LOGS: Final = ("--log-level", "DEBUG")
"""Whoever looks into the logs of a demo wants to see what happens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """TCP ports of this machine."""

    broker: int
    http: int
    sandbox: int
    printer: int
    printer_control: int
    scanner_control: int
    id_card_control: int
    cash_control: int
    kiosk_control: int
    area_control: int
    door_control: int
    mdt_door_control: int


def free_ports() -> Ports:
    """Return ports that nobody uses now, each another one."""
    found: dict[int, str] = {}
    for name in Ports.__dataclass_fields__:
        port = free_port()
        while port in found:
            port = free_port()
        found[port] = name
    return Ports(**{name: port for port, name in found.items()})


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoHospital:
    """Everything that belongs to one demo; `folder` holds all its files."""

    folder: Path
    site: Site
    ports: Ports
    programs: Programs
    day_on: date
    money_day_on: date
    """Of payments: they go by the real time, which after midnight is still the day before's."""
    clock_offset_s: int
    broker: BrokerAddress
    """With TLS and a certificate for each device, unless it is one that somebody named."""
    environment: Mapping[str, str]
    """Of the programs with a window: where they are shown."""
    voice: str
    """`aplay`, or `file:FOLDER` where there is nobody to listen."""

    @property
    def slips(self) -> Path:
        """Where the simulated printer puts its slips."""
        return self.folder / "slips"

    @property
    def a4_pages(self) -> Path:
        """Where the simulated A4 printer puts its pages."""
        return self.folder / "a4"

    @property
    def scanner(self) -> Path:
        """The serial port of the simulated scanner."""
        return self.folder / "scanner"

    @property
    def id_card_reader(self) -> Path:
        """The serial port of the simulated reader of ID cards."""
        return self.folder / "id-card"

    @property
    def bill_validator(self) -> Path:
        """The serial port of the simulated bill validator."""
        return self.folder / "cash"

    @property
    def address(self) -> str:
        """Where the pages are."""
        return f"http://127.0.0.1:{self.ports.http}"

    @property
    def has_own_broker(self) -> bool:
        """Whether the broker is the embedded one."""
        return self.broker.port == self.ports.broker

    @property
    def doctors(self) -> list[QueueId]:
        """Who signs in as a doctor, by the names of the queues."""
        # The doctors of an MDT clinic have queues of their own.
        return [queue.id for queue in self.site.queues if queue.id not in self.site.teams]

    def machine(self, name: str) -> Path:
        """The folder that was carried to a device."""
        return self.folder / "machines" / name

    def add_devices(self, now: datetime) -> None:
        """Make the certificates of all devices, as a technician would."""
        register = DeviceRegister(self.folder / "data" / "devices")
        for new in _DEVICES:
            register.add(
                new,
                site=self.site,
                broker=self.broker,
                now=now,
                hand_over=carried_folder(self.machine(new.name), lambda _broker: {}),
            )

    def start_devices(self) -> None:
        """Start the simulated printer, scanner and reader of ID cards."""
        ports = self.ports
        printer = ["-m", "hardware", "simulate", "printer", "--port", str(ports.printer)]
        printer += ["--slips", str(self.slips), "--control-port", str(ports.printer_control)]
        self.programs.start("printer", printer)
        self._start_serial_device("scanner", self.scanner, ports.scanner_control)
        self._start_serial_device("id-card", self.id_card_reader, ports.id_card_control)
        self._start_serial_device("cash", self.bill_validator, ports.cash_control)
        self.programs.wait_for_port("printer", ports.printer)

    def _start_serial_device(self, kind: str, link: Path, control_port: int) -> None:
        arguments = ["-m", "hardware", "simulate", kind, "--link", str(link)]
        arguments += ["--control-port", str(control_port)]
        self.programs.start(kind, arguments)
        self.programs.wait_for_file(kind, link)

    def start_sandbox(self, *, has_receipt_platform: bool = False) -> None:
        """Start the providers that take payments without money."""
        arguments = ["-m", "queue_server", "sandbox", "--folder", str(self.folder / "sandbox")]
        arguments += ["--port", str(self.ports.sandbox), "--notify", self.address]
        if has_receipt_platform:
            arguments.append("--receipt-platform")
        self.programs.start("sandbox", arguments)
        self.programs.wait_for_port("sandbox", self.ports.sandbox)

    def start_server(self) -> None:
        """Start the queue server with its broker and pages."""
        users = self.folder / "users.toml"
        if not users.exists():
            write_users(users, self.site, self.doctors)
        arguments = ["-m", "queue_server", "server", "--site", str(self._write_site())]
        arguments += ["--users", str(users)]
        arguments += ["--data", str(self.folder / "data"), "--demo-seed", str(SEED)]
        arguments += ["--payments", str(self.folder / "sandbox" / "payments.toml")]
        arguments += ["--messages", str(self.folder / "sandbox" / "messages.toml")]
        arguments += ["--http", f"127.0.0.1:{self.ports.http}"]
        option = "--broker-listen" if self.has_own_broker else "--broker"
        arguments += [option, str(self.broker)]
        self.programs.start("server", [*arguments, *LOGS, *self._clock()])
        self.programs.wait_for_port("server", self.ports.http)

    def _write_site(self) -> Path:
        """Write the site with the address of its pages, where QR codes on paper lead to.

        The clocks begin after the clinics have: who signs in by and by is not late for that.
        """
        path, site, policy = self.folder / "site.toml", "[site]\n", "[policy]\n"
        pattern = SITE_FILE.read_text(encoding="utf-8")
        text = pattern.replace(site, f'{site}public_address = "{self.address}"\n', 1)
        text = text.replace(policy, f'{policy}doctor_late_after_min = "never"\n', 1)
        path.write_text(text, encoding="utf-8")
        return path

    def start_kiosk(self, size: str) -> None:
        """Start the kiosk in a window of `size`."""
        configuration = self.folder / "kiosk.toml"
        certificates = f'certificates = "{self.machine(KIOSK)}"' if self.has_own_broker else ""
        text = _KIOSK.format(
            hospital=self, device=KIOSK, certificates=certificates, chip_card=_chip_card()
        )
        configuration.write_text(text, encoding="utf-8")
        arguments = ["-m", "kiosk", "--config", str(configuration), "--windowed", "--size", size]
        arguments += ["--remote-control", str(self.ports.kiosk_control), *LOGS]
        self.programs.start("kiosk", arguments, self.environment)
        self.programs.wait_for_port("kiosk", self.ports.kiosk_control)

    def start_displays(self, area_size: str, door_size: str) -> None:
        """Start the area board and a door board."""
        common = self._of_every_board()
        area = ["-m", "display", "area", "--area", BOARD_AREA, *self._who(AREA_BOARD), *common]
        area += ["--size", area_size, "--voice", self.voice]
        area += ["--remote-control", str(self.ports.area_control), *self._clock()]
        self.programs.start("area-board", area, self.environment)
        door = ["-m", "display", "door", "--room", DOOR_ROOM, *self._who(DOOR_BOARD), *common]
        door += ["--size", door_size]
        door += ["--remote-control", str(self.ports.door_control), *self._clock()]
        self.programs.start("door-board", door, self.environment)
        self.programs.wait_for_port("area-board", self.ports.area_control)
        self.programs.wait_for_port("door-board", self.ports.door_control)

    @contextmanager
    def mdt_door_board(self, size: str) -> Iterator[int]:
        """Have a door board at the MDT clinic for a while; yields the port of its control."""
        name, port = MDT_DOOR_BOARD, self.ports.mdt_door_control
        door = ["-m", "display", "door", "--room", MDT_ROOM, *self._who(MDT_DOOR_BOARD)]
        door += [*self._of_every_board(), "--size", size]
        door += ["--remote-control", str(port), *self._clock()]
        self.programs.start(name, door, self.environment)
        self.programs.wait_for_port(name, port)
        try:
            yield port
        finally:
            self.programs.stop(name)

    def _of_every_board(self) -> list[str]:
        return ["--broker", str(self.broker), "--site", self.site.id, "--windowed", *LOGS]

    def _who(self, device: str) -> list[str]:
        who = ["--device", device]
        if self.has_own_broker:
            who += ["--certificates", str(self.machine(device))]
        return who

    def _clock(self) -> list[str]:
        return ["--clock-offset-s", str(self.clock_offset_s)]


_KIOSK: Final = """\
site = "{hospital.site.id}"
device = "{device}"
timezone = "{hospital.site.timezone}"
voice = "none"
data_folder = "{hospital.folder}/kiosk"
takes_payments = true
serves_inpatients = true
clock_offset_s = {hospital.clock_offset_s}

[hospital]
zh = "{hospital.site.name_zh}"
en = "{hospital.site.name_en}"

[session]
unattended_after_s = 30

[broker]
host = "{hospital.broker.host}"
port = {hospital.broker.port}
{certificates}

[printer]
driver = "network"
host = "127.0.0.1"
port = {hospital.ports.printer}

[reports]
server = "{hospital.address}"
printer = {{ driver = "folder", path = "{hospital.a4_pages}" }}

[cash]
driver = "ssp"
port = "{hospital.bill_validator}"

[id_card]
driver = "serial"
port = "{hospital.id_card_reader}"
{chip_card}
[[scanner]]
driver = "keyboard_wedge"

[[scanner]]
driver = "serial"
port = "{hospital.scanner}"
"""


_CHIP_CARD: Final = """
[chip_card]
driver = "pcsc"
application = "D156000015484B01"
file = 5
"""


def _chip_card() -> str:
    """Return the table of the chip card reader, where pcscd runs with its virtual reader."""
    return _CHIP_CARD if is_listening(VPCD_PORT) else ""


def make_demo(
    folder: Path,
    *,
    now: datetime,
    broker: BrokerAddress | None,
    environment: Mapping[str, str],
    voice: str,
    logs: Path | None = None,
) -> DemoHospital:
    """Return a demo in `folder`, its clocks at OPENS_AT of today; `logs` outlive the folder."""
    site = load_site(SITE_FILE)
    hours, minutes = (int(part) for part in OPENS_AT.split(":"))
    opens_at = now.replace(hour=hours, minute=minutes, second=0, microsecond=0)
    ports = free_ports()
    demo = DemoHospital(
        folder=folder,
        site=site,
        ports=ports,
        programs=Programs(logs or folder / "logs"),
        day_on=opens_at.date(),
        money_day_on=clinic_day(site, now),
        clock_offset_s=round((opens_at - now) / timedelta(seconds=1)),
        broker=broker or BrokerAddress(host="127.0.0.1", port=ports.broker),
        environment=environment,
        voice=voice,
    )
    if demo.has_own_broker:
        demo.add_devices(now)
    return demo
