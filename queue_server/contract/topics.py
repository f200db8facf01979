"""All topics, built and parsed here and nowhere else.

Every topic stands below `hk/v1/<site>/`. Ids are `[a-z0-9-]+`: no dots, because one of the
brokers maps `/` to `.`.
"""

import re
from functools import lru_cache

from queue_server.rules.terms import AreaId, DeviceId, RoomId, SiteId

PREFIX = "hk/v1"
SERVER = DeviceId("queue-server")
"""The id under which the server tells its own status."""
_ID = re.compile(r"[a-z0-9-]{1,64}")


class BadTopic(ValueError):
    """The topic is none of ours."""


def is_id(text: str) -> bool:
    """Tell whether `text` may stand in a topic."""
    return _ID.fullmatch(text) is not None


@lru_cache(4096)
def _topic(site: SiteId, *parts: str) -> str:
    for part in (site, *parts):
        if not is_id(part):
            raise BadTopic(f"{part!r} may only hold a-z, 0-9 and -")
    return "/".join((PREFIX, site, *parts))


def request(site: SiteId, device: DeviceId) -> str:
    """A device asks here."""
    return _topic(site, "request", device)


def reply(site: SiteId, device: DeviceId) -> str:
    """The server answers the device here."""
    return _topic(site, "reply", device)


def area_board(site: SiteId, area: AreaId) -> str:
    """Retained board of a waiting area."""
    return _topic(site, "board", "area", area)


def room_board(site: SiteId, room: RoomId) -> str:
    """Retained board of a consulting-room door."""
    return _topic(site, "board", "room", room)


def call(site: SiteId, area: AreaId) -> str:
    """Calls of an area, each once."""
    return _topic(site, "call", area)


def notice(site: SiteId, area: AreaId) -> str:
    """Retained notices of an area."""
    return _topic(site, "notice", area)


def offline(site: SiteId) -> str:
    """Retained: what a kiosk needs to check in while the server is away."""
    return _topic(site, "offline")


def absences(site: SiteId) -> str:
    """Retained: which doctors are late, away, pausing or stopped."""
    return _topic(site, "absences")


def status(site: SiteId, device: DeviceId) -> str:
    """Retained presence of a device, and its will."""
    return _topic(site, "status", device)


def command(site: SiteId, device: DeviceId) -> str:
    """The desk's word to a device."""
    return _topic(site, "command", device)


def payment(site: SiteId, device: DeviceId) -> str:
    """How the payments stand that the device has begun or follows; for kiosks only."""
    return _topic(site, "payment", device)


def heard(site: SiteId, device: DeviceId) -> str:
    """A display's word that it has shown and spoken a call."""
    return _topic(site, "heard", device)


def screenshot(site: SiteId, device: DeviceId) -> str:
    """A picture of a device's window with everything personal covered."""
    return _topic(site, "screenshot", device)


def requests_filter(site: SiteId) -> str:
    """The server's subscription to every device's requests."""
    return f"{PREFIX}/{site}/request/+"


def statuses_filter(site: SiteId) -> str:
    """The server's subscription to every device's presence."""
    return f"{PREFIX}/{site}/status/+"


def heard_filter(site: SiteId) -> str:
    """The server's subscription to every display's acknowledgements."""
    return f"{PREFIX}/{site}/heard/+"


def screenshots_filter(site: SiteId) -> str:
    """The server's subscription to every device's screenshots."""
    return f"{PREFIX}/{site}/screenshot/+"


def everything_filter(site: SiteId) -> str:
    """All topics of a site: the server's right."""
    if not is_id(site):
        raise BadTopic(f"{site!r} may only hold a-z, 0-9 and -")
    return f"{PREFIX}/{site}/#"


def device_of(site: SiteId, kind: str, topic: str) -> DeviceId:
    """Return the device of a topic of the form `kind/<device>`, as `request` or `status`.

    Raises:
        BadTopic: it is not such a topic of this site.
    """
    start = f"{PREFIX}/{site}/{kind}/"
    device = topic.removeprefix(start)
    if not topic.startswith(start) or not is_id(device):
        raise BadTopic(f"{topic!r} is no {kind} topic of site {site}")
    return DeviceId(device)
