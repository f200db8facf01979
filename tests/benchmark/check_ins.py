"""Check-ins that are on disk before they are answered, beside an echo over the same broker.

Each patient has identified himself before, which is not measured: what counts here is the
`check_in` of his session.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

from queue_server.broker.broker import BrokerAddress
from queue_server.contract import topics
from queue_server.contract.codec import decode, encode
from queue_server.contract.messages import (
    CheckedIn,
    CheckIn,
    Identified,
    Identify,
    Reply,
    Request,
    RequestBody,
)
from queue_server.rules.terms import DeviceId, SiteId
from tests.benchmark.figure import Figure, figure, percentile
from tests.benchmark.hospital import SITE, BenchHospital, Visit, make_hospital
from tests.benchmark.load import Asker, Question, Run
from tests.benchmark.programs import (
    Program,
    all_programs_cpu_s,
    running_broker,
    running_echo,
    running_server,
)
from tests.benchmark.sites import ECHO_SITE

KIOSKS: Final = 16
IDENTIFY_IN_FLIGHT: Final = 4
REPLY_BYTES: Final = 2900
"""About what a check-in's reply has."""
RATE_OF_ECHO: Final = 0.7
P99_OF_ECHO: Final = 2.5
OPEN_P50_MS: Final = 3.0
OPEN_P99_MS: Final = 10.0
MS: Final = 1000
US: Final = 1_000_000
_numbers = itertools.count()


def make_question(
    hospital: BenchHospital, site: SiteId, device: int, body: RequestBody
) -> Question:
    """Return a request of one of the kiosks."""
    request_id = f"{next(_numbers):032x}"
    now = hospital.now()
    request = Request(
        request_id=request_id, sent_at=now, expires_at=now + timedelta(seconds=120), body=body
    )
    return Question(
        topic=topics.request(site, DeviceId(f"kiosk-{device:02d}")),
        payload=encode(request),
        request_id=request_id.encode(),
    )


@dataclass(slots=True)
class CheckInLoad:
    """A server with an echo beside it; each visit of the hospital is checked in once."""

    hospital: BenchHospital
    server: Program
    echo: Program
    asker: Asker
    echo_asker: Asker
    used: int = 0

    def check_ins(self, count: int) -> list[Question]:
        """Let the next `count` patients identify themselves; return their check-ins."""
        visits = self.hospital.visits[self.used : self.used + count]
        assert len(visits) == count, "the hospital has too few visits"
        self.used += count
        sessions = self._sessions(visits)
        return [
            make_question(
                self.hospital,
                SITE,
                index % KIOSKS,
                CheckIn(session_id=sessions[index], ticket_id=visit.ticket),
            )
            for index, visit in enumerate(visits)
        ]

    def echoes(self, count: int) -> list[Question]:
        """Return requests of the same size for the echo."""
        body = CheckIn(session_id="0" * 32, ticket_id="clinic-10:K100")
        return [
            make_question(self.hospital, ECHO_SITE, index % KIOSKS, body) for index in range(count)
        ]

    def _sessions(self, visits: Sequence[Visit]) -> list[str]:
        questions = [
            make_question(self.hospital, SITE, index % KIOSKS, Identify(id_number=visit.id_number))
            for index, visit in enumerate(visits)
        ]
        run = self.asker.keep_in_flight(questions, IDENTIFY_IN_FLIGHT)
        for payload in run.replies:
            assert isinstance(decode(payload, Reply).body, Identified), payload
        return [question.request_id.decode() for question in questions]


@contextmanager
def check_in_load(
    folder: Path,
    address: BrokerAddress,
    visit_count: int,
    environment: Mapping[str, str] | None = None,
    *,
    http_port: int | None = None,
    areas: int = 20,
    rooms: int = 200,
) -> Iterator[CheckInLoad]:
    """Run a server of its own and an echo."""
    hospital = make_hospital(folder, area_count=areas, room_count=rooms, visit_count=visit_count)
    log = folder / "echo.log"
    with (
        running_server(hospital, address, environment, http_port) as server,
        running_echo(address, ECHO_SITE, REPLY_BYTES, log) as echo,
    ):
        asker = Asker("load", address, "hk/v1/bench/reply/+")
        echo_asker = Asker("echo-load", address, "hk/v1/echo/reply/+")
        try:
            yield CheckInLoad(hospital, server, echo, asker, echo_asker)
        finally:
            asker.close()
            echo_asker.close()


def require_checked_in(run: Run) -> None:
    """Fail unless every reply says that somebody has been checked in."""
    for payload in run.replies:
        body = decode(payload, Reply).body
        assert isinstance(body, CheckedIn), body
    assert len(set(run.replies)) == len(run.replies)


