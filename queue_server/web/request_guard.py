"""What every request and every answer passes: size, origin, and the browser's safety headers."""

from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from queue_server.web.problems import Problem, ProblemCode

BODY_BYTES_MAX: Final = 32_768
_SAFE_METHODS: Final = ("GET", "HEAD", "OPTIONS")
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
        guarded_send = _with_headers(send)
        problem = _problem_of(scope)
        if problem is not None:
            await problem.response()(scope, receive, guarded_send)
            return
        try:
            await self._application(scope, _limited(receive), guarded_send)
        except _TooLarge:
            await Problem(ProblemCode.TOO_LARGE).response()(scope, receive, guarded_send)


class _TooLarge(BaseException):
    """More came than a request may hold. Nothing between here and the guard may catch it."""


def _problem_of(scope: Scope) -> Problem | None:
    headers = Headers(scope=scope)
    length = headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > BODY_BYTES_MAX:
        return Problem(ProblemCode.TOO_LARGE)
    if scope["method"] not in _SAFE_METHODS and not _is_same_origin(headers):
        return Problem(ProblemCode.WRONG_ORIGIN)
    return None


def _is_same_origin(headers: Headers) -> bool:
    """Tell whether our own page asks, or a program: browsers always say where a POST comes from."""
    origin = headers.get("origin")
    if origin is None:
        return headers.get("sec-fetch-site", "same-origin") == "same-origin"
    return urlsplit(origin).netloc == headers.get("host", "") != ""


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


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers[name] = value
            # Names stand on these pages: nothing of them stays behind in the browser.
            headers.setdefault("Cache-Control", "no-store")
        await send(message)

    return send_with_headers
