"""Switch a simulated device from another process: one JSON object a line, over TCP.

`{"do": "set", "value": "paper_out"}` is answered with `{"ok": true, "faults": ["paper_out"], …}`;
an order that can't be carried out with `{"ok": false, "error": "…"}`. The orders are `set` and
`clear` (of a fault), `clear_all`, `state`, and for a scanner `scan`.
"""

import json
import socket
import socketserver
import threading
from collections.abc import Callable, Mapping
from typing import Any, Protocol

ORDER_BYTES_MAX = 8192
CONNECT_TIMEOUT_S = 5.0
STOP_POLL_S = 0.05


class Controllable(Protocol):
    """A simulated device."""

    def commands(self) -> Mapping[str, Callable[[str], None]]:
        """Return what may be ordered: name → what carries it out, given the order's value."""
        ...

    def state(self) -> dict[str, object]:
        """Return what is told after each order."""
        ...


class ControlServer:
    """Listens on the loopback interface for orders to one device."""

    def __init__(self, device: Controllable, port: int) -> None:
        self._device = device
        self._port = port
        self._server: socketserver.ThreadingTCPServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        """The real port, once started."""
        return self._port

    def start(self) -> None:
        """Listen; OSError if the port is taken."""
        device = self._device

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                while line := self.rfile.readline(ORDER_BYTES_MAX):
                    answer = _carry_out(device, line)
                    self.wfile.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")

        self._server = _Server(("127.0.0.1", self._port), Handler)
        self._port = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever,
            args=(STOP_POLL_S,),
            name="simulated-control",
            daemon=True,
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop listening. May be called twice."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()
            self._server = self._thread = None


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False


def _carry_out(device: Controllable, line: bytes) -> dict[str, object]:
    try:
        order = json.loads(line)
        name, value = order["do"], order.get("value", "")
        command = device.commands()[name]
        if not isinstance(value, str):
            raise TypeError("the value is not a text")
        command(value)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OSError) as error:
        return {"ok": False, "error": f"{type(error).__name__}: {error}"}
    return {"ok": True, **device.state()}


def send_order(port: int, do: str, value: str = "") -> dict[str, Any]:
    """Give one order to the ControlServer at `port` of this machine and return its answer.

    Raises:
        OSError: nobody listens there.
    """
    address = ("127.0.0.1", port)
    with socket.create_connection(address, CONNECT_TIMEOUT_S) as connection:
        connection.sendall(json.dumps({"do": do, "value": value}).encode() + b"\n")
        with connection.makefile("rb") as answers:
            answer: dict[str, Any] = json.loads(answers.readline())
            return answer