@dataclass(slots=True)
class Measured:
    """Rounds of check-ins, each with the round of echoes beside it."""

    runs: list[Run] = field(default_factory=list)
    echoes: list[Run] = field(default_factory=list)
    server_us: list[float] = field(default_factory=list)
    echo_us: list[float] = field(default_factory=list)
    all_us: list[float] = field(default_factory=list)
    """Of server, broker and who asks: whatever runs where, the machine has no more of it."""
    echo_all_us: list[float] = field(default_factory=list)

    def rates(self) -> list[float]:
        """Return check-ins for each second."""
        return [run.rate_per_s for run in self.runs]

    def echo_rates(self) -> list[float]:
        """Return echoes for each second."""
        return [run.rate_per_s for run in self.echoes]

    def p99s_ms(self) -> list[float]:
        """Return what 99 of 100 check-ins take at most."""
        return [percentile(run.latencies_s, 99) * MS for run in self.runs]

    def echo_p99s_ms(self) -> list[float]:
        """Return what 99 of 100 echoes take at most."""
        return [percentile(run.latencies_s, 99) * MS for run in self.echoes]


def measure(
    folder: Path,
    address: BrokerAddress,
    in_flight: int,
    rounds: int,
    count: int,
    environment: Mapping[str, str] | None = None,
) -> Measured:
    """Measure rounds of `count` check-ins and echoes in turn, `in_flight` at a time."""
    measured = Measured()
    with check_in_load(folder, address, count * (rounds + 1), environment) as load:
        # Once before: everything is imported, cached and connected by then.
        load.echo_asker.keep_in_flight(load.echoes(count), in_flight)
        require_checked_in(load.asker.keep_in_flight(load.check_ins(count), in_flight))
        for _ in range(rounds):
            check_ins = load.check_ins(count)
            began_s, all_s = load.echo.cpu_s(), all_programs_cpu_s()
            measured.echoes.append(load.echo_asker.keep_in_flight(load.echoes(count), in_flight))
            measured.echo_us.append((load.echo.cpu_s() - began_s) / count * US)
            measured.echo_all_us.append((all_programs_cpu_s() - all_s) / count * US)
            began_s, all_s = load.server.cpu_s(), all_programs_cpu_s()
            measured.runs.append(load.asker.keep_in_flight(check_ins, in_flight))
            measured.server_us.append((load.server.cpu_s() - began_s) / count * US)
            measured.all_us.append((all_programs_cpu_s() - all_s) / count * US)
            require_checked_in(measured.runs[-1])
    return measured


def closed_loop(folder: Path, kind: str, in_flight: int, rounds: int, count: int) -> list[Figure]:
    """Measure check-ins and echoes over a broker, `in_flight` at a time."""
    with running_broker(kind, folder / "broker") as address:
        found = measure(folder, address, in_flight, rounds, count)
    bench = f"check-ins, {kind}, {in_flight} in flight"
    rates = zip(found.rates(), found.echo_rates(), strict=True)
    p99s = zip(found.p99s_ms(), found.echo_p99s_ms(), strict=True)
    p50s = [percentile(run.latencies_s, 50) * MS for run in found.runs]
    return [
        figure(bench, "check-ins", found.rates(), "/s"),
        figure(bench, "echoes", found.echo_rates(), "/s"),
        figure(
            bench,
            "rate, of the echo's",
            [rate / echo for rate, echo in rates],
            "x",
            at_least=RATE_OF_ECHO,
        ),
        figure(bench, "P50", p50s, "ms"),
        figure(bench, "P99", found.p99s_ms(), "ms"),
        figure(bench, "P99 of the echo", found.echo_p99s_ms(), "ms"),
        figure(
            bench,
            "P99, of the echo's",
            [p99 / echo for p99, echo in p99s],
            "x",
            at_most=P99_OF_ECHO,
        ),
        figure(bench, "server's processor time for one", found.server_us, "us"),
        figure(bench, "echo's processor time for one", found.echo_us, "us"),
        figure(bench, "all programs' processor time for one check-in", found.all_us, "us"),
        figure(bench, "all programs' processor time for one echo", found.echo_all_us, "us"),
    ]


def open_loop(folder: Path, kind: str, rate_per_s: float, rounds: int, count: int) -> list[Figure]:
    """Measure check-ins that come at a fixed rate, whatever the server does."""
    runs = []
    with (
        running_broker(kind, folder / "broker") as address,
        check_in_load(folder, address, count * (rounds + 1)) as load,
    ):
        for _ in range(rounds + 1):
            runs.append(load.asker.at_rate(load.check_ins(count), rate_per_s))
            require_checked_in(runs[-1])
    bench = f"check-ins, {kind}, {rate_per_s:,.0f}/s whatever comes"
    # The first round warms up.
    latencies = [run.latencies_s for run in runs[1:]]
    p50s = [percentile(one, 50) * MS for one in latencies]
    p99s = [percentile(one, 99) * MS for one in latencies]
    return [
        figure(bench, "P50", p50s, "ms", at_most=OPEN_P50_MS),
        figure(bench, "P99", p99s, "ms", at_most=OPEN_P99_MS),
        figure(bench, "answered", [run.rate_per_s for run in runs[1:]], "/s"),
    ]
