"""Whatever the kiosk shows, its covered view holds nothing of the patient."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any

import pytest

from kiosk.presenter.covering import BLOCK, covered
from tests.ui.kiosk.absence_states import ABSENCE_STATES
from tests.ui.kiosk.states import STATES as OTHER_STATES
from tests.unit.kiosk.a_kiosk import PRESENTER

STATES = OTHER_STATES | ABSENCE_STATES
KEYS = frozenset("0123456789X")


def texts(part: Any) -> Iterator[str]:
    """Every text of a view, those that are never spoken too."""
    if isinstance(part, str) and not isinstance(part, Enum):
        yield part
    elif isinstance(part, tuple):
        for one in part:
            yield from texts(one)
    elif is_dataclass(part):
        for field in fields(part):
            yield from texts(getattr(part, field.name))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", STATES)
def test_what_is_left_is_a_fixed_text_of_the_kiosk_itself(name: str, language: str) -> None:
    fixed = {
        re.sub(r"\\{\w+\\}", "[0-9]+", re.escape(text))
        for text in PRESENTER.wordings[language].texts.values()
    }
    view = PRESENTER.present(replace(STATES[name], language=language))

    left = {text for text in texts(covered(view).body) if text.strip(f"{BLOCK} ")}

    assert list(texts(view.body)), "the test looks at nothing"
    assert [text for text in left - KEYS if not any(re.fullmatch(one, text) for one in fixed)] == []


def test_every_screen_of_a_session_is_covered() -> None:
    for name in ("visits", "one-visit", "arrived", "place", "too-early", "pad-half"):
        view = PRESENTER.present(STATES[name])

        assert covered(view).body != view.body, name
