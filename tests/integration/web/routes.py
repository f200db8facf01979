"""Every route of the application, so that a test of all of them covers a new one by itself."""

from collections.abc import Iterator

import httpx
from fastapi import FastAPI
from starlette.routing import Route

IN_PATH = {
    "queue": "cardiology-1",
    "number": "A001",
    "help_id": "help-1",
    "conflict_id": "take-1",
    "area": "area-a",
    "language": "zh",
    "name": "base.css",
    "patient": "patient-001",
    "device": "kiosk-01",
    "act": "reload",
    "report_id": "lab-1",
    "channel": "wechat",
    "attempt": "A1",
    "claim": "C1",
    "code": "AAAABBBBCCCCDDDD",
}
"""What stands for the parameters of an address; all of cardiology, which is in area A."""


def all_routes(application: FastAPI) -> list[tuple[str, str]]:
    """Return method and address of each, as `("GET", "/api/me")`."""
    return sorted({pair for route in application.routes for pair in _of(route)})


def changing_routes(application: FastAPI) -> list[tuple[str, str]]:
    """Return those that may change something."""
    return [pair for pair in all_routes(application) if pair[0] not in ("GET", "HEAD")]


def _of(route: object) -> Iterator[tuple[str, str]]:
    inner = getattr(getattr(route, "original_router", None), "routes", None)
    if inner is not None:
        for one in inner:
            yield from _of(one)
        return
    assert isinstance(route, Route), f"{route!r} is of a kind these tests don't know"
    for method in route.methods or ():
        yield method, route.path


async def ask(client: httpx.AsyncClient, method: str, path: str) -> httpx.Response:
    """Ask a route with what it expects to be sent."""
    body = None if method in ("GET", "HEAD") else body_of(path)
    return await client.request(method, path.format(**IN_PATH), json=body)


def body_of(path: str) -> dict[str, object]:
    """Return what a route that may change something expects; the same one every time."""
    name = path.rpartition("/")[2]
    if path.startswith("/api/payments/"):
        return {"why": "x"} if "refund" in path else {"day_on": "2026-11-23"}
    if not path.startswith("/api/queues/"):
        return _OTHER_BODIES.get(name, {})
    about = {} if name in _ABOUT_QUEUES else {"ticket": "cardiology-1:A001"}
    return {"request_id": f"r-{name}", **about, **_MORE.get(name, {})}


_ABOUT_QUEUES = (
    *("call-next", "pause", "reopen", "undo", "walk-in", "extra", "room"),
    *("absence", "attend", "confirm-stop", "withdraw-stop"),
    *("join-team", "leave-team"),
)
_MORE: dict[str, dict[str, object]] = {
    "absence": {"kind": "left", "cause": "rescue"},
    "move": {"after": "cardiology-1:A002", "why": "x"},
    "priority": {"rank": "pregnant"},
    "cross-call": {"from_queue": "cardiology-2", "why": "x"},
    "grade": {"level": 2},
    "wanted": {"doctor": "cardiology-2"},
    "note": {"note": "x"},
    "end-for-team": {"why": "x"},
    "transfer": {"to_queue": "cardiology-2"},
    "spread": {"to_queue": "cardiology-2"},
    "offer-colleague": {"to_queue": "cardiology-2"},
    "room": {"room": "room-202"},
    "undo": {"entry": 1},
    "walk-in": {"kind": "ordinary", "rank": None, "patient": None},
}
_OTHER_BODIES: dict[str, dict[str, object]] = {
    "login": {"user": "nobody", "password": "wrong"},
    "search": {"query": "A001"},
    "name": {"ticket": "cardiology-1:A001"},
    "slip": {"ticket": "cardiology-1:A001"},
    "notices": {"notices": []},
    "audit": {"what": "names"},
    "export": {},
    "rehearse": {"seen_revision": 0, "changes": []},
    "save": {"seen_revision": 0, "changes": [], "reason": "x"},
    "cancel": {"number": 1, "seen_revision": 0},
    "offer": {"request_id": "r-1", "ticket": "cardiology-1:A001", "accepts": True},
    "report": {"device": "kiosk-01", "release_id": "r-1", "token": "nobody-knows"},
}
