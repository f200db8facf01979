"""A QR code as large as there is room for, black on white."""

from io import BytesIO

import segno
from kivy.core.image import Image as CoreImage
from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.widget import Widget

BORDER_MODULES = 4
"""White around it, without which phones do not find it."""


class QrCode(Widget):
    """Shows `text`; nothing if it is empty."""

    text = StringProperty("")
    texture = ObjectProperty(None, allownone=True)

    def __init__(self, **properties):
        super().__init__(**properties)
        self.bind(text=self._draw)
        self._draw()

    def _draw(self, *_):
        if not self.text:
            self.texture = None
            return
        picture = BytesIO()
        segno.make(self.text, error="m", micro=False).save(
            picture, kind="png", scale=1, border=BORDER_MODULES
        )
        picture.seek(0)
        texture = CoreImage(picture, ext="png").texture
        # Whole squares, not a blur between them.
        texture.mag_filter = "nearest"
        self.texture = texture
