"""The signs, drawn by ourselves: strokes on a grid of 24 x 24, smooth at every size."""

from functools import lru_cache

from kivy.graphics.texture import Texture
from PIL import Image, ImageDraw

GRID = 24
STROKE = 1.9
OVERSAMPLING = 4

# A stroke is ("line", x, y, x, y, …), ("box", x0, y0, x1, y1, radius), ("circle", x, y, radius),
# ("dot", x, y, radius) or ("arc", x, y, radius_x, radius_y, from_degree, to_degree).
_SPEAKER = ("line", 3, 9.5, 6.5, 9.5, 11.5, 5.5, 11.5, 18.5, 6.5, 14.5, 3, 14.5, 3, 9.5)
SIGNS = {
    "none": (),
    "home": (
        ("line", 3, 11.5, 12, 3.5, 21, 11.5),
        ("line", 5.5, 9.5, 5.5, 20.5, 18.5, 20.5, 18.5, 9.5),
        ("line", 10, 20.5, 10, 14.5, 14, 14.5, 14, 20.5),
    ),
    "back": (("line", 20, 12, 4, 12), ("line", 10.5, 5.5, 4, 12, 10.5, 18.5)),
    "language": (
        ("circle", 12, 12, 9),
        ("arc", 12, 12, 4.2, 9, 0, 360),
        ("line", 3.4, 9, 20.6, 9),
        ("line", 3.4, 15, 20.6, 15),
    ),
    "elder": (
        ("circle", 10.5, 10.5, 7),
        ("line", 15.8, 15.8, 21, 21),
        ("line", 10.5, 7.5, 10.5, 13.5),
        ("line", 7.5, 10.5, 13.5, 10.5),
    ),
    "listen": (
        _SPEAKER,
        ("arc", 12.5, 12, 3.6, 3.6, -55, 55),
        ("arc", 12.5, 12, 7.6, 7.6, -55, 55),
    ),
    "silence": (_SPEAKER, ("line", 15.5, 9, 21, 15), ("line", 21, 9, 15.5, 15)),
    "help": (
        ("circle", 12, 12, 9),
        ("arc", 12, 9.6, 2.9, 2.9, 175, 405),
        ("line", 14, 11.7, 12, 13, 12, 14.2),
        ("dot", 12, 17.2, 1.25),
    ),
    "check-in": (
        ("box", 4.5, 4.5, 19.5, 21, 2.5),
        ("box", 8.5, 2.5, 15.5, 6.5, 1.5),
        ("line", 8, 13.5, 11, 16.5, 16.2, 10.8),
    ),
    "place": (
        ("circle", 12, 8, 3.2),
        ("arc", 12, 20.5, 6, 7, 180, 360),
        ("circle", 4.6, 10.6, 1.9),
        ("arc", 3.6, 20.5, 3.4, 5.4, 205, 300),
        ("circle", 19.4, 10.6, 1.9),
        ("arc", 20.4, 20.5, 3.4, 5.4, 240, 335),
    ),
    "scan": (
        ("line", 3.5, 8, 3.5, 3.5, 8, 3.5),
        ("line", 16, 3.5, 20.5, 3.5, 20.5, 8),
        ("line", 20.5, 16, 20.5, 20.5, 16, 20.5),
        ("line", 8, 20.5, 3.5, 20.5, 3.5, 16),
        ("line", 5.5, 12, 18.5, 12),
    ),
    "phone": (
        ("box", 6, 2, 18, 22, 2.5),
        ("box", 9, 6.5, 11.2, 8.7, 0),
        ("box", 13, 6.5, 15.2, 8.7, 0),
        ("box", 9, 10.5, 11.2, 12.7, 0),
        ("dot", 14.1, 11.6, 1.1),
        ("line", 10.5, 18.3, 13.5, 18.3),
    ),
    "slip": (
        ("line", 5.5, 21, 5.5, 3, 18.5, 3, 18.5, 21),
        ("line", 5.5, 21, 8.75, 18.8, 12, 21, 15.25, 18.8, 18.5, 21),
        ("line", 9, 7.5, 15, 7.5),
        ("line", 9, 11, 15, 11),
        ("line", 9, 14.5, 12.5, 14.5),
    ),
    "sound": (
        ("line", 5, 17.5, 6.5, 15.5, 6.5, 10.5),
        ("arc", 12, 10.5, 5.5, 6.5, 180, 360),
        ("line", 17.5, 10.5, 17.5, 15.5, 19, 17.5, 5, 17.5),
        ("arc", 12, 18.5, 2.6, 2.6, 10, 170),
        ("line", 12, 4, 12, 2.5),
    ),
    "keypad": (
        *(("dot", x, y, 1.6) for y in (4.5, 10, 15.5) for x in (6, 12, 18)),
        ("dot", 12, 21, 1.6),
    ),
    "delete": (
        ("line", 8, 5, 21, 5, 21, 19, 8, 19, 2.5, 12, 8, 5),
        ("line", 11, 9, 17, 15),
        ("line", 17, 9, 11, 15),
    ),
    "confirm": (("circle", 12, 12, 9), ("line", 7.8, 12.3, 10.9, 15.4, 16.4, 9)),
    "nurse": (
        ("circle", 12, 8.2, 4.2),
        ("arc", 12, 21.5, 8, 7.5, 180, 360),
        ("line", 12, 16, 12, 20),
        ("line", 10, 18, 14, 18),
    ),
    "caution": (
        ("line", 12, 3.5, 22, 20.5, 2, 20.5, 12, 3.5),
        ("line", 12, 9.8, 12, 14.6),
        ("dot", 12, 17.6, 1.2),
    ),
    "cross": (
        ("circle", 12, 12, 9),
        ("line", 8.6, 8.6, 15.4, 15.4),
        ("line", 15.4, 8.6, 8.6, 15.4),
    ),
    "clock": (("circle", 12, 12, 9), ("line", 12, 6.6, 12, 12, 15.8, 14.2)),
    "next": (("line", 9, 4.5, 16.5, 12, 9, 19.5),),
    "earlier": (("line", 15, 4.5, 7.5, 12, 15, 19.5),),
    "printer": (
        ("line", 7, 8.5, 7, 3, 17, 3, 17, 8.5),
        ("line", 7, 17, 3.5, 17, 3.5, 8.5, 20.5, 8.5, 20.5, 17, 17, 17),
        ("box", 7, 13.5, 17, 21, 0.8),
    ),
    "pay": (
        ("circle", 12, 12, 9),
        ("line", 8.4, 6.8, 12, 11.4, 15.6, 6.8),
        ("line", 12, 11.4, 12, 17.6),
        ("line", 8.8, 11.8, 15.2, 11.8),
        ("line", 8.8, 14.7, 15.2, 14.7),
    ),
    "qr": (
        ("box", 3.5, 3.5, 10, 10, 1),
        ("box", 14, 3.5, 20.5, 10, 1),
        ("box", 3.5, 14, 10, 20.5, 1),
        ("dot", 6.75, 6.75, 1.2),
        ("dot", 17.25, 6.75, 1.2),
        ("dot", 6.75, 17.25, 1.2),
        ("line", 14, 14, 16.5, 14, 16.5, 16.5),
        ("line", 20.5, 14, 20.5, 17),
        ("line", 14, 18, 14, 20.5, 17, 20.5),
        ("dot", 20.3, 20.3, 0.9),
    ),
    "report": (
        ("line", 14.5, 2.5, 5, 2.5, 5, 21.5, 19, 21.5, 19, 7, 14.5, 2.5, 14.5, 7, 19, 7),
        ("line", 8.5, 11.5, 15.5, 11.5),
        ("line", 8.5, 14.5, 15.5, 14.5),
        ("line", 8.5, 17.5, 12.5, 17.5),
    ),
    "card": (
        ("box", 2.5, 5, 21.5, 19, 2.5),
        ("circle", 8, 10.5, 2),
        ("arc", 8, 16.4, 3.6, 2.6, 180, 360),
        ("line", 14, 10, 18.5, 10),
        ("line", 14, 14, 18.5, 14),
    ),
    "bed": (
        ("line", 2.5, 5, 2.5, 20),
        ("line", 2.5, 16.5, 21.5, 16.5, 21.5, 20),
        ("circle", 7, 10.6, 2.2),
        ("line", 11, 16.5, 11, 9.5, 17.5, 9.5, 21.5, 12.5, 21.5, 16.5),
    ),
    "cash": (
        ("box", 2, 6, 22, 18, 1.5),
        ("circle", 12, 12, 2.8),
        ("line", 5.6, 12, 5.7, 12),
        ("line", 18.3, 12, 18.4, 12),
    ),
    "checked": (
        ("box", 3.5, 3.5, 20.5, 20.5, 3),
        ("line", 7.5, 12.2, 10.8, 15.6, 16.6, 8.6),
    ),
    "unchecked": (("box", 3.5, 3.5, 20.5, 20.5, 3),),
    "eye": (
        ("arc", 12, 17.2, 11.2, 10.8, 214, 326),
        ("arc", 12, 6.8, 11.2, 10.8, 34, 146),
        ("circle", 12, 12, 3),
    ),
}


