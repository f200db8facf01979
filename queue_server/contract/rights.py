"""Who may do what on the broker: the one table, from which each broker's access rules are made.

What is not granted here is forbidden. A filter may end in `#` for the server alone: whoever
stands in front of patients names each of his topics.
"""

from dataclasses import dataclass

from queue_server.contract import topics
from queue_server.contract.topics import SERVER
from queue_server.rules.terms import AreaId, DeviceId, RoomId, SiteId


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """The topics that somebody may write to, and those that he may read."""

    may_publish: tuple[str, ...]
    may_subscribe: tuple[str, ...]


def rights_of_kiosk(site: SiteId, device: DeviceId) -> Rights:
    """A kiosk asks, and reads what it is told: nobody else's answers and money, and no board."""
    return Rights(
        may_publish=(
            topics.request(site, device),
            topics.status(site, device),
            topics.screenshot(site, device),
        ),
        may_subscribe=(
            topics.reply(site, device),
            topics.payment(site, device),
            topics.command(site, device),
            topics.status(site, SERVER),
            topics.offline(site),
            topics.absences(site),
        ),
    )


def rights_of_area_board(site: SiteId, device: DeviceId, area: AreaId) -> Rights:
    """An area board reads what its area shows and speaks."""
    return _rights_of_board(
        site,
        device,
        topics.area_board(site, area),
        topics.call(site, area),
        topics.notice(site, area),
    )


def rights_of_door_board(site: SiteId, device: DeviceId, room: RoomId, area: AreaId) -> Rights:
    """A door board reads what its room shows, and the calls of the area it stands in."""
    return _rights_of_board(site, device, topics.room_board(site, room), topics.call(site, area))


def rights_of_server(site: SiteId) -> Rights:
    """The server owns everything of its site, and nothing of another one."""
    everything = (topics.everything_filter(site),)
    return Rights(may_publish=everything, may_subscribe=everything)


def _rights_of_board(site: SiteId, device: DeviceId, *shown: str) -> Rights:
    return Rights(
        may_publish=(
            topics.status(site, device),
            topics.heard(site, device),
            topics.screenshot(site, device),
        ),
        may_subscribe=(*shown, topics.command(site, device), topics.status(site, SERVER)),
    )
