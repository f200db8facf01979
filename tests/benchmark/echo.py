"""`python -m tests.benchmark.echo HOST PORT SITE REPLY_BYTES`: answers, and does nothing else.

The same library and settings as the server's line, a reply as long as the server's, no thread
but the library's own, no decision and no disk: what is left is the cost of asking at all.
"""

import signal
import sys
from typing import Any

import paho.mqtt.client as mqtt

from queue_server.broker.broker import BrokerAddress
from queue_server.contract import topics
from queue_server.rules.terms import DeviceId, SiteId
from tests.benchmark.load import connected_client, request_id_of


def main() -> None:
    host, port, site, reply_bytes = sys.argv[1:]
    site_id = SiteId(site)
    requests = topics.requests_filter(site_id)
    rest = b'","filler":"' + b"x" * int(reply_bytes) + b'"}'

    def echo(client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        device = DeviceId(message.topic.rpartition("/")[2])
        reply = b'{"request_id":"' + request_id_of(bytes(message.payload)) + rest
        client.publish(topics.reply(site_id, device), reply, 1)

    connected_client(f"echo-{site}", BrokerAddress(host=host, port=int(port)), [requests], echo)
    print("ready", flush=True)
    signal.sigwait({signal.SIGTERM})


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    main()
