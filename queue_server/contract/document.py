"""Writes the contract's page from the code: `python -m queue_server.contract.document`.

With the argument `schema` it writes the JSON schema of every message instead. What both say
stands in the code: a test keeps the files in `docs/` up to date.
"""

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec
from msgspec import inspect as shape

from queue_server.contract import (
    messages,
    topics,
)
from queue_server.contract.codec import encode
from queue_server.contract.docstrings import docstring, in_one_line
from queue_server.contract.document_parts import CONSTANTS, PARTS, TOPICS, VALUES
from queue_server.contract.examples import EXAMPLES, EXCHANGE
from queue_server.contract.message import Message
from queue_server.contract.page_text import (
    EXCHANGE_INTRODUCTION,
    INTRODUCTION,
    OFFLINE,
    REPLIES,
    SCREENS,
    TRANSPORT,
)
from queue_server.rules import terms
from queue_server.rules.refusals import SENTENCES, STATES


def page() -> str:
    """Return the contract's page."""
    constants = {name: getattr(module, name) for module, name in CONSTANTS}
    sections = (
        "# The contract: what travels over MQTT",
        INTRODUCTION,
        TRANSPORT,
        "\n".join(_topics()),
        REPLIES,
        "\n".join(_exchange()),
        "\n".join(_messages()),
        "\n".join(_values()),
        "\n".join(_refusals()),
        "\n".join(_constants()),
        SCREENS,
        OFFLINE,
    )
    text = "\n\n".join(section.strip() for section in sections) + "\n"
    for name, value in constants.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text.replace("{PREFIX}", topics.PREFIX)


def schema() -> str:
    """Return the JSON schema (draft 2020-12) of every message."""
    kinds = [kind for _, part in PARTS for kind in part]
    _, components = msgspec.json.schema_components(kinds)
    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": components}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def topic_pattern(topic: Callable[..., str]) -> str:
    """Return a topic with its places in angle brackets."""
    places = [name for name in topic.__annotations__ if name != "return"]
    text = topic(*places).split("/")
    first = len(topics.PREFIX.split("/"))
    # From behind: the area of `board/area/<area>` is the last part of that name.
    for place in reversed(places[1:]):
        text[len(text) - 1 - text[::-1].index(place)] = f"<{place}>"
    text[first] = "<site>"
    return "/".join(text)


def _topics() -> Iterator[str]:
    yield "## Topics"
    yield ""
    yield "| Topic | Message | Published by | For | Retained | Meaning |"
    yield "|---|---|---|---|---|---|"
    for topic, kind, publisher, reader, is_retained in TOPICS:
        kept = "yes" if is_retained else "no"
        meaning = in_one_line(topic.__doc__)
        cells = (f"`{topic_pattern(topic)}`", _link(kind), publisher, reader, kept, meaning)
        yield f"| {' | '.join(cells)} |"
    yield ""
    yield in_one_line((topics.__doc__ or "").partition("\n\n")[2])


def _exchange() -> Iterator[str]:
    yield "## A worked exchange"
    yield ""
    yield EXCHANGE_INTRODUCTION.strip()
    for number, (what, message) in enumerate(EXCHANGE.items(), start=1):
        is_request = isinstance(message, messages.Request)
        topic = f"{topics.PREFIX}/qingyu/{'request' if is_request else 'reply'}/kiosk-01"
        yield ""
        yield f"{number}. {what} `{topic}`, {_link(type(message))}:"
        yield ""
        yield from _json(message)


def _messages() -> Iterator[str]:
    yield "## Messages"
    yield ""
    yield in_one_line((messages.__doc__ or "").partition("\n\n")[2])
    for title, kinds in PARTS:
        yield ""
        yield f"### {title}"
        for kind in kinds:
            yield ""
            yield from _message(kind)


def _default(field: shape.Field) -> Any:
    """Return what a field is when it is left out."""
    made = field.default_factory
    return field.default if made is msgspec.NODEFAULT else msgspec.to_builtins(made())


