"""The window: shows views, and hands over what fingers and scanners do. Decides nothing."""

import time
from collections.abc import Callable
from typing import Any

from kivy.app import App
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.lang import Builder
from kivy.properties import BooleanProperty, ObjectProperty

from hardware.scanners.keyboard_wedge import KeyboardWedgeScanner
from kiosk.flow.events import Event, Tapped, Touched
from kiosk.presenter.covering import covered
from kiosk.presenter.views import View
from kiosk.screens.body_screen import BodyScreen
from kiosk.screens.catalogue import SCREENS, load_all_rules
from kiosk.widgets.frame import Frame
from kiosk.widgets.look import register_fonts, scale_to, sizes

ENTER_KEYS = frozenset({13, 271})
"""Enter, and Enter on the number block."""
LAYOUT_ROUNDS = 3
"""After so many, words have found their lines and lie where they belong."""


class KioskApp(App):
    """The kiosk's window.

    Args:
        first: what is shown before anything happened.
        on_event: called with each tap and touch.
        wedge: fed with what is typed, if the scanner types its codes.
    """

    sizes = ObjectProperty(rebind=True)
    is_elder = BooleanProperty(False)

    def __init__(
        self,
        *,
        first: View,
        on_event: Callable[[Event], None],
        wedge: KeyboardWedgeScanner | None = None,
        **properties,
    ):
        super().__init__(**properties)
        self.view = first
        self._on_event = on_event
        self._wedge = wedge
        self._body: BodyScreen | None = None
        self._frame: Frame | None = None

    def build(self):
        """Make the window's contents; called by Kivy once."""
        register_fonts()
        load_all_rules()
        scale_to(*Window.size)
        self._set_print_size(self.view.is_elder)
        Window.bind(
            on_textinput=self._typed,
            on_key_down=self._key_down,
            on_request_close=self._refuse_to_close,
            on_resize=self._resized,
        )
        frame = Frame()
        self._frame = frame
        self.show(self.view)
        return frame

    def on_stop(self):
        """Let go of the window; Kivy calls it twice."""
        # Until everything else has stopped too, views still arrive: they are shown nowhere.
        self._frame = self._body = None
        Window.unbind(
            on_textinput=self._typed,
            on_key_down=self._key_down,
            on_request_close=self._refuse_to_close,
            on_resize=self._resized,
        )

    def open_settings(self, *_):
        """Keep Kivy's own settings (F1) closed."""
        return False

    def show(self, view):
        """Show `view`; a screen that stays is changed, another one is made anew."""
        self.view = view
        if self._frame is None:
            return
        if view.is_elder != self.is_elder:
            self._set_print_size(view.is_elder)
            self._body = None
        screen = SCREENS[type(view.body)]
        if type(self._body) is not screen:
            self._body = screen(view=view.body)
        elif self._body.view != view.body:
            self._body.view = view.body
        self._frame.show(view, self._body)

    def draw_covered(self):
        """Draw the present view with everything personal covered, where nobody sees it.

        Returns its pixels, four bytes each and the highest row first, and its size.
        """
        view = covered(self.view)
        frame = Frame(size=Window.size)
        frame.show(view, SCREENS[type(view.body)](view=view.body))
        for _ in range(LAYOUT_ROUNDS):
            Clock.tick_draw()
            Builder.sync()
        texture = frame.export_as_image().texture
        return texture.pixels, texture.size

    def wipe(self):
        """Drop the screen, so that nothing of it stays in memory."""
        self._body = None
        if self._frame is not None:
            self._frame.forget_body()

    @property
    def screen_name(self) -> str:
        """Which screen is shown: `home`, `id-number-pad`."""
        assert self._body is not None
        return self._body.test_name.removeprefix("screen-")

    def find(self, test_name: str) -> Any:
        """Return the widget of that name.

        Raises:
            LookupError: it is not on the screen.
        """
        for widget in self.root.walk():
            if getattr(widget, "test_name", None) == test_name:
                return widget
        raise LookupError(f"no widget named {test_name!r} on the screen")

    def press(self, view):
        """Take in the press of a key."""
        self._on_event(Tapped(key=view.key, argument=getattr(view, "argument", 0)))

    def touched(self):
        """Take in a touch of anything."""
        self._on_event(Touched())

    def _set_print_size(self, is_elder):
        self.is_elder = is_elder
        self.sizes = sizes(is_elder=is_elder)

    def _typed(self, _window, text):
        if self._wedge is not None:
            self._wedge.type_text(text, time.monotonic())

    def _key_down(self, _window, key, *_):
        if self._wedge is not None and key in ENTER_KEYS:
            self._wedge.press_enter(time.monotonic())
        return True

    def _refuse_to_close(self, *_, **__):
        return True

    def _resized(self, *_):
        scale_to(*Window.size)
        self._set_print_size(self.view.is_elder)
        if self._frame is not None:
            self._body = None
            self._frame.forget()
            self.show(self.view)
