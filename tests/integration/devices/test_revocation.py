"""A device that is revoked is out at once: nobody hears it, and it hears nothing."""

import threading
from collections.abc import Callable, Iterator

import pytest

from queue_server.broker.broker_process import BrokerProcess
from queue_server.client.tls import Certificates
from queue_server.devices.watch import DeviceWatch
from tests.integration.devices.secured_site import (
    DEVICES,
    WAIT_S,
    Clients,
    SecuredSite,
    Serve,
    TlsClient,
    topic,
)

KIOSK, OTHER_KIOSK, AREA_BOARD, _ = DEVICES
Asked = Callable[[TlsClient], bool]


def connected_server(site: SecuredSite, clients: Clients) -> TlsClient:
    server = clients.connected(site.register.server_certificates)
    server.subscribe(topic("request", "+"), topic("status", "+"))
    return server


def connected_kiosk(clients: Clients, certificates: Certificates, name: str) -> TlsClient:
    kiosk = clients.connected(certificates)
    kiosk.subscribe(topic("reply", name), topic("status", "queue-server"))
    return kiosk


def is_shut_out(device: TlsClient, server: TlsClient, witness: TlsClient) -> bool:
    """Return whether nothing passes between `device`, who was kiosk-01, and the server."""
    device.try_to_publish(topic("request", "kiosk-01"), "a request of the revoked one")
    server.publish(topic("reply", "kiosk-01"), "a reply to the revoked one")
    for number in range(2):
        witness.publish(topic("request", "kiosk-02"), f"end {number}")
        if server.heard_until(f"end {number}"):
            return False
    return device.heard.empty()


def test_a_revoked_device_says_nothing_and_hears_nothing_any_more(
    site: SecuredSite, serve: Serve
) -> None:
    of_kiosk, of_other = site.add(KIOSK), site.add(OTHER_KIOSK)
    broker, clients = serve(site)
    server = connected_server(site, clients)
    kiosk = connected_kiosk(clients, of_kiosk, "kiosk-01")
    other = connected_kiosk(clients, of_other, "kiosk-02")
    kiosk.publish(topic("request", "kiosk-01"), "while it was ours")
    assert server.heard_until("while it was ours") == []

    site.revoke("kiosk-01")
    broker.reload()

    assert is_shut_out(kiosk, server, other)
    again = clients.make(of_kiosk, "another-id")
    assert not again.connect()
    assert not server.is_cut.is_set()
    assert not other.is_cut.is_set()


def test_a_new_device_with_the_name_of_a_revoked_one_gives_the_old_one_nothing_back(
    site: SecuredSite, serve: Serve
) -> None:
    of_stolen, of_other = site.add(KIOSK), site.add(OTHER_KIOSK)
    broker, clients = serve(site)
    server = connected_server(site, clients)
    stolen = connected_kiosk(clients, of_stolen, "kiosk-01")
    other = connected_kiosk(clients, of_other, "kiosk-02")

    site.revoke("kiosk-01")
    of_new = site.add(KIOSK)
    broker.reload()

    assert is_shut_out(stolen, server, other)
    assert not clients.make(of_stolen, "another-id").connect()
    new = connected_kiosk(clients, of_new, "kiosk-01")
    new.publish(topic("request", "kiosk-01"), "by the new one")
    assert server.heard_until("by the new one") == []
    server.publish(topic("reply", "kiosk-01"), "to the new one")
    assert new.heard_until("to the new one") == []


def test_a_renewed_device_keeps_its_old_certificate_until_both_are_revoked(
    site: SecuredSite, serve: Serve
) -> None:
    of_kiosk, of_other = site.add(KIOSK), site.add(OTHER_KIOSK)
    broker, clients = serve(site)
    server = connected_server(site, clients)
    other = connected_kiosk(clients, of_other, "kiosk-02")

    renewed = site.renew("kiosk-01")
    broker.reload()

    live = []
    for certificates in (of_kiosk, renewed):
        live.append(connected_kiosk(clients, certificates, "kiosk-01"))
        live[-1].publish(topic("request", "kiosk-01"), "by either")
        assert server.heard_until("by either") == []

    site.revoke("kiosk-01")
    broker.reload()

    for kiosk in live:
        assert is_shut_out(kiosk, server, other)
    for certificates in (of_kiosk, renewed):
        assert not clients.make(certificates, "another-id").connect()


def test_a_revoked_device_stays_out_after_the_broker_was_started_anew(
    site: SecuredSite, serve: Serve
) -> None:
    of_kiosk, of_other = site.add(KIOSK), site.add(OTHER_KIOSK)
    broker, clients = serve(site)

    site.revoke("kiosk-01")
    broker.stop()
    broker.start()

    assert not clients.make(of_kiosk).connect()
    assert clients.make(of_other).connect()


@pytest.fixture
def watched() -> Iterator[Callable[[SecuredSite, BrokerProcess], threading.Event]]:
    """Lets a broker follow the list; the event tells that it has done so."""
    watches = []

    def watch(site: SecuredSite, broker: BrokerProcess) -> threading.Event:
        has_followed = threading.Event()

        def reload() -> None:
            broker.reload()
            has_followed.set()

        watches.append(DeviceWatch(site.register, reload))
        watches[-1].start()
        return has_followed

    yield watch
    for one in watches:
        one.stop()


def test_a_running_broker_follows_the_list_by_itself(
    site: SecuredSite,
    serve: Serve,
    watched: Callable[[SecuredSite, BrokerProcess], threading.Event],
) -> None:
    of_kiosk = site.add(KIOSK)
    broker, clients = serve(site)
    has_followed = watched(site, broker)
    assert has_followed.wait(WAIT_S)  # whatever has changed since the broker was started

    has_followed.clear()
    of_other = site.add(OTHER_KIOSK)
    assert has_followed.wait(WAIT_S)
    assert clients.make(of_other).connect()

    has_followed.clear()
    site.revoke("kiosk-01")
    assert has_followed.wait(WAIT_S)
    assert not clients.make(of_kiosk).connect()