def _message(kind: type[Message]) -> Iterator[str]:
    yield f"#### {kind.__name__}"
    yield ""
    yield in_one_line(kind.__doc__)
    yield ""
    yield "| Field | Type | Required | Meaning |"
    yield "|---|---|---|---|"
    told = shape.type_info(kind)
    assert isinstance(told, shape.StructType)
    if told.tag is not None:
        yield f'| `{told.tag_field}` | `"{told.tag}"` | yes | Says that it is this message. |'
    for field in told.fields:
        is_required = "yes" if field.required else f"no: `{json.dumps(_default(field))}`"
        meaning = _meaning(kind, field.name) or _twin_meaning(kind, field.name)
        yield f"| `{field.name}` | {_type_text(field.type)} | {is_required} | {meaning} |"
    yield ""
    yield from _json(EXAMPLES[kind])


def _meaning(kind: type[Any], name: str) -> str:
    return docstring(sys.modules[kind.__module__], name, kind.__name__)


def _twin_meaning(kind: type[Message], name: str) -> str:
    """Return what a field without a text of its own is: a translation, or what its name says."""
    if name.endswith("_en") and _meaning(kind, f"{name[:-3]}_zh"):
        return f"`{name[:-3]}_zh` in English."
    language = {"_zh": " in Chinese", "_en": " in English"}.get(name[-3:], "")
    words = name.removesuffix("_zh").removesuffix("_en").replace("_", " ")
    return f"The {words}{language}."


def _type_text(kind: shape.Type) -> str:
    match kind:
        case shape.StrType(max_length=longest, pattern=pattern):
            text = "text" if longest is None else f"text, at most {longest} characters"
            # What keeps a line end out says nothing to a reader.
            form = (pattern or "").removesuffix(_NO_LINE_END).replace("|", "\\|")
            text += form and f", `{form}`"
        case shape.EnumType(cls=struct) | shape.StructType(cls=struct):
            text = _link(struct)
        case shape.BytesType(max_length=longest):
            text = f"base64 text, at most {longest} bytes"
        case shape.ListType(item_type=item, max_length=longest):
            limit = "" if longest is None else f", at most {longest}"
            text = f"list of {_type_text(item)}{limit}"
        case shape.LiteralType(values=values):
            text = " or ".join(f'`"{one}"`' for one in values)
        case shape.DictType(key_type=key, value_type=value):
            text = f"object: {_type_text(key)} to {_type_text(value)}"
        case shape.UnionType(types=types):
            text = " or ".join(_type_text(one) for one in types)
        case _:
            text = _PLAIN_TYPES[type(kind)]
    return text


_NO_LINE_END: Final = r"(?!\n)"
_PLAIN_TYPES: Final[dict[type[shape.Type], str]] = {
    shape.DateTimeType: "instant",
    shape.IntType: "whole number",
    shape.BoolType: "`true` or `false`",
    shape.NoneType: "`null`",
}


def _values() -> Iterator[str]:
    yield "## Values"
    for values in VALUES:
        yield ""
        yield f"### {values.__name__}"
        yield ""
        yield in_one_line(values.__doc__)
        yield ""
        is_state = values is terms.TicketState
        yield "| Value | Chinese | English | Meaning |" if is_state else "| Value | Meaning |"
        yield "|---|---|---|---|" if is_state else "|---|---|"
        for value in values:
            words = f" {' | '.join(STATES[value])} |" if is_state else ""
            meaning = _meaning(values, value.name)
            yield f"| `{value}` |{words} {meaning} |"


def _refusals() -> Iterator[str]:
    yield "## Refusals"
    yield ""
    yield "### RefusalCode"
    yield ""
    yield (
        "Every request may be [Refused](#refused). What stands in braces is filled in by the"
        " server. The sentences tell the person what to do: show them as they are."
    )
    yield ""
    yield "| Code | Chinese | English |"
    yield "|---|---|---|"
    for code in terms.RefusalCode:
        chinese, english = SENTENCES[code]
        yield f"| `{code}` | {chinese} | {english} |"


def _constants() -> Iterator[str]:
    yield "## Constants"
    yield ""
    yield "| Name | Value | Meaning |"
    yield "|---|---|---|"
    for module, name in CONSTANTS:
        yield f"| `{name}` | `{getattr(module, name)}` | {docstring(module, name)} |"


def _link(kind: type[Any]) -> str:
    return f"[{kind.__name__}](#{kind.__name__.lower()})"


def _json(message: Message) -> Iterator[str]:
    yield "```json"
    yield json.dumps(json.loads(encode(message)), ensure_ascii=False, indent=2)
    yield "```"


if __name__ == "__main__":
    sys.stdout.write(schema() if sys.argv[1:] == ["schema"] else page())
