"""Serves the application in a thread with a loop of its own."""

import socket
import ssl
import threading
from typing import Final

import uvicorn
from fastapi import FastAPI

STREAMS_END_WITHIN_S: Final = 3


class WebServer:
    """Uvicorn in a thread.

    Args:
        application: what `make_application` gave.
        host: the address to listen on.
        port: the port to listen on; 0 takes a free one.
        https: serves HTTPS, and nothing else; None: plain HTTP.
    """

    def __init__(
        self,
        application: FastAPI,
        *,
        host: str,
        port: int,
        https: ssl.SSLContext | None = None,
    ) -> None:
        self._address = (host, port)
        configuration = uvicorn.Config(
            application,
            # Who looks at whom is nobody's business.
            access_log=False,
            log_config=None,
            server_header=False,
            # A proxy on this machine says who asks, and by HTTPS; nobody else may.
            proxy_headers=https is None,
            forwarded_allow_ips="127.0.0.1",
            ssl_context_factory=None if https is None else lambda *_: https,
            timeout_graceful_shutdown=STREAMS_END_WITHIN_S,
        )
        self._server = _Server(configuration, application)
        self._thread: threading.Thread | None = None

    def start(self) -> int:
        """Listen and serve; return the port.

        Raises:
            OSError: the port is taken or may not be used.
        """
        host, port = self._address
        listening = socket.create_server((host, port), backlog=2048)
        self._thread = threading.Thread(
            target=self._server.run, args=([listening],), name="web", daemon=True
        )
        self._thread.start()
        return int(listening.getsockname()[1])

    def stop(self) -> None:
        """End the live streams, answer what has begun, and stop."""
        assert self._thread is not None, "start() comes first"
        self._server.should_exit = True
        self._thread.join()


class _Server(uvicorn.Server):
    def __init__(self, configuration: uvicorn.Config, application: FastAPI) -> None:
        super().__init__(configuration)
        self._application = application

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Streams never end by themselves, and the server would wait for them.
        self._application.state.live.close()
        await super().shutdown(sockets)
