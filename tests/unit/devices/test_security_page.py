"""The page on security tells the rights that brokers are given."""

import re
from pathlib import Path

import pytest

from queue_server.contract.rights import (
    Rights,
    rights_of_area_board,
    rights_of_door_board,
    rights_of_kiosk,
)
from queue_server.rules.terms import AreaId, DeviceId, RoomId, SiteId

PAGE = Path(__file__).parents[3] / "docs" / "security.md"
SITE, DEVICE = SiteId("a-site"), DeviceId("a-device")
AREA, ROOM = AreaId("an-area"), RoomId("a-room")
PLACES = {DEVICE: "<device>", AREA: "<area>", ROOM: "<room>"}


def as_written(topics: tuple[str, ...]) -> set[str]:
    written = set()
    for topic in topics:
        parts = topic.removeprefix(f"hk/v1/{SITE}/").split("/")
        written.add("/".join(PLACES.get(part, part) for part in parts))
    return written


@pytest.mark.parametrize(
    ("who", "rights"),
    [
        ("kiosk", rights_of_kiosk(SITE, DEVICE)),
        ("area board", rights_of_area_board(SITE, DEVICE, AREA)),
        ("door board", rights_of_door_board(SITE, DEVICE, ROOM, AREA)),
    ],
)
def test_the_page_tells_what_each_kind_of_device_may_do(who: str, rights: Rights) -> None:
    row = re.search(rf"^\| {who} \|(.*)\|(.*)\|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)

    assert row is not None
    writes, reads = (set(re.findall(r"`([^`]+)`", cell)) for cell in row.groups())
    assert writes == as_written(rights.may_publish)
    assert reads == as_written(rights.may_subscribe)
