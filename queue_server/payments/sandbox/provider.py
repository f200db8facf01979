"""What both dialects share: a bank, faults, keys, and how a request is answered or not."""

import asyncio
import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from queue_server.payments.sandbox.bank import Bank, Trade
from queue_server.payments.sandbox.faults import Fault, FaultKind, Faults, Operation
from queue_server.payments.sandbox.keys import ProviderKeys

_PROMISED_BYTES: Final = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """A request that the provider makes to the hospital."""

    url: str
    headers: dict[str, str]
    body: bytes


class Messenger(Protocol):
    """Delivers callbacks."""

    def send(self, callback: Callback, after_s: float = 0) -> None:
        """Deliver it soon, or after `after_s`; nobody waits for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One provider of the sandbox."""

    bank: Bank
    faults: Faults
    keys: ProviderKeys
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    messenger: Messenger


class Dialect(Protocol):
    """How a provider words what it answers."""

    def signed(self, said: "Said", key: RSAPrivateKey) -> Response:
        """Return an answer signed with `key`."""

    def refused(self, operation: Operation) -> "Said":
        """Return a refusal for certain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An answer before it is signed."""

    status: int = 200
    body: Mapping[str, object] | None = None


async def answered(
    provider: Provider,
    dialect: Dialect,
    operation: Operation,
    do: Callable[[FaultKind | None], Said],
) -> Response:
    """Do what is asked, with the fault that waits for it, if there is one."""
    fault = provider.faults.strike(operation) or Fault(on=operation, do=FaultKind.DELAY)
    match fault.do:
        case FaultKind.LOSE_REQUEST:
            return CutOff()
        case FaultKind.SERVER_ERROR:
            return Response("the provider has a bad day", status_code=502)
        case FaultKind.REFUSE:
            return dialect.signed(dialect.refused(operation), provider.keys.own)
    said = do(fault.do)
    if fault.do is FaultKind.LOSE_REPLY:
        return CutOff()
    await asyncio.sleep(fault.seconds)
    is_forged = fault.do is FaultKind.BAD_SIGNATURE
    return dialect.signed(said, provider.keys.stranger if is_forged else provider.keys.own)


class CutOff(Response):
    """The line breaks in the middle of an answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Promise more than is sent."""
        length = str(_PROMISED_BYTES).encode()
        headers = [(b"content-length", length), (b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})
        # The server closes a line on which less was sent than promised.


def sign(key: RSAPrivateKey, text: str) -> str:
    """Return the signature (RSA, SHA-256) of `text` in base64."""
    return base64.b64encode(key.sign(text.encode(), PKCS1v15(), SHA256())).decode()


def is_signed(key: RSAPublicKey, text: str, signature: str) -> bool:
    """Tell whether `signature` is that of `text`."""
    try:
        key.verify(base64.b64decode(signature), text.encode(), PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackWording:
    """How a callback is written."""

    key: RSAPrivateKey
    notice_id: str
    at: datetime
    is_for_another: bool = False
    more_fen: int = 0

    def with_fault(self, kind: FaultKind | None) -> "CallbackWording":
        """Return how it is written with a fault."""
        match kind:
            case FaultKind.STALE:
                return replace(self, at=self.at - timedelta(minutes=10))
            case FaultKind.OTHER_MERCHANT:
                return replace(self, is_for_another=True)
            case FaultKind.OTHER_AMOUNT:
                return replace(self, more_fen=1)
            case _:
                return self


def send_callbacks(
    provider: Provider,
    trade: Trade,
    worded: Callable[[CallbackWording], Callback],
) -> None:
    """Tell the hospital that a trade is paid, with the fault that waits for it."""
    if not trade.notify_url:
        return
    fault = provider.faults.strike(Operation.CALLBACK)
    kind = None if fault is None else fault.do
    if kind is FaultKind.LOSE_REQUEST:
        return
    plain = CallbackWording(key=provider.keys.own, notice_id=provider.new_id(), at=provider.clock())
    if kind is FaultKind.FORGE:
        provider.messenger.send(worded(replace(plain, key=provider.keys.stranger)))
    right = worded(plain.with_fault(kind))
    provider.messenger.send(right, after_s=0 if fault is None else fault.seconds)
    if kind is FaultKind.DUPLICATE:
        provider.messenger.send(right)
