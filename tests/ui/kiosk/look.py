"""Measures what stands in the window."""

# ruff: noqa: PLC0415 - importing Kivy's window opens it

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

TOLERANCE_PX = 2.0


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of the window, counted from its lower left corner, in pixels."""

    left: float
    bottom: float
    right: float
    top: float

    def is_within(self, other: "Box") -> bool:
        return (
            self.left >= other.left - TOLERANCE_PX
            and self.bottom >= other.bottom - TOLERANCE_PX
            and self.right <= other.right + TOLERANCE_PX
            and self.top <= other.top + TOLERANCE_PX
        )

    def overlaps(self, other: "Box") -> bool:
        return (
            min(self.right, other.right) - max(self.left, other.left) > TOLERANCE_PX
            and min(self.top, other.top) - max(self.bottom, other.bottom) > TOLERANCE_PX
        )


def box_of(widget: Any) -> Box:
    left, bottom = widget.to_window(*widget.pos)
    return Box(left, bottom, left + widget.width, bottom + widget.height)


def ink_box(label: Any) -> Box:
    """Where the letters are: the font keeps a quarter of a line free above and below."""
    x, y = label.to_window(*label.center)
    width = min(label.texture_size[0], label.width) if label.halign == "left" else label.width
    left = x - label.width / 2
    height = label.texture_size[1] - 0.4 * label.font_size
    return Box(left, y - height / 2, left + width, y + height / 2)


def labels(root: Any) -> list[Any]:
    """All words of the window, in reading order."""
    from kiosk.widgets.parts import Printed

    return [one for one in root.walk() if isinstance(one, Printed) and one.text]


def keys(root: Any) -> list[Any]:
    """Everything that can be pressed."""
    from kiosk.widgets.parts import Pressable

    return [one for one in root.walk() if isinstance(one, Pressable)]


def surface_of(widget: Any) -> Any:
    """The key, panel or list that the widget stands in."""
    from kiosk.widgets.parts import Panel, Pressable, Reading

    for parent in ancestors(widget):
        if isinstance(parent, Panel | Pressable | Reading):
            return parent
    return widget.get_parent_window().children[0]


def ancestors(widget: Any) -> Iterator[Any]:
    while widget.parent is not None and widget.parent is not widget:
        widget = widget.parent
        yield widget


def truncated(root: Any) -> list[str]:
    """Words whose letters do not fit where they stand, or leave their key or panel."""
    found = []
    for label in labels(root):
        fits = label.texture_size[0] <= label.width + TOLERANCE_PX
        if not fits or not ink_box(label).is_within(box_of(surface_of(label))):
            found.append(label.content)
    return found


def overlapping(root: Any) -> list[tuple[str, str]]:
    """Pairs of words that run into one another."""
    return [
        (one.content, other.content)
        for one, other in combinations(labels(root), 2)
        if ink_box(one).overlaps(ink_box(other))
    ]


def scrolling(root: Any) -> list[Any]:
    """Parts that do not fit and would have to be moved with a finger."""
    from kiosk.widgets.parts import Reading

    return [one for one in root.walk() if isinstance(one, Reading) and one.do_scroll_y]


def pixels(size: tuple[int, int]) -> bytes:
    """What has been drawn: four bytes a pixel, the lowest row first."""
    from kivy.graphics.opengl import GL_RGBA, GL_UNSIGNED_BYTE, glReadPixels

    drawn: bytes = glReadPixels(0, 0, size[0], size[1], GL_RGBA, GL_UNSIGNED_BYTE)
    return drawn


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """The contrast of two colours by WCAG 2; the parts are 0 to 1."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: tuple[float, ...]) -> float:
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in color[:3]]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def ground_behind(label: Any, drawn: bytes, size: tuple[int, int]) -> tuple[float, ...]:
    """The colour just left of the first letter."""
    box = box_of(label)
    x = min(max(round(box.left) - 3, 0), size[0] - 1)
    y = min(max(round((box.bottom + box.top) / 2), 0), size[1] - 1)
    at = (y * size[0] + x) * 4
    return tuple(part / 255 for part in drawn[at : at + 3])