@lru_cache(maxsize=128)
def icon_texture(name, size_px):
    """Return the sign in white, to be coloured by the canvas."""
    large = draw_sign(name, size_px * OVERSAMPLING)
    alpha = large.resize((size_px, size_px), Image.Resampling.LANCZOS)
    image = Image.new("RGBA", alpha.size, (255, 255, 255, 0))
    image.putalpha(alpha)
    texture = Texture.create(size=alpha.size, colorfmt="rgba")
    texture.blit_buffer(image.tobytes(), colorfmt="rgba", bufferfmt="ubyte")
    texture.flip_vertical()
    return texture


def draw_sign(name, size_px):
    """Return the sign as a picture in grey: white where there is ink."""
    picture = Image.new("L", (size_px, size_px), 0)
    pen = ImageDraw.Draw(picture)
    unit = size_px / GRID
    width = max(1, round(STROKE * unit))
    for kind, *numbers in SIGNS[name]:
        _DRAW[kind](pen, [number * unit for number in numbers], numbers, width)
    return picture


def _line(pen, places, _numbers, width):
    points = list(zip(places[::2], places[1::2], strict=True))
    pen.line(points, fill=255, width=width)
    for x, y in points:
        _disc(pen, x, y, width / 2)


def _box(pen, places, _numbers, width):
    x0, y0, x1, y1, radius = places
    half = width / 2
    pen.rounded_rectangle(
        (x0 - half, y0 - half, x1 + half, y1 + half), radius=radius + half, outline=255, width=width
    )


def _circle(pen, places, _numbers, width):
    x, y, radius = places
    outer = radius + width / 2
    pen.ellipse((x - outer, y - outer, x + outer, y + outer), outline=255, width=width)


def _dot(pen, places, _numbers, _width):
    _disc(pen, *places)


def _arc(pen, places, numbers, width):
    x, y, radius_x, radius_y = places[:4]
    half = width / 2
    box = (x - radius_x - half, y - radius_y - half, x + radius_x + half, y + radius_y + half)
    pen.arc(box, numbers[4], numbers[5], fill=255, width=width)


def _disc(pen, x, y, radius):
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)


_DRAW = {"line": _line, "box": _box, "circle": _circle, "dot": _dot, "arc": _arc}
