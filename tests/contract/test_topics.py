"""Topics, pinned: devices out there were built for these very texts."""

import pytest

from queue_server.contract import topics
from queue_server.contract.document import topic_pattern
from queue_server.contract.document_parts import TOPICS
from queue_server.rules.terms import AreaId, DeviceId, RoomId, SiteId

SITE, KIOSK = SiteId("qingyu"), DeviceId("kiosk-01")
AREA, ROOM = AreaId("area-a"), RoomId("room-201")


def test_topics_are_what_they_have_always_been() -> None:
    for topic, text in (
        (topics.request(SITE, KIOSK), "hk/v1/qingyu/request/kiosk-01"),
        (topics.reply(SITE, KIOSK), "hk/v1/qingyu/reply/kiosk-01"),
        (topics.area_board(SITE, AREA), "hk/v1/qingyu/board/area/area-a"),
        (topics.room_board(SITE, ROOM), "hk/v1/qingyu/board/room/room-201"),
        (topics.call(SITE, AREA), "hk/v1/qingyu/call/area-a"),
        (topics.notice(SITE, AREA), "hk/v1/qingyu/notice/area-a"),
        (topics.offline(SITE), "hk/v1/qingyu/offline"),
        (topics.absences(SITE), "hk/v1/qingyu/absences"),
        (topics.status(SITE, KIOSK), "hk/v1/qingyu/status/kiosk-01"),
        (topics.command(SITE, KIOSK), "hk/v1/qingyu/command/kiosk-01"),
        (topics.heard(SITE, KIOSK), "hk/v1/qingyu/heard/kiosk-01"),
        (topics.screenshot(SITE, KIOSK), "hk/v1/qingyu/screenshot/kiosk-01"),
        (topics.requests_filter(SITE), "hk/v1/qingyu/request/+"),
        (topics.statuses_filter(SITE), "hk/v1/qingyu/status/+"),
        (topics.heard_filter(SITE), "hk/v1/qingyu/heard/+"),
        (topics.screenshots_filter(SITE), "hk/v1/qingyu/screenshot/+"),
    ):
        assert topic == text


def test_the_page_names_every_topic_with_its_places() -> None:
    assert [topic_pattern(topic) for topic, *_ in TOPICS] == [
        "hk/v1/<site>/request/<device>",
        "hk/v1/<site>/reply/<device>",
        "hk/v1/<site>/payment/<device>",
        "hk/v1/<site>/board/area/<area>",
        "hk/v1/<site>/board/room/<room>",
        "hk/v1/<site>/call/<area>",
        "hk/v1/<site>/notice/<area>",
        "hk/v1/<site>/offline",
        "hk/v1/<site>/absences",
        "hk/v1/<site>/status/<device>",
        "hk/v1/<site>/command/<device>",
        "hk/v1/<site>/heard/<device>",
        "hk/v1/<site>/screenshot/<device>",
    ]


@pytest.mark.parametrize("text", ["", "A", "a.b", "a/b", "+", "#", "a b", "ä", "a\n", "a" * 65])
def test_what_may_not_stand_in_a_topic_is_refused(text: str) -> None:
    assert not topics.is_id(text)
    with pytest.raises(topics.BadTopic, match="may only hold"):
        topics.request(SITE, DeviceId(text))
    with pytest.raises(topics.BadTopic):
        topics.request(SiteId(text), KIOSK)


@pytest.mark.parametrize("kind", ["request", "reply", "status", "command", "heard"])
def test_the_device_is_read_from_its_topic(kind: str) -> None:
    assert topics.device_of(SITE, kind, f"hk/v1/qingyu/{kind}/kiosk-01") == KIOSK
    for strange in (
        f"hk/v1/other/{kind}/kiosk-01",
        f"hk/v2/qingyu/{kind}/kiosk-01",
        f"hk/v1/qingyu/{kind}/kiosk-01/more",
        f"hk/v1/qingyu/{kind}/",
        "hk/v1/qingyu/board/area/a",
        "",
    ):
        with pytest.raises(topics.BadTopic):
            topics.device_of(SITE, kind, strange)
