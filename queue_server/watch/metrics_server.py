"""Serves `/metrics` on an address of its own, apart from the pages: nobody signs in to it.

What it tells names no patient; still it is meant for this machine, or for a network in which
only the hospital's monitoring may ask.
"""

import threading
from wsgiref.simple_server import WSGIServer

from prometheus_client import (
    CollectorRegistry,
    PlatformCollector,
    ProcessCollector,
    start_http_server,
)


class MetricsServer:
    """An HTTP server in a thread of its own.

    Args:
        registry: what it tells; figures of the process are added.
        host: the address to listen on.
        port: the port to listen on; 0 takes a free one.
    """

    def __init__(self, registry: CollectorRegistry, *, host: str, port: int) -> None:
        self._registry = registry
        self._address = (host, port)
        self._server: WSGIServer | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> int:
        """Listen and serve; return the port.

        Raises:
            OSError: the port is taken or may not be used.
        """
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        host, port = self._address
        self._server, self._thread = start_http_server(port, host, self._registry)
        return int(self._server.server_port)

    def stop(self) -> None:
        """Stop listening."""
        assert self._server is not None, "start() comes first"
        assert self._thread is not None
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
