"""The pages in a headless Chromium, and the HTTP API as a doctor's program uses it."""

import itertools
import shutil
from pathlib import Path
from typing import Any, Final

import httpx
from playwright.sync_api import Browser, Page, Playwright

from queue_server.demo.controls import TourStuck

BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome")
STATION_SIZE: Final = {"width": 1920, "height": 1080}
CONSOLE_SIZE: Final = {"width": 440, "height": 900}
DESK_SIZE: Final = {"width": 1366, "height": 768}
PHONE_SIZE: Final = {"width": 390, "height": 844}


def open_browser(playwright: Playwright) -> Browser:
    """Start the machine's own Chromium."""
    program = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    return playwright.chromium.launch(
        executable_path=program,
        headless=True,
        args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"],
    )


def signed_in_page(
    browser: Browser,
    address: str,
    user: str,
    password: str,
    size: dict[str, int],
    *,
    code: str = "",
    first_page: str = "",
) -> Page:
    """Return a page of somebody who has signed in by the form.

    Args:
        browser: where it is opened.
        address: of the server.
        user: who signs in.
        password: his.
        size: of the page; by it it is known whether a nurse or a doctor signs in.
        code: of his second factor, where he needs one.
        first_page: the page that somebody else comes to.
    """
    page = browser.new_page(viewport=size, locale="zh-CN")  # type: ignore[arg-type]  # a TypedDict
    page.goto(f"{address}/login")
    page.fill("input[name=user]", user)
    page.fill("input[name=password]", password)
    page.press("input[name=password]", "Enter")
    if code:
        page.fill("input[name=code]", code)
        page.press("input[name=code]", "Enter")
    page.wait_for_url(first_page or ("**/station" if size is STATION_SIZE else "**/console"))
    return page


class Api:
    """The HTTP API, signed in as one user."""

    def __init__(self, address: str, user: str, password: str) -> None:
        self._user = user
        self._count = itertools.count(1)
        self._client = httpx.Client(base_url=address, headers={"Origin": address}, timeout=20)
        answer = self._client.post("/api/login", json={"user": user, "password": password})
        answer.raise_for_status()

    def act(self, queue: str, act: str, **parts: object) -> dict[str, Any]:
        """Do `act` on `queue`, with a request id of its own.

        Raises:
            TourStuck: it was refused.
        """
        body = {"request_id": f"tour-{self._user}-{next(self._count)}", **parts}
        answer = self._client.post(f"/api/queues/{queue}/{act}", json=body)
        if answer.is_error:
            raise TourStuck(f"{act} on {queue}: {answer.text}")
        done: dict[str, Any] = answer.json()
        return done

    def close(self) -> None:
        """Close the connection."""
        self._client.close()


def card_picture(browser: Browser, address: str, patient: str, path: Path) -> None:
    """Save what the patient's phone shows."""
    page = browser.new_page(viewport=PHONE_SIZE, locale="zh-CN", device_scale_factor=2)  # type: ignore[arg-type]
    page.goto(f"{address}/card/{patient}")
    page.wait_for_selector("svg")
    page.screenshot(path=path)
    page.close()
