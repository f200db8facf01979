"""The list of devices tells the watch who should be there and when certificates end."""

from datetime import timedelta
from pathlib import Path

from queue_server.devices.device_list import LIST_NAME
from queue_server.devices.register import DeviceRegister
from queue_server.watch.listed_devices import ListedDevices
from tests.unit.devices.test_register import NOON, add


def test_without_a_list_nobody_is_expected(tmp_path: Path) -> None:
    listed = ListedDevices(DeviceRegister(tmp_path / "devices"))

    assert (dict(listed.expected()), dict(listed.certificates())) == ({}, {})


def test_who_is_on_the_list_is_expected_and_every_certificate_is_known(tmp_path: Path) -> None:
    register = DeviceRegister(tmp_path / "devices")
    add(register)
    listed = ListedDevices(register)

    [device] = listed.expected().values()

    assert device.kind == "kiosk"
    assert {"authority", "broker", "queue-server", device.device} == set(listed.certificates())
    assert all(ends_at > NOON + timedelta(days=30) for ends_at in listed.certificates().values())


def test_a_list_that_can_not_be_read_stops_no_watch(tmp_path: Path) -> None:
    register = DeviceRegister(tmp_path / "devices")
    add(register)
    (tmp_path / "devices" / LIST_NAME).write_text("{")

    assert ListedDevices(register).expected() == {}
