"""A view as the body of an answer."""

import msgspec
from starlette.responses import Response


class JsonAnswer(Response):
    """A JSON answer; what it holds is one of our own views, so nothing has to be checked."""

    media_type = "application/json"

    def render(self, content: object) -> bytes:
        """Return the bytes of a view."""
        return msgspec.json.encode(content)
