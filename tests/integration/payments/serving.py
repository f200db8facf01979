"""Serves an application on loopback, in a thread of its own."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import uvicorn
from fastapi import FastAPI


@contextlib.contextmanager
def served(
    application: FastAPI, listening: socket.socket, *, tls: tuple[Path, Path] | None = None
) -> Iterator[str]:
    """Serve on a socket that listens already, so that nobody comes too early.

    `tls`: certificate and key. Yields the address.
    """
    certificate, key = tls or (None, None)
    server = uvicorn.Server(
        uvicorn.Config(
            application,
            access_log=False,
            log_config=None,
            ssl_certfile=certificate,
            ssl_keyfile=key,
            ssl_version=ssl.PROTOCOL_TLS_SERVER,
        )
    )
    thread = threading.Thread(target=server.run, args=([listening],), name="served")
    thread.start()
    host, port = listening.getsockname()
    try:
        yield f"{'http' if tls is None else 'https'}://{host}:{port}"
    finally:
        server.should_exit = True
        thread.join()


def free_port() -> socket.socket:
    """Return a listening socket of a free port of loopback."""
    return socket.create_server(("127.0.0.1", 0), backlog=128)


def address_of(listening: socket.socket) -> str:
    host, port = listening.getsockname()
    return f"http://{host}:{port}"
