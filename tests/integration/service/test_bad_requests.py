"""Whatever comes in over the wire: refused where it can be told, and the service goes on."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from queue_server.contract import topics
from queue_server.contract.codec import BadPayload, decode
from queue_server.contract.messages import CallHelp, FindPlace, HelpCalled, Refused, Reply, Request
from queue_server.rules.terms import DeviceId, RefusalCode
from tests.integration.service.served_site import Device, ServedSite

GOOD = {
    "request_id": "r-known",
    "sent_at": "2026-11-23T08:05:00+08:00",
    "expires_at": "2026-11-23T08:06:00+08:00",
    "body": {"type": "find_place", "slip_code": "x"},
}
FIND_PLACE = GOOD["body"]
finite = st.floats(allow_nan=False, allow_infinity=False)
some_json = st.recursive(
    st.none() | st.booleans() | st.integers() | finite | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
many = settings(
    max_examples=80,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def assert_still_answers(kiosk: Device) -> None:
    assert isinstance(kiosk.ask(CallHelp(screen="welcome")), HelpCalled)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"colour": "red"}, "colour"),
        ({"sent_at": "yesterday"}, "sent_at"),
        ({"expires_at": "2026-11-23T08:06:00"}, "expires_at"),
        ({"expires_at": 5}, "expires_at"),
        ({"body": None}, "body"),
        ({"body": {"type": "find_place"}}, "slip_code"),
        ({"body": {"type": "open_sesame"}}, "body.type"),
        ({"body": {**FIND_PLACE, "slip_code": 7}}, "body.slip_code"),  # type: ignore[dict-item]
        ({"body": {**FIND_PLACE, "slip_code": "x" * 201}}, "body.slip_code"),  # type: ignore[dict-item]
        ({"body": {**FIND_PLACE, "extra": 1}}, "extra"),  # type: ignore[dict-item]
        ({"body": {"type": "check_in", "session_id": "A B", "ticket_id": ""}}, "session_id"),
    ],
)
def test_a_wrong_request_is_refused_with_the_name_of_the_field(
    kiosk: Device, change: dict[str, Any], named: str
) -> None:
    kiosk.send(json.dumps(GOOD | change).encode())
    kiosk.wait_until(lambda heard: heard)

    reply = decode(kiosk.payloads("r-known")[0], Reply).body
    assert isinstance(reply, Refused)
    assert reply.code is RefusalCode.BAD_REQUEST
    assert named in reply.message_en
    assert named in reply.message_zh
    assert_still_answers(kiosk)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b"\xff\xfe\x00",
        b'"' + b"x" * 100_000 + b'"',
        b"[" * 60_000,
        b'{"request_id": ' + b"9" * 5000 + b"}",
        json.dumps(GOOD | {"request_id": "Not An Id"}).encode(),
        json.dumps(GOOD | {"request_id": "line-end\n"}).encode(),
        json.dumps({key: value for key, value in GOOD.items() if key != "request_id"}).encode(),
        json.dumps(GOOD | {"padding": "x" * 100_000}).encode(),
    ],
    ids=lambda payload: payload[:24].decode(errors="replace") or "empty",
)
def test_a_payload_without_a_readable_id_is_dropped(kiosk: Device, payload: bytes) -> None:
    kiosk.send(payload)
    assert_still_answers(kiosk)

    assert len(kiosk.heard) == 1


def test_every_instant_that_can_be_written_is_answered(kiosk: Device) -> None:
    for instant in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"):
        kiosk.send(json.dumps(GOOD | {"expires_at": instant, "sent_at": instant}).encode())

    assert_still_answers(kiosk)
    codes = [decode(one.payload, Reply).body for one in kiosk.heard[:2]]
    assert [code.code for code in codes if isinstance(code, Refused)] == [
        RefusalCode.REQUEST_EXPIRED,
        RefusalCode.SLIP_UNKNOWN,
    ]


def test_a_request_of_quality_0_is_answered_and_disturbs_nobody(
    kiosk: Device, served: ServedSite
) -> None:
    for number in range(5):
        kiosk.send(json.dumps(GOOD | {"request_id": f"zero-{number}"}).encode(), qos=0)
    kiosk.wait_until(lambda heard: len(heard) == 5)

    assert_still_answers(kiosk)


def test_strange_messages_at_the_servers_other_topics_are_dropped(
    kiosk: Device, served: ServedSite
) -> None:
    start = f"{topics.PREFIX}/{served.site}"
    for topic in ("request/UPPER", "request/a.b", "status/kiosk-01", "heard/tv-1", "status/ÄÖ"):
        kiosk.send_to(f"{start}/{topic}", b'{"is_up": "perhaps"}')
        kiosk.send_to(f"{start}/{topic}", b"", qos=0)

    assert_still_answers(kiosk)
    assert DeviceId("kiosk-01") not in served.service.now.devices


def test_random_bytes_never_stop_the_service(kiosk: Device, served: ServedSite) -> None:
    @many
    @given(st.binary(max_size=300))
    def send(payload: bytes) -> None:
        kiosk.send(payload)

    send()
    assert_still_answers(kiosk)
    assert len(kiosk.heard) == 1


def test_random_json_in_any_field_is_answered_and_never_stops_the_service(
    kiosk: Device, served: ServedSite
) -> None:
    numbers = iter(range(10_000))
    bodies = [
        {"type": "identify", "id_number": "1"},
        {"type": "check_in", "session_id": "a", "ticket_id": "b"},
        {"type": "find_place", "slip_code": "x"},
        {"type": "call_help", "screen": "welcome"},
    ]

    @many
    @given(st.sampled_from(bodies), st.data())
    def send(body: dict[str, str], data: st.DataObject) -> None:
        request_id = f"random-{next(numbers)}"
        request: dict[str, Any] = GOOD | {"request_id": request_id, "body": dict(body)}
        target = data.draw(st.sampled_from([request, request["body"]]))
        key = data.draw(st.sampled_from(sorted(set(target) - {"request_id"})) | st.text())
        target[key] = data.draw(some_json)
        payload = json.dumps(request).encode()
        try:
            decode(payload, Request)
            is_good = True
        except BadPayload:
            is_good = False
        kiosk.send(payload)
        if request["request_id"] == request_id:
            kiosk.wait_until(lambda _: kiosk.payloads(request_id))
            reply = decode(kiosk.payloads(request_id)[0], Reply).body
            is_refused = isinstance(reply, Refused) and reply.code is RefusalCode.BAD_REQUEST
            neither = b"exactly one" in kiosk.payloads(request_id)[0]
            assert is_refused is (not is_good or neither)

    send()
    assert_still_answers(kiosk)


def test_random_texts_in_a_good_request_are_refused_and_never_stop_the_service(
    kiosk: Device, served: ServedSite
) -> None:
    @many
    @given(st.text(max_size=200))
    def send(text: str) -> None:
        reply = kiosk.ask(FindPlace(slip_code=text))
        assert isinstance(reply, Refused)
        assert reply.code is RefusalCode.SLIP_UNKNOWN

    send()
    assert_still_answers(kiosk)
