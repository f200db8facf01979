"""`python -m tests.benchmark.displays HOST PORT COUNT AREA ...`: boards, as far as the line goes.

Each is a client of its own that follows the board, the calls and the notices of its area, and the
same calls of a site without a server. It notes when what arrives. A line on standard input asks for
what has come since the last one; the answer is one line of JSON.
"""

import base64
import json
import selectors
import sys
import time
from collections.abc import Iterator
from typing import Any, Final

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from queue_server.contract import topics
from queue_server.rules.terms import AreaId
from tests.benchmark.hospital import SITE
from tests.benchmark.load import no_delay
from tests.benchmark.sites import BARE_SITE

LOOK_S: Final = 0.5


def main() -> None:
    host, port, count, *areas = sys.argv[1:]
    arrivals: list[list[Any]] = []
    selector = selectors.DefaultSelector()
    clients = [
        _display(number, AreaId(areas[number % len(areas)]), host, int(port), arrivals)
        for number in range(int(count))
    ]
    for client in clients:
        connection = client.socket()
        assert connection is not None
        selector.register(connection.fileno(), selectors.EVENT_READ, client)
    selector.register(sys.stdin, selectors.EVENT_READ)
    _subscribe_all(clients, selector)
    print("ready", flush=True)
    while True:
        for ready in _ready(selector):
            if ready is not None:
                _serve(ready)
                continue
            if not sys.stdin.readline():
                return
            print(json.dumps(arrivals), flush=True)
            arrivals.clear()
        for client in clients:
            client.loop_misc()


def _display(
    number: int, area: AreaId, host: str, port: int, arrivals: list[list[Any]]
) -> mqtt.Client:
    def arrived(_client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        payload = base64.b64encode(message.payload).decode()
        arrivals.append([time.monotonic(), number, message.topic, payload, message.retain])

    client = mqtt.Client(
        CallbackAPIVersion.VERSION2, f"display-{number}", protocol=mqtt.MQTTv311, userdata=area
    )
    client.on_socket_open = no_delay
    client.on_message = arrived
    client.connect(host, port, 60)
    return client


def _subscribe_all(clients: list[mqtt.Client], selector: selectors.BaseSelector) -> None:
    subscribed: list[mqtt.Client] = []
    for client in clients:
        area = client.user_data_get()
        followed = [
            topics.area_board(SITE, area),
            topics.call(SITE, area),
            topics.notice(SITE, area),
            topics.call(BARE_SITE, area),
        ]
        client.on_connect = lambda one, *_, followed=followed: one.subscribe(
            [(topic, 1) for topic in followed]
        )
        client.on_subscribe = lambda one, *_: subscribed.append(one)
    while len(subscribed) < len(clients):
        for ready in _ready(selector):
            if ready is not None:
                _serve(ready)


def _ready(selector: selectors.BaseSelector) -> Iterator[mqtt.Client | None]:
    for key, _ in selector.select(LOOK_S):
        yield key.data


def _serve(client: mqtt.Client) -> None:
    client.loop_read()
    while client.want_write():
        client.loop_write()


if __name__ == "__main__":
    main()
