import asyncio
import json
from pathlib import Path
from typing import Any

from display.header import LineState, SoundState, header
from display.remote_control import RemoteControl
from tests.unit.display.samples import NOW, board, texts


async def asked(*questions: bytes) -> list[dict[str, Any]]:
    def photograph(path: Path) -> None:
        path.write_bytes(b"PNG")

    control = RemoteControl(
        lambda: header(board([]), LineState(is_up=True), SoundState(), NOW, texts()),
        photograph,
    )
    server = await asyncio.start_server(control.serve, "127.0.0.1", 0)
    async with server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        answers = []
        for question in questions:
            writer.write(question + b"\n")
            answers.append(json.loads(await reader.readline()))
        writer.close()
        await writer.wait_closed()
    return answers


async def test_a_tour_can_see_and_photograph_the_board(tmp_path: Path) -> None:
    picture = tmp_path / "board.png"

    view, written = await asked(
        b'{"do": "view"}',
        json.dumps({"do": "screenshot", "path": str(picture)}).encode(),
    )

    assert view["view"]["clock"] == "09:42"
    assert written == {"path": str(picture)}
    assert picture.read_bytes() == b"PNG"


async def test_nonsense_is_answered_and_the_line_stays_open() -> None:
    answers = await asked(b"nonsense", b"[]", b"{}", b'{"do": "dance"}', b'{"do": "view"}')

    assert all("error" in answer for answer in answers[:4])
    assert "view" in answers[4]
