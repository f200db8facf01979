"""Which language the reader of a page has chosen."""

from typing import Final

from fastapi import Request

from queue_server.rules.terms import Language

_COOKIE: Final = "language"


def language_of(request: Request) -> Language:
    """Return the language the reader has chosen; Chinese before he has."""
    chosen = request.cookies.get(_COOKIE, "")
    return Language(chosen) if chosen in list(Language) else Language.CHINESE
