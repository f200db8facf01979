"""The contract's page says what the code says, and all of it."""

import json
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from queue_server.contract import boards, messages
from queue_server.contract.codec import decode
from queue_server.contract.document import page, schema
from queue_server.contract.document_parts import CONSTANTS, PARTS, TOPICS
from queue_server.contract.examples import EXAMPLES, EXCHANGE
from queue_server.contract.message import Message
from queue_server.rules.refusals import SENTENCES
from queue_server.rules.terms import QueueStatus, RefusalCode, TicketKind, TicketState

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "contract.md").read_text(encoding="utf-8")
KINDS: dict[str, type[Message]] = {kind.__name__: kind for _, part in PARTS for kind in part}


def test_the_page_is_up_to_date() -> None:
    assert page() == TEXT, "python -m queue_server.contract.document > docs/contract.md"


def test_the_schema_is_up_to_date() -> None:
    kept = (ROOT / "docs" / "contract.schema.json").read_text(encoding="utf-8")

    assert schema() == kept, (
        "python -m queue_server.contract.document schema > docs/contract.schema.json"
    )


@pytest.mark.parametrize(
    ("arguments", "name"), [([], "contract.md"), (["schema"], "contract.schema.json")]
)
def test_the_command_writes_the_file(arguments: list[str], name: str) -> None:
    written = subprocess.run(
        [sys.executable, "-m", "queue_server.contract.document", *arguments],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )

    assert written.stdout == (ROOT / "docs" / name).read_bytes()


def test_every_message_and_every_field_is_explained() -> None:
    assert set(KINDS.values()) == set(EXAMPLES)
    for name, kind in KINDS.items():
        part = re.search(rf"^#### {name}$(.*?)(?=^#|\Z)", TEXT, re.MULTILINE | re.DOTALL)
        assert part, name
        rows = re.findall(r"^\| `([a-z_]+)` \| (.+) \| (.+) \| (.+) \|$", part[1], re.MULTILINE)
        told = {field: meaning for field, _, _, meaning in rows}
        fields = [field.name for field in msgspec.structs.fields(kind)]
        assert [field for field in told if field != "type"] == fields
        # What a name like these means can't be guessed from the name.
        assert not [
            field
            for field, meaning in told.items()
            if re.fullmatch(r"The ((is|was|can) [a-z ]+|do|[a-z ]+ (at|on|count))\.", meaning)
        ]


def test_every_value_code_and_constant_is_there() -> None:
    for values in (TicketState, TicketKind, QueueStatus):
        for value in values:
            [row] = re.findall(
                rf"^\| `{value}` \|(.*[A-Za-z].*)\|$", _section(values.__name__), re.MULTILINE
            )
            assert not re.search(r"\|\s*$", row), value
    for code in RefusalCode:
        chinese, english = SENTENCES[code]
        assert f"| `{code}` | {chinese} | {english} |" in TEXT
    for module, name in CONSTANTS:
        [meaning] = re.findall(
            rf"^\| `{name}` \| `{getattr(module, name)}` \| (.*) \|$", TEXT, re.M
        )
        assert meaning.strip()


def _section(title: str) -> str:
    found = re.search(rf"^### {title}$(.*?)(?=^##|\Z)", TEXT, re.MULTILINE | re.DOTALL)
    assert found, title
    return found[1]


def test_no_place_of_the_text_is_left_empty() -> None:
    outside = TEXT.replace(_section("RefusalCode"), "")
    outside = re.sub(r"```json.*?```|`[^`\n]*`", "", outside, flags=re.DOTALL)

    assert not re.findall(r"\{[A-Za-z_]*\}", outside)


def test_every_link_leads_to_a_title() -> None:
    titles = {title.lower() for title in re.findall(r"^#+ (\S+)$", TEXT, re.MULTILINE)}

    assert set(re.findall(r"\]\(#([a-z]+)\)", TEXT)) <= titles


def test_every_example_on_the_page_is_a_message() -> None:
    blocks = [
        (re.findall(r"\[(\w+)\]\(#\w+\):$|^#### (\w+)$", before, re.MULTILINE)[-1], text)
        for before, text in re.findall(r"(.*?)```json\n(.*?)```", TEXT, re.DOTALL)
    ]

    assert len(blocks) == len(EXCHANGE) + len(EXAMPLES)
    for (in_exchange, in_part), text in blocks:
        kind = KINDS[in_exchange or in_part]
        assert decode(text.encode(), kind) in (*EXAMPLES.values(), *EXCHANGE.values())


def test_messages_that_are_kept_say_so() -> None:
    kept = {kind for _, kind, _, _, is_retained in TOPICS if is_retained}

    for _, kind, _, _, _ in TOPICS:
        assert ("(retained" in (kind.__doc__ or "")) is (kind in kept), kind


def test_the_schema_knows_every_message_and_forbids_what_it_does_not_know() -> None:
    told = json.loads(schema())

    assert set(KINDS) <= set(told["$defs"])
    for name, kind in KINDS.items():
        one = told["$defs"][name]
        assert one["additionalProperties"] is False
        fields = msgspec.structs.fields(kind)
        assert set(one["properties"]) - {"type"} == {field.name for field in fields}
        required = {field.name for field in fields if field.required}
        assert set(one.get("required", [])) - {"type"} == required
    assert told["$defs"]["Request"]["properties"]["request_id"]["pattern"].startswith("^[a-z0-9-]")


def test_the_limits_of_boards_are_those_of_the_code() -> None:
    for name in ("BOARD_WAITING_MAX", "BOARD_MISSED_MAX", "BOARD_CALLS_MAX"):
        assert f"| `{name}` | `{getattr(boards, name)}` |" in TEXT
    assert f"| `SESSION_LIFE_S` | `{messages.SESSION_LIFE_S}` |" in TEXT
