"""Ask a broker whether it takes an MQTT connection."""

import time

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from queue_server.broker.broker import BrokerAddress
from queue_server.client.tls import Certificates


def answers(
    address: BrokerAddress, certificates: Certificates | None = None, *, timeout_s: float
) -> bool:
    """Connect and take leave; return whether the broker accepted within `timeout_s`.

    Raises:
        CertificatesUnusable: ours can't be used.
    """
    client = _client(certificates)
    client.connect_timeout = timeout_s
    deadline = time.monotonic() + timeout_s
    try:
        client.connect(address.host, address.port)
        while not client.is_connected() and time.monotonic() < deadline:
            if client.loop(timeout=timeout_s) != mqtt.MQTT_ERR_SUCCESS:
                return False
        return client.is_connected()
    except OSError:
        return False
    finally:
        client.disconnect()


def _client(certificates: Certificates | None) -> mqtt.Client:
    if certificates is None:
        return mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv311)
    # Some brokers make the holder of a certificate one client, whatever id he gives: asking must
    # not sweep away what is kept for the server, so it is asked as the server would.
    session = certificates.read()
    client = mqtt.Client(
        CallbackAPIVersion.VERSION2,
        session.client_id,
        protocol=mqtt.MQTTv311,
        clean_session=False,
    )
    client.tls_set_context(session.context)
    return client
