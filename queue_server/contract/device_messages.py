"""What devices tell of themselves and are told by the technician; the form: see `messages.py`."""

from typing import Annotated

from msgspec import Meta

from queue_server.contract.message import Id, Instant, Message, ShortText
from queue_server.rules.terms import DeviceAct

SCREENSHOT_BYTES_MAX = 48_000
"""A picture of a window is scaled down until its file is no larger: in base64 it fits a payload."""


class OfflineRules(Message, frozen=True, kw_only=True):
    """`offline` (retained): what a kiosk may do without the server; it keeps the last on disk."""

    published_at: Instant
    """When the server sent it."""
    may_check_in: bool
    """Whether the site lets kiosks check in by the virtual card alone."""
    card_keys: list[Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{43}$(?!\n)")]]
    """Public keys of the cards: the 32 bytes of Ed25519, base64url; their issuer is the site."""
    day_rolls_over_s: int
    """When the clinic day begins, in seconds after midnight: provisional numbers begin anew."""


class DeviceStatus(Message, frozen=True, kw_only=True):
    """`status/<device>` (retained, and the will): whether a device is there."""

    is_up: bool
    """Whether it is there."""
    reported_at: Instant | None = None
    """When; `null` in the will, which is written before the line breaks."""
    version: ShortText = ""
    """Of the device's program; empty if it does not say."""
    paper: ShortText = ""
    """What its printer says of the paper, for the technician; empty without a printer."""
    kind: Annotated[str, Meta(pattern="^(kiosk|area-board|door-board|)$")] = ""
    """What it is; empty if it does not say."""
    shows: Annotated[str, Meta(pattern=r"^[a-z0-9-]{0,64}$(?!\n)")] = ""
    """Id of the area or room whose board it shows; empty of a kiosk."""
    started_at: Instant | None = None
    """When its program began to run."""
    sound: Annotated[str, Meta(pattern="^(ok|silenced|broken|)$")] = ""
    """Whether its loudspeaker can be heard; empty without a loudspeaker."""
    parts: ShortText = ""
    """How its other devices are, a word each: `scanner:ok id_card:unreachable cash:CASH_JAM`."""


class Heard(Message, frozen=True, kw_only=True):
    """`heard/<device>`: a display has shown and spoken a call, or says why it did not speak."""

    sequence: int
    """Of the call."""
    area: Id
    """Where the call was made."""
    heard_at: Instant
    """When that was decided."""
    was_spoken: bool
    """Whether the loudspeaker said it."""
    why_not: ShortText = ""
    """Why it was not spoken; empty if it was."""


class Command(Message, frozen=True, kw_only=True):
    """`command/<device>`: the technician's desk asks a device to do something."""

    do: DeviceAct
    """What is to be done."""
    expires_at: Instant
    """Later, by its own clock and `CLOCK_SKEW_S`, the device doesn't obey any more."""


class Screenshot(Message, frozen=True, kw_only=True):
    """`screenshot/<device>`: what its window shows, drawn anew with everything personal covered."""

    taken_at: Instant
    """When it was drawn."""
    jpeg: Annotated[bytes, Meta(max_length=SCREENSHOT_BYTES_MAX)]
    """A JPEG file, scaled down; base64 in JSON."""
