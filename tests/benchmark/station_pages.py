"""`python -m tests.benchmark.station_pages PORT COUNT`: open nurse stations, without a screen.

Each signs in and follows the stream that the page follows. What a change tells is read as the
page reads it, and noted with the time when that was done. A line on standard input asks for what
has come since the last one; the answer is one line of JSON.
"""

import http.client
import json
import sys
import threading
import time
from typing import Any, Final

import msgspec

from tests.benchmark.hospital import NURSE, PASSWORD

HOST: Final = "127.0.0.1"


def signed_in(connection: http.client.HTTPConnection) -> dict[str, str]:
    """Sign a nurse in; return the headers that say who asks."""
    headers = {"Content-Type": "application/json"}
    body = json.dumps({"user": NURSE, "password": PASSWORD})
    connection.request("POST", "/api/login", body, headers)
    answer = connection.getresponse()
    assert answer.status == http.client.OK, answer.read()
    answer.read()
    cookie = (answer.getheader("Set-Cookie") or "").partition(";")[0]
    return {**headers, "Cookie": cookie}


class Page:
    """One open station, in a thread of its own."""

    def __init__(self, number: int, port: int, arrivals: list[list[Any]]) -> None:
        self.view_bytes = 0
        self.is_open = threading.Event()
        self._number = number
        self._arrivals = arrivals
        self._connection = http.client.HTTPConnection(HOST, port)
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def open(self) -> None:
        """Sign in, and follow the stream from now on."""
        headers = signed_in(self._connection)
        self._connection.request("GET", "/api/station/stream", headers=headers)
        self._thread.start()

    def _follow(self) -> None:
        stream, name = self._connection.getresponse(), ""
        while line := stream.readline():
            if line.startswith(b"event: "):
                name = line[7:].decode().strip()
            elif line.startswith(b"data: "):
                self._came(name, line[6:])

    def _came(self, name: str, data: bytes) -> None:
        told = msgspec.json.decode(data)
        if name == "view":
            self.view_bytes = len(data)
            self.is_open.set()
            return
        listed = {
            queue["name"]["id"]: [ticket["id"] for ticket in queue["tickets"]["listed"]]
            for queue in told["queue_lists"]["queues"]
        }
        self._arrivals.append([time.monotonic(), self._number, len(data), listed])


def main() -> None:
    port, count = map(int, sys.argv[1:])
    arrivals: list[list[Any]] = []
    pages = [Page(number, port, arrivals) for number in range(count)]
    for page in pages:
        page.open()
    for page in pages:
        page.is_open.wait()
    print(max(page.view_bytes for page in pages), flush=True)
    while sys.stdin.readline():
        came, arrivals[:] = list(arrivals), []
        print(json.dumps(came), flush=True)


if __name__ == "__main__":
    main()
