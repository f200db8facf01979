"""A client that knows nothing but `docs/contract.md`: MQTT, JSON and what the page says."""

import json
import queue
import socket
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from tests.integration.service.known_hospital import OPENING, SECOND, id_number
from tests.integration.service.served_site import ServedSite

Json = dict[str, Any]


def no_delay(_client: mqtt.Client, _data: Any, line: Any) -> None:
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


class ForeignKiosk:
    """Written from the page: Transport, Requests and replies, A worked exchange."""

    def __init__(self, host: str, port: int, site: str) -> None:
        self.start = f"hk/v1/{site}"
        self.incoming: queue.Queue[tuple[str, Json]] = queue.Queue()
        self.clock = OPENING
        self.client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            f"{site}-kiosk-77",
            protocol=mqtt.MQTTv311,
            clean_session=True,
        )
        status = f"{self.start}/status/kiosk-77"
        self.client.will_set(status, '{"is_up": false}', qos=1, retain=True)
        self.client.on_socket_open = no_delay
        self.client.on_message = lambda _client, _data, message: self.incoming.put(
            (message.topic, json.loads(message.payload))
        )
        self.client.connect(host, port, keepalive=5)
        self.client.loop_start()
        self.client.subscribe(
            [
                (f"{self.start}/reply/kiosk-77", 1),
                (f"{self.start}/status/queue-server", 1),
                (f"{self.start}/board/area/area-a", 1),
            ]
        )
        self.client.publish(status, '{"is_up": true}', qos=1, retain=True)

    def next_at(self, kind: str) -> Json:
        while True:
            topic, message = self.incoming.get(timeout=8)
            if topic.startswith(f"{self.start}/{kind}/"):
                return message

    def ask(self, body: Json) -> Json:
        request_id = str(uuid.uuid4())
        payload = json.dumps(
            {
                "request_id": request_id,
                "sent_at": self.clock.isoformat(),
                "expires_at": (self.clock + timedelta(seconds=8)).isoformat(),
                "body": body,
            }
        )
        for _ in range(11):
            self.client.publish(f"{self.start}/request/kiosk-77", payload, qos=1)
            try:
                topic, reply = self.incoming.get(timeout=0.7)
                while not topic.endswith("/reply/kiosk-77") or reply["request_id"] != request_id:
                    topic, reply = self.incoming.get(timeout=0.7)
            except queue.Empty:
                continue
            answer: Json = reply["body"]
            return answer
        raise AssertionError("no reply: whether it was done is not known")

    def close(self) -> None:
        self.client.publish(
            f"{self.start}/status/kiosk-77", '{"is_up": false}', qos=1, retain=True
        ).wait_for_publish(8)
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def foreign(served: ServedSite) -> Iterator[ForeignKiosk]:
    kiosk = ForeignKiosk(served.address.host, served.address.port, served.site)
    yield kiosk
    kiosk.close()


def test_a_foreign_kiosk_checks_a_patient_in(foreign: ForeignKiosk) -> None:
    assert foreign.next_at("status")["is_up"] is True

    found = foreign.ask({"type": "identify", "id_number": id_number(SECOND)})
    assert (found["type"], found["masked_name"]) == ("identified", "李*五")
    [visit] = found["visits"]
    assert visit["can_check_in"] is True

    done = foreign.ask(
        {
            "type": "check_in",
            "session_id": found["session_id"],
            "ticket_id": visit["ticket_id"],
        }
    )
    assert done["type"] == "checked_in"
    assert done["visit"]["place"]["number"] == visit["number"] == "A002"
    assert datetime.fromisoformat(done["checked_in_at"]) == OPENING

    board = foreign.next_at("board")
    while not board["rooms"][0]["standby"]:
        board = foreign.next_at("board")
    assert board["rooms"][0]["standby"][0]["number"] == "A002"


def test_a_foreign_kiosk_understands_a_refusal(foreign: ForeignKiosk) -> None:
    refused = foreign.ask({"type": "identify", "id_number": "1"})

    assert (refused["type"], refused["code"]) == ("refused", "ID_NUMBER_UNKNOWN")
    assert refused["message_zh"]
    misspelt = foreign.ask({"type": "identify", "id_numbr": "1"})
    assert misspelt["code"] == "BAD_REQUEST"
    assert "id_numbr" in misspelt["message_en"]
