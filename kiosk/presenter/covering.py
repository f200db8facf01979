"""What the kiosk shows, with everything personal covered: for a picture that leaves the kiosk.

A picture is drawn from a covered view, so that nothing personal is ever in it. Rule: on every
screen but those of `OPEN_BODIES` each text is covered, and what can be pressed is not; so a
new screen, or a new text on one, is covered until somebody says that it is not personal.
"""

import unicodedata
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, Final

from kiosk.presenter.views import (
    HelpView,
    HomeView,
    IdentifyView,
    InactivityView,
    KeyView,
    View,
    WaitingView,
)

OPEN_BODIES: Final = (HelpView, IdentifyView, InactivityView, WaitingView)
"""What stands there comes from the translations alone, whoever stands in front of it."""
BLOCK: Final = "■"
BLOCKS_A_WORD: Final = 6
"""So that a long text can still be broken into lines."""


def covered(view: View) -> View:
    """Return `view` without anything about the patient who stands in front of it."""
    if isinstance(view.body, HomeView):
        # Which doctors are late is no secret, but it does not come from the translations.
        return replace(view, body=replace(view.body, notice=None))
    if isinstance(view.body, OPEN_BODIES):
        return view
    return replace(view, body=_covered(view.body))


def _covered(part: Any) -> Any:
    match part:
        case Enum() | KeyView():
            return part
        case str():
            return type(part)(_blocks(part))
        case tuple():
            return tuple(_covered(one) for one in part)
        case _ if is_dataclass(part) and not isinstance(part, type):
            return replace(
                part, **{one.name: _covered(getattr(part, one.name)) for one in fields(part)}
            )
        case _:
            return part


def _blocks(text: str) -> str:
    """Return about as much ink as `text` has."""
    wide_count = sum(unicodedata.east_asian_width(one) in "WF" for one in text)
    count = wide_count + (len(text) - wide_count + 1) // 2
    blocks = BLOCK * count
    return " ".join(blocks[at : at + BLOCKS_A_WORD] for at in range(0, count, BLOCKS_A_WORD))
