"""Each screen, in each language, in normal and in large print: readable, complete, in its place."""

# ruff: noqa: PLC0415 - importing Kivy's window opens it

from collections.abc import Iterator
from dataclasses import replace

import pytest

from assets.theme import TOUCH_MIN
from kiosk.flow.state import MyPlace, State
from kiosk.presenter.views import View, shown_texts
from tests.ui.conftest import Drive
from tests.ui.driver import UiDriver
from tests.ui.kiosk import look
from tests.ui.kiosk.absence_states import ABSENCE_STATES
from tests.ui.kiosk.copy_states import COPY_STATES
from tests.ui.kiosk.inpatient_states import INPATIENT_STATES
from tests.ui.kiosk.payment_states import PAYMENT_STATES
from tests.ui.kiosk.states import STATES as OTHER_STATES
from tests.unit.kiosk.a_kiosk import PRESENTER
from tests.unit.kiosk.hospital_for_tests import place, waiting_visit

pytestmark = pytest.mark.ui

STATES = OTHER_STATES | ABSENCE_STATES | PAYMENT_STATES | INPATIENT_STATES | COPY_STATES
DOCK = tuple(f"dock-{key}" for key in ("home", "back", "language", "elder", "listen", "help"))
TEXT_MIN_SP = 18
TEXT_MIN_ELDER_SP = 30
CONTRAST_MIN = 4.5


def variants(state: State) -> Iterator[State]:
    for language in PRESENTER.settings.languages:
        for is_elder in (False, True):
            yield replace(state, language=language, is_elder=is_elder)


async def show(ui: UiDriver, state: State) -> View:
    view = PRESENTER.present(state)
    ui.app.wipe()
    ui.app.show(view)
    await ui.frames(2)
    return view


async def window(drive: Drive, size: tuple[int, int]) -> UiDriver:
    from kiosk.app import KioskApp

    first = PRESENTER.present(STATES["home"])
    return await drive(KioskApp(first=first, on_event=lambda event: None), size)


@pytest.mark.parametrize("name", list(STATES))
async def test_a_screen_can_be_read_heard_and_touched(name: str, drive: Drive) -> None:
    size = (1080, 1920)
    ui = await window(drive, size)

    for state in variants(STATES[name]):
        view = await show(ui, state)
        root = ui.app.root
        which = f"{state.language}, {'large' if state.is_elder else 'normal'} print"

        shown = [label.content for label in look.labels(root) if not label.is_private]
        assert shown == list(shown_texts(view)), which
        check_layout(ui, size, which)
        check_sizes(ui, state, which)
        drawn = look.pixels(size)
        pale = [
            (label.content, label.color[:3])
            for label in look.labels(root)
            if look.contrast(look.ground_behind(label, drawn, size), label.color) < CONTRAST_MIN
        ]
        assert pale == [], which


@pytest.mark.parametrize("size", [(720, 1280), (1200, 1920)])
async def test_every_screen_fits_other_windows_too(size: tuple[int, int], drive: Drive) -> None:
    ui = await window(drive, size)

    for name, state in STATES.items():
        await show(ui, replace(state, language="en", is_elder=True))
        check_layout(ui, size, f"{name} at {size}")


async def test_the_longest_reason_the_server_may_send_can_be_moved(drive: Drive) -> None:
    from kivy.uix.scrollview import ScrollView

    ui = await window(drive, (1080, 1920))
    endless = waiting_visit(place=place(reason_en="By the rules. " * 140))
    state = replace(STATES["place"], screen=MyPlace(visit=endless), language="en", is_elder=True)

    await show(ui, state)

    moved = look.scrolling(ui.app.root)
    assert [isinstance(one, ScrollView) for one in moved] == [True]
    assert all(key.y >= 0 for key in look.keys(ui.app.root))


async def test_a_name_the_font_lacks_breaks_nothing(drive: Drive) -> None:
    ui = await window(drive, (1080, 1920))
    state = STATES["visits-none"]
    assert state.session is not None
    rare = replace(state.session, masked_name="\U00031350\ue000**[b]\n")

    await show(ui, replace(state, session=rare))

    texts = [label.text for label in look.labels(ui.app.root)]
    assert any("〓〓**[b]" in text for text in texts)


def check_layout(ui: UiDriver, size: tuple[int, int], which: str) -> None:
    root = ui.app.root
    whole = look.Box(0, 0, *size)
    assert [
        one.content for one in look.labels(root) if not look.ink_box(one).is_within(whole)
    ] == []
    assert look.truncated(root) == [], which
    assert look.overlapping(root) == [], which
    assert look.scrolling(root) == [], which
    for key in look.keys(root):
        assert look.box_of(key).is_within(whole), (key.test_name, which)


def check_sizes(ui: UiDriver, state: State, which: str) -> None:
    from kivy.metrics import dp, sp

    smallest = TEXT_MIN_ELDER_SP if state.is_elder else TEXT_MIN_SP
    for label in look.labels(ui.app.root):
        assert label.font_size >= sp(smallest), (label.content, which)
    for key in look.keys(ui.app.root):
        assert min(key.size) >= dp(TOUCH_MIN), (key.test_name, which)
    docked = [key for key in look.keys(ui.app.root) if key.test_name in DOCK]
    assert {"dock-language", "dock-elder", "dock-listen", "dock-help"} <= {
        key.test_name for key in docked
    }, which
    for key in docked:
        place = 20 + (DOCK.index(key.test_name) + 0.5) * 1040 / 6
        assert key.center_x == pytest.approx(place, abs=2), (key.test_name, which)


async def test_a_screen_that_changes_in_place_looks_like_one_made_anew(drive: Drive) -> None:
    """Every pair of views of one kind, one after the other without a new screen between them."""
    ui = await window(drive, (1080, 1920))
    kinds: dict[type, list[State]] = {}
    for state in STATES.values():
        kinds.setdefault(type(PRESENTER.present(state).body), []).append(state)
    for states in kinds.values():
        anew = {}
        for number, state in enumerate(states):
            await show(ui, state)
            anew[number] = looks(ui)

        for number in [*range(len(states)), *reversed(range(len(states)))]:
            ui.app.show(PRESENTER.present(states[number]))
            await ui.frames(2)
            assert looks(ui) == anew[number]


def looks(ui: UiDriver) -> list[tuple[str, look.Box]]:
    return [(label.content, look.box_of(label)) for label in look.labels(ui.app.root)]
