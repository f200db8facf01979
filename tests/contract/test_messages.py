"""Every message: there and back, and refused by name of the field when it is wrong."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queue_server.contract import (
    absence,
    board_layout,
    boards,
    device_messages,
    doctor_choice,
    inpatient,
    messages,
    payments,
    receipt_messages,
    report_messages,
)
from queue_server.contract.boards import AreaBoard, BoardRoom, Notice, Notices, ShownTicket
from queue_server.contract.codec import BadPayload, decode, encode
from queue_server.contract.examples import EXAMPLES, EXCHANGE
from queue_server.contract.message import Message
from queue_server.contract.messages import PAYLOAD_BYTES_MAX, CheckIn, FindPlace, Request
from queue_server.rules.terms import QueueStatus, TicketKind, TicketState

MODULES = (
    absence,
    board_layout,
    boards,
    device_messages,
    doctor_choice,
    inpatient,
    messages,
    payments,
    receipt_messages,
    report_messages,
)
ALL = sorted(
    {
        kind
        for module in MODULES
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Message) and kind is not Message
    },
    key=lambda kind: kind.__name__,
)
WITHOUT_NEEDS = (
    messages.Identify,
    messages.HelpCalled,
    messages.TakenOver,
    board_layout.BoardLayout,
    report_messages.Proven,
    report_messages.PrintingNoted,
)
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=timezone(timedelta(hours=8)))
each = pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)


def as_json(message: Message) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(encode(message))
    return fields


def refusal(fields: object, kind: type[Message]) -> str:
    with pytest.raises(BadPayload) as told:
        decode(json.dumps(fields).encode(), kind)
    return str(told.value)


def test_every_message_has_an_example() -> None:
    assert sorted(EXAMPLES, key=lambda kind: kind.__name__) == ALL


@each
def test_no_message_has_a_place_for_a_full_name(kind: type[Message]) -> None:
    names = [field for field in kind.__struct_fields__ if "name" in field]

    assert set(names) <= {"masked_name", "spoken_name_zh", "spoken_name_en"}


@each
def test_a_message_comes_back_as_it_went(kind: type[Message]) -> None:
    example = EXAMPLES[kind]

    assert decode(encode(example), kind) == example


@each
def test_an_unknown_field_is_refused_by_its_name(kind: type[Message]) -> None:
    assert "colour" in refusal(as_json(EXAMPLES[kind]) | {"colour": "red"}, kind)


@each
def test_a_missing_field_is_refused_by_its_name(kind: type[Message]) -> None:
    required = [field for field in msgspec.structs.fields(kind) if field.required]
    for field in required:
        fields = as_json(EXAMPLES[kind])
        del fields[field.name]
        assert field.name in refusal(fields, kind)
    assert required or kind.__name__ in {kind.__name__ for kind in WITHOUT_NEEDS}


@each
def test_a_wrong_type_is_refused_by_the_name_of_its_field(kind: type[Message]) -> None:
    for field in msgspec.structs.fields(kind):
        told = refusal(as_json(EXAMPLES[kind]) | {field.name: {"no": ["such"]}}, kind)
        assert f"$.{field.name}" in told or "no" in told


@each
def test_what_is_no_object_is_refused(kind: type[Message]) -> None:
    for payload in (b"", b"null", b"[]", b"7", b'"text"', b"{", b"\xff\xfe", b"[" * 60_000):
        with pytest.raises(BadPayload):
            decode(payload, kind)


@each
def test_a_tagged_message_is_known_by_its_type(kind: type[Message]) -> None:
    told = msgspec.inspect.type_info(kind)
    assert isinstance(told, msgspec.inspect.StructType)
    if told.tag is not None:
        assert as_json(EXAMPLES[kind])["type"] == told.tag
        assert "$.type" in refusal(as_json(EXAMPLES[kind]) | {"type": "else"}, kind)
    else:
        assert "type" not in as_json(EXAMPLES[kind])


def test_a_field_deep_inside_is_named_with_its_way() -> None:
    board = as_json(EXAMPLES[AreaBoard])
    board["rooms"][0]["waiting"][0]["kind"] = "vip"

    assert "$.rooms[0].waiting[0].kind" in refusal(board, AreaBoard)


@pytest.mark.parametrize(
    "text", ["", "A", "a b", "a.b", "a/b", "ä", "a\n", "\na", "a" * 65, "\u0661"]
)
def test_an_id_holds_small_letters_digits_and_hyphens_only(text: str) -> None:
    assert "session_id" in refusal(
        {"type": "check_in", "session_id": text, "ticket_id": "x"}, CheckIn
    )


@pytest.mark.parametrize("text", ["a", "0", "-", "a" * 64, "0b6f4a52-6a3f-4d8e-9a55-1d1f8a6c2e01"])
def test_an_id_may_be_a_uuid(text: str) -> None:
    check_in = CheckIn(session_id=text, ticket_id="x")

    assert decode(encode(check_in), CheckIn) == check_in


@pytest.mark.parametrize(
    "instant", ["2026-11-23T12:00:00", "2026-11-23", "12:00", "2026-11-23T25:00:00Z", 1700000000]
)
def test_an_instant_without_an_offset_is_refused(instant: object) -> None:
    request = as_json(EXAMPLES[Request]) | {"expires_at": instant}

    assert "expires_at" in refusal(request, Request)


@pytest.mark.parametrize("instant", ["2026-11-23T12:00:00+08:00", "2026-11-23T04:00:00Z"])
def test_an_instant_may_have_any_offset(instant: str) -> None:
    request = decode(
        json.dumps(as_json(EXAMPLES[Request]) | {"expires_at": instant}).encode(), Request
    )

    assert request.expires_at == NOON.astimezone(UTC)


def test_texts_and_payloads_have_an_end() -> None:
    assert "slip_code" in refusal({"type": "find_place", "slip_code": "x" * 201}, FindPlace)
    with pytest.raises(BadPayload, match=f"at most {PAYLOAD_BYTES_MAX}"):
        decode(b" " * PAYLOAD_BYTES_MAX + b"{}", FindPlace)
    many = [Notice(text_zh="停水", text_en="No water")] * 11
    assert "notices" in refusal(
        {"published_at": "2026-11-23T12:00:00Z", "notices": [as_json(one) for one in many]},
        Notices,
    )


@given(st.text(max_size=200))
def test_any_text_comes_back_as_it_went(text: str) -> None:
    find_place = FindPlace(slip_code=text)

    assert decode(encode(find_place), FindPlace) == find_place


@given(st.binary(max_size=400))
def test_any_bytes_are_a_message_or_refused(payload: bytes) -> None:
    try:
        message = decode(payload, Request)
    except BadPayload:
        return
    assert decode(encode(message), Request) == message


def test_half_a_character_is_refused() -> None:
    for text in (rb"\ud800", rb"\udc00", rb"x\ud83d"):
        with pytest.raises(BadPayload):
            decode(b'{"type": "find_place", "slip_code": "' + text + b'"}', FindPlace)


def test_the_fullest_board_of_thirty_rooms_can_be_read() -> None:
    room = EXAMPLES[BoardRoom]
    assert isinstance(room, BoardRoom)
    shown = ShownTicket(
        number="A123",
        masked_name="阿******·******江",
        kind=TicketKind.ORDINARY,
        state=TicketState.WAITING,
    )
    full = msgspec.structs.replace(
        room,
        in_room=shown,
        standby=[shown] * 2,
        waiting=[shown] * boards.BOARD_WAITING_MAX,
        missed=[shown] * boards.BOARD_MISSED_MAX,
        status=QueueStatus.OPEN,
    )
    board = EXAMPLES[AreaBoard]
    assert isinstance(board, AreaBoard)
    calls = board.last_calls * boards.BOARD_CALLS_MAX

    payload = encode(msgspec.structs.replace(board, rooms=[full] * 30, last_calls=calls))

    assert len(payload) < PAYLOAD_BYTES_MAX
    assert len(decode(payload, AreaBoard).rooms) == 30


def test_the_worked_exchange_answers_what_was_asked() -> None:
    ids = [as_json(message)["request_id"] for message in EXCHANGE.values()]

    assert ids[0] == ids[1] != ids[2] == ids[3]
    assert [type(message).__name__ for message in EXCHANGE.values()] == [
        "Request",
        "Reply",
        "Request",
        "Reply",
    ]
