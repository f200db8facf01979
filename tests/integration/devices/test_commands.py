"""What a technician types: devices and the running server, from the first device to the last."""

import getpass
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from display.configuration import load_configuration as load_board
from kiosk.configuration import load_configuration as load_kiosk
from queue_server.broker.broker import BrokerAddress
from queue_server.broker.mosquitto import DEBIAN_PROGRAM
from queue_server.broker.probe import answers
from queue_server.cli import main
from queue_server.client.tls import KEY_NAME, Certificates
from queue_server.demo.programs import free_port
from queue_server.records.demo_hospital import DEMO_SITE_FILE
from tests.integration.devices.secured_site import (
    SITE,
    WAIT_S,
    SecuredSite,
    ServerOf,
    ServerProcess,
    TlsClient,
    topic,
)

Run = Callable[..., str]


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def run(site: SecuredSite, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command on the site's data folder; returns what it prints, or what it refuses."""

    def run_command(*arguments: str, code: int = 0) -> str:
        with pytest.raises(SystemExit) as ended:
            main([*arguments, "--data", str(site.folder / "data")])
        printed = capsys.readouterr()
        assert ended.value.code == code, printed
        return printed.err if code else printed.out

    return run_command


@pytest.fixture
def add(run: Run, site: SecuredSite, port: int) -> Run:
    """Adds a device; what is carried to it lies in the site's folder under its name."""

    def add_device(name: str, *kind: str, code: int = 0) -> str:
        place = ["--to", str(site.folder / name), "--broker", f"127.0.0.1:{port}"]
        command = ["devices", "add", name, "--kind", *kind, "--site", str(DEMO_SITE_FILE)]
        return run(*command, *place, code=code)

    return add_device


def connect(certificates: Certificates, port: int) -> TlsClient | None:
    """Return a client, or None if it is refused."""
    session = certificates.read()
    address = BrokerAddress(host="127.0.0.1", port=port)
    client = TlsClient(address, session.context, session.client_id)
    return client if client.connect() else None


def test_what_is_carried_to_a_machine_is_ready_to_use_and_read_by_its_owner_only(
    add: Run, site: SecuredSite, port: int
) -> None:
    add("kiosk-01", "kiosk")
    add("board-a", "area-board", "--area", "area-a")
    add("door-201", "door-board", "--room", "room-201")

    kiosk = load_kiosk(site.folder / "kiosk-01" / "kiosk.toml")
    assert (kiosk.site, kiosk.device, kiosk.broker.port) == (SITE.id, "kiosk-01", port)
    assert kiosk.broker.certificates is not None
    assert Path(kiosk.broker.certificates).resolve() == site.folder / "kiosk-01"
    area = load_board(["area", "--config", str(site.folder / "board-a" / "board.toml")])
    assert (area.area, area.broker) == ("area-a", f"127.0.0.1:{port}")
    assert Path(area.certificates).resolve() == site.folder / "board-a"
    door = load_board(["door", "--config", str(site.folder / "door-201" / "board.toml")])
    assert door.room == "room-201"
    for name in ("kiosk-01", "board-a", "door-201", "data/devices"):
        folder = site.folder / name
        assert folder.stat().st_mode & 0o077 == 0
        private = list(folder.rglob("*"))
        assert [path for path in private if path.stat().st_mode & 0o077] == []


def test_the_server_takes_whom_a_technician_adds_and_drops_whom_he_revokes_while_it_runs(
    add: Run, run: Run, site: SecuredSite, port: int, server_of: ServerOf
) -> None:
    add("kiosk-01", "kiosk")
    server = server_of(site, "--broker-listen", f"127.0.0.1:{port}")
    kiosk = connect(Certificates(site.folder / "kiosk-01"), port)
    assert kiosk is not None

    assert "the broker follows it now" in add("kiosk-02", "kiosk")
    later = connect(Certificates(site.folder / "kiosk-02"), port)
    assert later is not None

    assert "the broker follows it now" in run("devices", "revoke", "kiosk-01")
    assert kiosk.is_cut.wait(WAIT_S)
    assert connect(Certificates(site.folder / "kiosk-01"), port) is None
    assert not later.is_cut.is_set()
    assert "kiosk-01" in run("devices", "list").partition("revoked")[2]

    for client in (kiosk, later):
        client.close()
    assert server.stop() == 0
    assert "does not run here" in run("devices", "revoke", "kiosk-02")


def test_no_secret_is_in_the_log_or_in_the_arguments_of_a_program(
    add: Run, site: SecuredSite, port: int, server_of: ServerOf
) -> None:
    add("kiosk-01", "kiosk")
    server = server_of(site, "--broker-listen", f"127.0.0.1:{port}")
    kiosk = connect(Certificates(site.folder / "kiosk-01"), port)
    assert kiosk is not None
    kiosk.close()

    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text()
    processes = [str(server.process.pid), *children.split()]
    assert len(processes) == 2
    seen = server.log.read_text()
    for process in processes:
        seen += Path(f"/proc/{process}/cmdline").read_text()
    for folder in (site.folder / "kiosk-01", site.folder / "data" / "devices" / "queue-server"):
        assert Certificates(folder).read().client_id not in seen
        for line in (folder / KEY_NAME).read_text().splitlines():
            assert line.startswith("-----") or line not in seen
    assert (site.folder / "data" / "broker").stat().st_mode & 0o077 == 0


def test_without_devices_the_broker_listens_on_this_machine_only(
    site: SecuredSite, users: Path
) -> None:
    server = ServerProcess(site, users, "--broker-listen", f"0.0.0.0:{free_port()}")

    assert not server.is_ready()
    assert server.stop() == 2
    assert "add the first device, or listen at 127.0.0.1" in server.log.read_text()


def test_a_broker_of_the_hospitals_own_takes_what_broker_config_writes(
    add: Run, run: Run, site: SecuredSite, port: int, mosquitto_of: Callable[[Path], None]
) -> None:
    add("kiosk-01", "kiosk")
    folder = site.folder / "for-mosquitto"
    command = ["broker-config", "mosquitto", "--site", str(DEMO_SITE_FILE), "--to", str(folder)]

    told = run(*command, "--listen", f"127.0.0.1:{port}")
    assert f"{folder}/broker.conf" in told
    own = site.folder / "mosquitto.conf"
    own.write_text(f"user {getpass.getuser()}\ninclude_dir {folder}\n")
    mosquitto_of(own)

    address = BrokerAddress(host="127.0.0.1", port=port)
    give_up_at = time.monotonic() + WAIT_S
    while not answers(address, site.register.server_certificates, timeout_s=1.0):
        assert time.monotonic() < give_up_at
    kiosk = connect(Certificates(site.folder / "kiosk-01"), port)
    assert kiosk is not None
    kiosk.publish(topic("request", "kiosk-01"), "taken")
    kiosk.close()


@pytest.fixture
def mosquitto_of() -> Iterator[Callable[[Path], None]]:
    """Starts Debian's Mosquitto with a configuration as it is."""
    started: list[subprocess.Popen[bytes]] = []

    def start(configuration: Path) -> None:
        started.append(subprocess.Popen([DEBIAN_PROGRAM, "-c", configuration]))

    yield start
    for process in started:
        process.terminate()
        process.wait(WAIT_S)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("Kiosk", "kiosk"), "can't be a device's name"),
        (("kiosk.1", "kiosk"), "can't be a device's name"),
        (("queue-server", "kiosk"), "can't be a device's name"),
        (("board", "area-board"), "--area is missing; there are area-a"),
        (("board", "area-board", "--area", "area-z"), "no area 'area-z'; there are area-a"),
        (("door", "door-board", "--room", "room-9"), "no room 'room-9'; there are room-201"),
        (("kiosk-01", "kiosk"), "there is a device kiosk-01 already"),
    ],
)
def test_what_cannot_be_added_is_refused_in_words_and_leaves_nothing(
    add: Run, run: Run, site: SecuredSite, arguments: tuple[str, ...], told: str
) -> None:
    add("kiosk-01", "kiosk")
    before = run("devices", "list")

    assert told in add(*arguments, code=2)

    assert run("devices", "list") == before


def test_a_folder_that_is_there_is_not_written_into(add: Run, run: Run, site: SecuredSite) -> None:
    (site.folder / "kiosk-01").mkdir()

    assert "is there already and was not touched" in add("kiosk-01", "kiosk", code=2)

    assert list((site.folder / "kiosk-01").iterdir()) == []
    assert "no device was added yet" in run("devices", "list", code=2)
