"""The list of devices, its authority and their files move together."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from queue_server.broker.broker import BrokerAddress
from queue_server.client.tls import CERTIFICATE_NAME, Certificates
from queue_server.contract.rights import Rights
from queue_server.devices.authority import CERTIFICATE_LIFE, Issued
from queue_server.devices.checks import NewDevice
from queue_server.devices.device_list import LIST_NAME, Device, DeviceKind, DeviceList
from queue_server.devices.errors import DeviceError, DeviceErrorCode
from queue_server.devices.register import RENEW_OWN_BEFORE, DeviceRegister
from queue_server.records.demo_hospital import DEMO_SITE_FILE
from queue_server.site import load_site

SITE = load_site(DEMO_SITE_FILE)
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
KIOSK = NewDevice(name="kiosk-01", kind=DeviceKind.KIOSK)
PLACE = BrokerAddress(host="broker.hospital.example", port=8883)


@pytest.fixture
def register(tmp_path: Path) -> DeviceRegister:
    return DeviceRegister(tmp_path / "devices")


def keep(_issued: Issued, _authority: bytes, _devices: DeviceList) -> None:
    """Hand nothing over."""


def add(
    register: DeviceRegister, new: NewDevice = KIOSK, broker: BrokerAddress | None = PLACE
) -> None:
    register.add(new, site=SITE, broker=broker, now=NOON, hand_over=keep)


def certificate_in(folder: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / CERTIFICATE_NAME).read_bytes())


def names_of_broker(register: DeviceRegister) -> set[str]:
    found = certificate_in(register.broker_folder).extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )
    return {str(one.value) for one in found.value}


def test_where_the_broker_is_has_to_be_said_once(register: DeviceRegister) -> None:
    with pytest.raises(DeviceError, match="it is remembered") as caught:
        add(register, broker=None)
    assert caught.value.code is DeviceErrorCode.BROKER_UNKNOWN

    add(register)
    add(register, NewDevice(name="kiosk-02", kind=DeviceKind.KIOSK), broker=None)

    place = register.read().broker
    assert (place.host, place.port) == ("broker.hospital.example", 8883)
    assert names_of_broker(register) == {"broker.hospital.example", "localhost", "127.0.0.1", "::1"}


def test_a_broker_that_moves_keeps_its_former_names_and_its_key(register: DeviceRegister) -> None:
    add(register)
    before = certificate_in(register.broker_folder)

    moved = BrokerAddress(host="10.0.0.5", port=8884)
    add(register, NewDevice(name="kiosk-02", kind=DeviceKind.KIOSK), moved)

    assert register.read().broker.port == 8884
    assert {"broker.hospital.example", "10.0.0.5"} <= names_of_broker(register)
    assert certificate_in(register.broker_folder).public_key() == before.public_key()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "医院"])
def test_an_address_that_no_device_can_reach_is_refused(
    register: DeviceRegister, host: str
) -> None:
    with pytest.raises(DeviceError, match="no device can connect"):
        add(register, broker=BrokerAddress(host=host, port=8883))


def test_days_left_are_told_for_every_certificate(register: DeviceRegister) -> None:
    add(register)

    later = NOON + CERTIFICATE_LIFE - timedelta(days=20)
    days = register.read().days_left(later)

    assert {name: days[name] for name in ("kiosk-01", "broker", "queue-server")} == {
        "kiosk-01": 20,
        "broker": 20,
        "queue-server": 20,
    }
    assert days["authority"] > 365
    assert register.read().days_left(later + timedelta(days=21))["kiosk-01"] == -1


def test_the_server_renews_its_own_certificates_in_time_and_stays_who_it_is(
    register: DeviceRegister,
) -> None:
    add(register)
    before = register.read()
    client_id = register.server_certificates.read().client_id
    in_time = before.server_certificate.expires_at - RENEW_OWN_BEFORE

    register.renew_own(in_time)
    assert register.read() == before

    register.renew_own(in_time + timedelta(days=1))
    after = register.read()
    for name in ("queue-server", "broker"):
        assert after.days_left(in_time)[name] > 1000
    assert after.server_certificate.identity == before.server_certificate.identity
    assert register.server_certificates.read().client_id == client_id


def test_two_machines_never_have_the_same_client_id(
    register: DeviceRegister, tmp_path: Path
) -> None:
    add(register)
    other = DeviceRegister(tmp_path / "other")
    add(other)

    ids = {one.server_certificates.read().client_id for one in (register, other)}
    ids.add(Certificates(register.broker_folder).read().client_id)

    assert len(ids) == 3


def test_the_list_of_revoked_certificates_lasts_as_long_as_the_authority(
    register: DeviceRegister,
) -> None:
    """Brokers refuse everybody when theirs is too old."""
    add(register)
    [serial] = [one.serial for one in register.read().devices[0].certificates]

    register.revoke("kiosk-01", NOON)

    revoked = x509.load_pem_x509_crl(register.revocation_list(NOON))
    assert [f"{one.serial_number:x}" for one in revoked] == [serial]
    assert revoked.next_update_utc is not None
    assert revoked.next_update_utc >= register.read().authority_expires_at


def test_a_certificate_of_a_device_is_good_for_connecting_only(register: DeviceRegister) -> None:
    handed = []
    register.add(
        KIOSK, site=SITE, broker=PLACE, now=NOON, hand_over=lambda issued, *_: handed.append(issued)
    )
    certificate = x509.load_pem_x509_certificate(handed[0].certificate_pem)
    extensions = certificate.extensions

    usage = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert not extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert certificate.not_valid_after_utc == NOON + CERTIFICATE_LIFE
    assert certificate.subject.rfc4514_string() == handed[0].certificate.identity


def test_what_fails_while_it_is_handed_over_leaves_the_list_as_it_was(
    register: DeviceRegister,
) -> None:
    def fail(*_: object) -> None:
        raise OSError("no room on the stick")

    add(register)
    before = register.read()

    for_another = NewDevice(name="kiosk-02", kind=DeviceKind.KIOSK)
    with pytest.raises(OSError, match="no room"):
        register.add(for_another, site=SITE, broker=None, now=NOON, hand_over=fail)
    with pytest.raises(OSError, match="no room"):
        register.renew("kiosk-01", NOON, fail)

    assert register.read() == before


def test_an_unknown_device_is_neither_renewed_nor_revoked(register: DeviceRegister) -> None:
    add(register)

    told = "there is no device kiosk-9; there are: kiosk-01"
    with pytest.raises(DeviceError, match=told):
        register.revoke("kiosk-9", NOON)
    with pytest.raises(DeviceError, match=told):
        register.renew("kiosk-9", NOON, keep)


def test_a_damaged_list_is_named_and_not_written_over(register: DeviceRegister) -> None:
    add(register)
    path = register.folder / LIST_NAME
    path.write_bytes(path.read_bytes()[:-20])
    damaged = path.read_bytes()

    with pytest.raises(DeviceError, match="take it from a backup") as caught:
        add(register, NewDevice(name="kiosk-02", kind=DeviceKind.KIOSK))

    assert caught.value.code is DeviceErrorCode.DEVICE_LIST_UNREADABLE
    assert path.read_bytes() == damaged


def rights_of(new: NewDevice) -> Rights | None:
    device = Device(
        name=new.name, kind=new.kind, area=new.area, room=new.room, added_at=NOON, certificates=[]
    )
    return device.rights(SITE)


def test_a_board_of_a_room_that_is_gone_has_no_rights() -> None:
    gone = NewDevice(name="door-1", kind=DeviceKind.DOOR_BOARD, room="room-of-yesterday")

    assert rights_of(gone) is None


@pytest.mark.parametrize(
    "new",
    [
        KIOSK,
        NewDevice(name="board-a", kind=DeviceKind.AREA_BOARD, area="area-a"),
        NewDevice(name="door-1", kind=DeviceKind.DOOR_BOARD, room="room-201"),
    ],
)
def test_no_right_of_a_device_has_a_wildcard(new: NewDevice) -> None:
    rights = rights_of(new)

    assert rights is not None
    for topic in (*rights.may_publish, *rights.may_subscribe):
        assert not set(topic) & set("#+*>"), topic
        assert topic.startswith(f"hk/v1/{SITE.id}/")


def test_the_list_survives_its_own_file(register: DeviceRegister) -> None:
    add(register)
    devices = register.read()

    assert msgspec.json.decode(msgspec.json.encode(devices), type=DeviceList) == devices
    assert devices.device("kiosk-01") is not None
    assert devices.revision == 1
