"""A real browser on a real server: Debian's Chromium, one for the tests of a module."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from queue_server.records.demo_hospital import DEMO_SITE_FILE
from queue_server.site import load_site
from queue_server.web.users import Users
from queue_server.web.web_server import WebServer
from tests.integration.web.hospital_day import NAMES, HospitalDay, make_users

CHROMIUM = "/usr/bin/chromium"
WAIT_MS = 20_000

OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for a module: while it is there its loop runs in this thread, and no other loop can."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield running
        running.close()


@pytest.fixture(scope="session")
def users() -> Users:
    return make_users(load_site(DEMO_SITE_FILE))


@pytest.fixture
def day(tmp_path: Path, users: Users) -> Iterator[HospitalDay]:
    running = HospitalDay(tmp_path, users, per_queue=12)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def address(day: HospitalDay) -> Iterator[str]:
    server = WebServer(day.application(), host="127.0.0.1", port=0)
    yield f"http://127.0.0.1:{server.start()}"
    server.stop()


@pytest.fixture
def open_page(browser: Browser, day: HospitalDay, address: str) -> Iterator[OpenPage]:
    """Open a page as somebody, in a browser window of his own.

    When the test ends, no page has asked anything but this machine, and no script has failed.
    """
    contexts: list[BrowserContext] = []
    asked: set[str] = set()
    errors: list[str] = []

    def opened(
        path: str, user: str = "", language: str = "zh", size: tuple[int, int] = (1366, 768)
    ) -> Page:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]})
        contexts.append(context)
        context.set_default_timeout(WAIT_MS)
        expect.set_options(timeout=WAIT_MS)
        context.add_cookies([{"name": "language", "value": language, "url": address}])
        context.on("request", lambda request: asked.add(request.url))
        context.on("weberror", lambda error: errors.append(str(error.error)))
        page = context.new_page()
        page.on(
            "console",
            lambda message: (
                errors.append(message.text) if "Content Security" in message.text else None
            ),
        )
        if user:
            page.request.post(f"{address}/api/login", data=day.credentials(user))
        page.goto(f"{address}{path}")
        # Before its script runs a page takes no key; a test presses none either.
        expect(page.locator("body[inert]")).to_have_count(0)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert errors == []
    assert {url for url in asked if not url.startswith(("http://127.0.0.1:", "data:"))} == set()
    # An address ends up in logs and histories.
    assert [url for url in asked if any(name in unquote(url) for name in NAMES)] == []
