"""The pages themselves: HTML files whose texts are filled in the reader's language.

A page holds `{{key}}` where a text of `assets/translations/<language>/web.toml` stands; what
moves on it is done by the modules in `static/`. Everything comes from this server.
"""

import html
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from assets.theme import PALETTE, RADIUS, SPACE
from assets.translations import load
from queue_server.rules.terms import Language
from queue_server.web.access import Access
from queue_server.web.json_answer import JsonAnswer
from queue_server.web.language import language_of
from queue_server.web.login_routes import FIRST_PAGE
from queue_server.web.problems import Problem, ProblemCode
from queue_server.web.users import POLICY_READERS, REPORT_READERS, Role, User

STATIC: Final = Path(__file__).parent / "static"
_HTML_LANGUAGES: Final = {Language.CHINESE: "zh-CN", Language.ENGLISH: "en"}
_MEDIA_TYPES: Final = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


class Pages:
    """Fills the pages; texts and files are read once."""

    def __init__(self) -> None:
        self._texts: dict[Language, Mapping[str, str]] = {}
        self._pages: dict[tuple[str, Language], str] = {}

    def texts(self, language: Language) -> Mapping[str, str]:
        """Return the texts of all pages in `language`."""
        if language not in self._texts:
            self._texts[language] = load("web", language)
        return self._texts[language]

    def page(self, name: str, language: Language) -> HTMLResponse:
        """Return the page `name` in `language`."""
        if (name, language) not in self._pages:
            page = (STATIC / f"{name}.html").read_text(encoding="utf-8")
            texts = {**self.texts(language), "html_language": _HTML_LANGUAGES[language]}
            self._pages[name, language] = fill(page, texts)
        return HTMLResponse(self._pages[name, language])

    def filled(
        self, name: str, language: Language, facts: Mapping[str, str], *, status: int = 200
    ) -> HTMLResponse:
        """Return the page `name` with `facts` on it: `{{fact_title}}` is the fact `title`."""
        page = (STATIC / f"{name}.html").read_text(encoding="utf-8")
        known = {f"fact_{key}": value for key, value in facts.items()}
        texts = {**self.texts(language), "html_language": _HTML_LANGUAGES[language], **known}
        return HTMLResponse(fill(page, texts), status)


def fill(page: str, texts: Mapping[str, str]) -> str:
    """Put the texts in; a key without a text is a mistake in the page."""
    return re.sub(r"\{\{([\w.]+)\}\}", lambda key: html.escape(texts[key[1]]), page)


def theme_css() -> str:
    """Return the palette and the grid of `assets/theme.py` as CSS variables."""
    colours = [f"  --{name.replace('_', '-')}: {value};" for name, value in PALETTE.items()]
    sizes = [f"  --space: {SPACE}px;", f"  --radius: {RADIUS // 2}px;"]
    return "\n".join([":root {", *colours, *sizes, "}", ""])


def make_router(access: Access, pages: Pages, *, has_cards: bool, has_payments: bool) -> APIRouter:
    """Return the routes of all pages and of what they load."""
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def first(request: Request) -> Response:
        return RedirectResponse(FIRST_PAGE[access.anybody(request).role], status_code=303)

    @router.get("/login")
    async def login(request: Request) -> Response:
        return pages.page("login", language_of(request))

    @router.get("/texts/{language}")
    async def texts(language: Language) -> Response:
        return JsonAnswer(pages.texts(language))

    @router.get("/static/theme.css")
    async def theme() -> Response:
        return Response(theme_css(), media_type="text/css")

    @router.get("/static/{name}")
    async def static(name: str) -> Response:
        return _static_file(name)

    @router.get("/favicon.ico")
    async def icon() -> Response:
        return _static_file("icon.svg")

    _add_page(router, pages, "station", access.nurse)
    _add_page(router, pages, "console", access.doctor)
    _add_page(router, pages, "desk", access.one_of(frozenset({Role.DESK})))
    _add_page(router, pages, "devices", access.administrator)
    _add_page(router, pages, "audit", access.auditor)
    _add_page(router, pages, "report", access.one_of(REPORT_READERS))
    _add_page(router, pages, "policies", access.one_of(POLICY_READERS))
    if has_payments:
        _add_page(router, pages, "payments", access.money)
    if has_cards:
        _add_card_pages(router, pages)
    return router


def _add_page(
    router: APIRouter, pages: Pages, name: str, allowed: Callable[[Request], User]
) -> None:
    @router.get(f"/{name}", name=name)
    async def page(request: Request) -> Response:
        allowed(request)
        return pages.page(name, language_of(request))


def _add_card_pages(router: APIRouter, pages: Pages) -> None:
    @router.get("/cards")
    async def cards(request: Request) -> Response:
        return pages.page("cards", language_of(request))

    @router.get("/card/{patient}")
    async def card(request: Request, patient: str) -> Response:
        del patient  # the page reads it from its own address
        return pages.page("card", language_of(request))


def _static_file(name: str) -> Response:
    suffix = Path(name).suffix
    if suffix not in _MEDIA_TYPES or name not in {path.name for path in STATIC.iterdir()}:
        raise Problem(ProblemCode.NOT_FOUND)
    # Asked again each time, so that a new version is never mixed with an old one.
    headers = {"Cache-Control": "no-cache"}
    return FileResponse(STATIC / name, media_type=_MEDIA_TYPES[suffix], headers=headers)
