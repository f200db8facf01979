"""The parts that screens are made of. Each shows a view value; a key hands its press to the app."""

from pathlib import Path

from kivy.app import App
from kivy.clock import Clock
from kivy.core.text import Label as CoreLabel
from kivy.lang import Builder
from kivy.metrics import dp
from kivy.properties import (
    BooleanProperty,
    ColorProperty,
    NumericProperty,
    ObjectProperty,
    StringProperty,
)
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.label import Label
from kivy.uix.scrollview import ScrollView
from kivy.uix.widget import Widget

from hardware.line_breaking import break_lines
from kiosk.flow.events import Key as KeyName
from kiosk.presenter.views import Icon, Unspoken
from kiosk.widgets.glyphs import drawable
from kiosk.widgets.icon import icon_texture

ROUNDING_PX = 2
"""Kivy rounds widths: lines a hair too long would be broken once more."""
RULES = Path(__file__).with_suffix(".kv")


def load_rules(path):
    """Read a KV file once in the life of the process."""
    if str(path) not in Builder.files:
        Builder.load_file(str(path))


class Printed(Label):
    """Words in the font and colour of the kiosk."""

    content = StringProperty("")
    test_name = StringProperty("")
    is_private = BooleanProperty(False)

    def on_content(self, _widget, content):
        """Show other words."""
        self.is_private = isinstance(content, Unspoken)
        self.text = drawable(content)


class Text(Printed):
    """Words that break into lines; as high as they need.

    Kivy breaks at blanks only, or anywhere; Chinese between Latin words needs more care.
    """

    def __init__(self, **properties):
        # Once before the next frame, however often size and words change until then.
        self._break_soon = Clock.create_trigger(self._break, -1)
        super().__init__(**properties)
        self.bind(width=self._break_soon, font_size=self._break_soon, bold=self._break_soon)

    def on_content(self, widget, content):
        """Show other words."""
        super().on_content(widget, content)
        self._break_soon()

    def _break(self, *_):
        label = CoreLabel(font_name=self.font_name, font_size=self.font_size, bold=self.bold)
        width_px = self.width - ROUNDING_PX

        def measure(line):
            return label.get_extents(line)[0]

        self.text = "\n".join(break_lines(drawable(self.content), width_px, measure))


class Word(Printed):
    """Words on one line; as wide as they need."""


class Sign(Widget):
    """An icon."""

    icon = StringProperty("none")
    ink = ColorProperty()
    texture = ObjectProperty(None, allownone=True)

    def __init__(self, **properties):
        super().__init__(**properties)
        self.bind(icon=self._draw, size=self._draw)
        self._draw()

    def _draw(self, *_):
        side = round(min(self.size))
        self.texture = icon_texture(str(self.icon), side) if side > 4 else None


class Panel(BoxLayout):
    """A rounded surface."""

    ground = ColorProperty()
    outline = ColorProperty((0, 0, 0, 0))


class Stack(BoxLayout):
    """Parts below one another, as high as they are together."""


class Row(BoxLayout):
    """Parts side by side, as high as the highest."""


class Gap(Widget):
    """Empty space that takes what is left over."""


class Pressable(ButtonBehavior, BoxLayout):
    """Anything a finger can press; `view` says which key it is."""

    view = ObjectProperty(rebind=True)
    test_name = StringProperty("")
    is_enabled = BooleanProperty(True)

    def on_view(self, _widget, view):
        """Become another key."""
        self.test_name = name_of(view)
        self.is_enabled = getattr(view, "is_enabled", True)

    def on_release(self):
        """Hand the press over."""
        if self.is_enabled:
            App.get_running_app().press(self.view)


class DockKey(Pressable):
    """A key of the bottom row: sign above, word below."""

    def on_view(self, widget, view):
        """Become another key, with a name that no key of a screen has."""
        super().on_view(widget, view)
        self.test_name = f"dock-{view.key}"


class SignedKey(Pressable):
    """A key with a word, and a sign if it has one."""

    _sign = None

    def on_view(self, widget, view):
        """Become another key; without a sign its word stands in the middle."""
        super().on_view(widget, view)
        if self._sign is None:
            return
        has_sign = self._sign.parent is not None
        if has_sign and view.icon is Icon.NONE:
            self.remove_widget(self._sign)
        elif not has_sign and view.icon is not Icon.NONE:
            # Behind the gap that keeps sign and word in the middle.
            self.add_widget(self._sign, index=len(self.children) - 1)

    def on_kv_post(self, _base):
        """Keep the sign: Kivy forgets a part by its id once it is taken out."""
        self._sign = self.ids.sign.__self__ if "sign" in self.ids else None
        if self.view is not None:
            self.on_view(self, self.view)


class Key(SignedKey):
    """The usual key."""

    is_primary = BooleanProperty(False)
    least_height = NumericProperty()


class CompactKey(Pressable):
    """A small key inside a panel."""


class PadKey(SignedKey):
    """A key of the number pad."""


class ChoiceCard(Pressable):
    """A large key that says what it is for."""

    is_first = BooleanProperty(False)
    is_tight = BooleanProperty(False)
    """Many of them share the screen, in large print."""
    ink = ColorProperty()


class VisitCard(Pressable):
    """A visit in the list."""


class Message(Panel):
    """A sentence on a coloured ground, with a sign."""

    view = ObjectProperty(rebind=True)

    def on_kv_post(self, _base):
        """Add the second sentence, if there is one."""
        if self.view.more:
            self.ids.words.add_widget(MessageMore(content=self.view.more))


class MessageMore(Text):
    """The second, quieter sentence of a message."""


class Fact(BoxLayout):
    """A label and what it is, side by side."""

    view = ObjectProperty(rebind=True)


class FactStacked(BoxLayout):
    """The same in large print: one below the other."""

    view = ObjectProperty(rebind=True)


class StepRow(Panel):
    """One step of an instruction; a tight one has smaller letters."""

    view = ObjectProperty(rebind=True)
    is_tight = BooleanProperty(False)


class Title(Text):
    """The sentence that says what the screen is."""


class Lead(Text):
    """A sentence below it."""


class BreathingDots(Widget):
    """Three dots that breathe slowly while the server is asked."""

    phase = NumericProperty(0.0)


class Reading(ScrollView):
    """Where sentences stand: usually all are to be seen; the longest can be moved with a finger."""

    def add_widget(self, widget, *args, **kwargs):
        """Put `widget` below the others."""
        if self.children:
            self.children[0].add_widget(widget, *args, **kwargs)
        else:
            super().add_widget(widget, *args, **kwargs)


def name_of(view):
    """Return the test name of a screen's key: `check-in`, `digit-5`, `visit-0`."""
    has_siblings = view.key in {
        KeyName.DIGIT,
        KeyName.VISIT,
        KeyName.BILL,
        KeyName.CHANNEL,
        KeyName.REPORT,
        KeyName.RECEIPT,
        KeyName.AMOUNT,
        KeyName.DOCTOR,
    }
    return f"{view.key}-{view.argument}" if has_siblings else str(view.key)


def px(value_dp):
    """Return dp as whole pixels: lines of a hair's breadth stay sharp."""
    return max(1, round(dp(value_dp)))
