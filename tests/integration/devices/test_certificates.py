"""Who gets in at all: holders of a good certificate of this site, and nobody else."""

import re
import socket
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from queue_server.broker.broker_process import BrokerProcess
from queue_server.broker.embedded_nats import embedded_nats
from queue_server.client.tls import Certificates
from queue_server.devices.authority import CERTIFICATE_LIFE, Authority
from queue_server.devices.register import write_certificates
from tests.integration.devices.secured_site import (
    DEVICES,
    WAIT_S,
    Clients,
    SecuredSite,
    Serve,
    topic,
)

KIOSK, OTHER_KIOSK, AREA_BOARD, _ = DEVICES


def is_still_served(clients: Clients, certificates: Certificates) -> bool:
    client = clients.connected(certificates)
    client.close()
    return True


def test_nobody_gets_in_without_a_certificate(site: SecuredSite, serve: Serve) -> None:
    kiosk = site.add(KIOSK)
    _, clients = serve(site)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(kiosk.folder / "ca.crt")

    assert not clients.with_context(context, "nobody").connect()
    assert not clients.with_context(None, "without-tls").connect()

    assert is_still_served(clients, kiosk)


def test_a_certificate_of_another_authority_is_refused_whatever_name_it_bears(
    site: SecuredSite, serve: Serve, tmp_path: Path
) -> None:
    kiosk = site.add(KIOSK)
    foreign = SecuredSite(tmp_path / "foreign")
    of_the_same_name = foreign.add(KIOSK)
    _, clients = serve(site)

    for certificates in (of_the_same_name, foreign.register.server_certificates):
        context = certificates.read().context
        context.load_verify_locations(kiosk.folder / "ca.crt")  # he trusts us; we don't trust him
        assert not clients.with_context(context, "stranger").connect()

    assert is_still_served(clients, kiosk)


def test_an_expired_certificate_is_refused(site: SecuredSite, serve: Serve) -> None:
    kiosk = site.add(KIOSK)
    long_ago = datetime.now(UTC) - CERTIFICATE_LIFE - timedelta(days=1)
    expired = site.add(OTHER_KIOSK, now=long_ago)
    _, clients = serve(site)

    assert not clients.make(expired).connect()

    assert is_still_served(clients, kiosk)


def test_a_certificate_that_is_on_no_list_may_do_nothing(
    site: SecuredSite, serve: Serve, tmp_path: Path
) -> None:
    """Such a one is left over when the list could not be written."""
    site.add(KIOSK)
    authority = Authority.load(site.register.folder)
    folder = tmp_path / "unlisted"
    folder.mkdir()
    write_certificates(folder, authority.issue_client("kiosk-01", datetime.now(UTC)), authority.pem)
    _, clients = serve(site)
    server = clients.connected(site.register.server_certificates)
    server.subscribe(topic("request", "+"))

    unlisted = clients.make(Certificates(folder))
    if unlisted.connect():
        unlisted.subscribe(topic("reply", "kiosk-01"))
        unlisted.publish(topic("request", "kiosk-01"), "not listed")
    server.publish(topic("reply", "kiosk-01"), "for the listed one")
    server.publish(topic("request", "kiosk-01"), "end")

    assert server.heard_until("end") == []
    assert unlisted.heard.empty()


def test_the_own_protocol_of_nats_is_closed_to_devices(site: SecuredSite, tmp_path: Path) -> None:
    """It listens on the server's own machine, and knows the same names."""
    kiosk = site.add(KIOSK)
    broker = embedded_nats(tmp_path / "broker", secured=site.secured())
    broker.start()
    try:
        for certificates in (kiosk, site.register.server_certificates):
            assert "authorization violation" in speak_nats(broker, certificates).lower()
        assert speak_nats(broker, None) == ""
    finally:
        broker.stop()


def speak_nats(broker: BrokerProcess, certificates: Certificates | None) -> str:
    """Return what the broker answers to whoever asks for all messages by its own protocol."""
    said = broker.log.read_text()
    found = re.search(r"Listening for client connections on 127\.0\.0\.1:(\d+)", said)
    assert found, said
    with socket.create_connection(("127.0.0.1", int(found.group(1))), WAIT_S) as plain:
        assert plain.recv(65536).startswith(b"INFO")
        line: socket.socket = plain
        try:
            if certificates is not None:
                context = certificates.read().context
                line = context.wrap_socket(plain, server_hostname="127.0.0.1")
            line.sendall(
                b'CONNECT {"verbose":false,"user":"CN=queue-server"}\r\nSUB > 1\r\nPING\r\n'
            )
            answer = b""
            while received := line.recv(65536):
                answer += received
                if b"PONG" in answer:
                    break
        except OSError:
            return ""
        finally:
            line.close()
        return answer.decode()
