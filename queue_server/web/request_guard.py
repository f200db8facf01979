"""What every request and every answer passes: size, origin, and the browser's safety headers."""

import logging
import traceback
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from queue_server.web.problems import Problem, ProblemCode

_log = logging.getLogger(__name__)
BODY_BYTES_MAX: Final = 32_768
SIGNED_PATH: Final = "/payments/notice/"
"""No browser writes there, but a gateway, in a form of its own: its signature counts."""
_SAFE_METHODS: Final = ("GET", "HEAD", "OPTIONS")
_PORTS: Final = {"http": 80, "https": 443}
_BY_HTTPS: Final = {"Strict-Transport-Security": "max-age=31536000"}
"""A browser that has been here once never speaks to this name in the clear again."""
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self';"
    " img-src 'self' data:; connect-src 'self'; font-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class RequestGuard:
    """Refuses what is too large or comes from another site, before anything reads it."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it here."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        headers = _HEADERS | (_BY_HTTPS if scope["scheme"] == "https" else {})
        guarded_send = _GuardedSend(send, headers)
        problem = _problem_of(scope)
        if problem is not None:
            await problem.response()(scope, receive, guarded_send)
            return
        try:
            await self._application(scope, _limited(receive), guarded_send)
        except _TooLarge:
            await Problem(ProblemCode.TOO_LARGE).response()(scope, receive, guarded_send)
        except Exception as error:  # noqa: BLE001  # whoever asked gets a sentence
            # Where it happened, not what was being worked on: that may be a name.
            where = "".join(traceback.format_tb(error.__traceback__))
            _log.error("a request has failed: %s\n%s", type(error).__name__, where)
            if guarded_send.has_begun:
                raise ConnectionAbortedError("the answer was broken off") from None
            await Problem(ProblemCode.SERVER_ERROR).response()(scope, receive, guarded_send)


class _TooLarge(BaseException):
    """More came than a request may hold. Nothing between here and the guard may catch it."""


def _problem_of(scope: Scope) -> Problem | None:
    headers = Headers(scope=scope)
    length = headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > BODY_BYTES_MAX:
        return Problem(ProblemCode.TOO_LARGE)
    if scope["method"] in _SAFE_METHODS or scope["path"].startswith(SIGNED_PATH):
        return None
    if not _is_json(headers) or not _is_same_origin(scope["scheme"], headers):
        return Problem(ProblemCode.WRONG_ORIGIN)
    return None


def _is_json(headers: Headers) -> bool:
    """Tell whether it is of a kind that no form, however old the browser, can send."""
    kind = headers.get("content-type", "").partition(";")[0]
    return kind.strip().lower() == "application/json"


def _is_same_origin(scheme: str, headers: Headers) -> bool:
    """Tell whether our own page asks, or a program: browsers always say where a POST comes from."""
    if headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return False
    origin = headers.get("origin")
    if origin is None:
        return True
    asking = _place(origin)
    return asking is not None and asking == _place(f"{scheme}://{headers.get('host', '')}")


def _place(origin: str) -> tuple[str, str, int] | None:
    """Return scheme, host and port of an origin (RFC 6454); None: not to be trusted."""
    try:
        parts = urlsplit(origin)
        port = parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        return None
    if not parts.hostname:
        return None
    return parts.scheme, parts.hostname, port


def _limited(receive: Receive) -> Receive:
    """Stop reading a body that goes on beyond the limit, whatever its header said."""
    received = 0

    async def receive_limited() -> Message:
        nonlocal received
        message = await receive()
        if message["type"] == "http.request":
            received += len(message.get("body", b""))
            if received > BODY_BYTES_MAX:
                raise _TooLarge
        return message

    return receive_limited


class _GuardedSend:
    """Sends an answer on, with the headers that every answer has."""

    def __init__(self, send: Send, headers: Mapping[str, str]) -> None:
        self._send = send
        self._headers = headers
        self.has_begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.has_begun = True
            answered = MutableHeaders(scope=message)
            for name, value in self._headers.items():
                answered[name] = value
            # Names stand on these pages: nothing of them stays behind in the browser.
            answered.setdefault("Cache-Control", "no-store")
        await self._send(message)
