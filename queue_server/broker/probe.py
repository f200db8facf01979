"""Ask a broker whether it takes an MQTT connection."""

import time

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from queue_server.broker.broker import BrokerAddress


def answers(address: BrokerAddress, *, timeout_s: float) -> bool:
    """Connect and take leave; return whether the broker accepted within `timeout_s`."""
    client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv311)
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
