"""The area queue of a clinic: a queue without a room, in front of its doctors' queues."""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from queue_server.rules.terms import QueueId

ROOM_CAP_DEFAULT: Final = 2

Spread = Literal["fewest_waiting", "evenly"]


class AreaQueue(msgspec.Struct, frozen=True, kw_only=True):
    """How a clinic's area queue leads to its doctors.

    `room_cap`: so many wait at most in a doctor's queue, emergencies besides. `spread`: who gets
    the next patient, the doctor for whom the fewest wait or the one who was given the fewest.
    `may_ask_for_doctor`: patients are asked at the kiosk whether they want a certain one.
    """

    id: QueueId
    doctors: tuple[QueueId, ...]
    is_automatic: bool = True
    spread: Spread = "fewest_waiting"
    room_cap: int = ROOM_CAP_DEFAULT
    may_ask_for_doctor: bool = False


AreaQueues = Mapping[QueueId, AreaQueue]
"""Area queues by id."""
