"""The API's description of itself: a program that reads it knows every answer it can get."""

from typing import Any

from tests.integration.web.hospital_day import HospitalDay


def operations(day: HospitalDay) -> list[tuple[str, dict[str, Any]]]:
    paths = day.application().openapi()["paths"]
    return [(path, one) for path, methods in paths.items() for one in methods.values()]


def test_every_operation_tells_how_it_refuses(day: HospitalDay) -> None:
    described = operations(day)
    assert len(described) > 30

    for path, one in described:
        for status in ("401", "403", "404", "409", "413", "422", "503"):
            content = one["responses"][status]["content"]["application/json"]
            assert content["schema"] == {"$ref": "#/components/schemas/ProblemAnswer"}, path


def test_a_stream_is_described_as_one(day: HospitalDay) -> None:
    streams = [one for path, one in operations(day) if path.endswith("/stream")]

    assert len(streams) == 5
    assert all("text/event-stream" in one["responses"]["200"]["content"] for one in streams)
