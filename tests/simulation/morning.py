"""One simulated morning: eight minutes of people and faults, then calm, then a last look."""

import asyncio
import tempfile
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.integration.payments.mortal_kiosk import InlineThreads
from tests.simulation.disk import Disk
from tests.simulation.faults import Faults
from tests.simulation.last_look import LastLook
from tests.simulation.payer import Payer
from tests.simulation.people import Browser, Doctor, Nurse, PatientWalk
from tests.simulation.server import Build
from tests.simulation.site import SimulatedSite
from tests.simulation.virtual_time import VirtualTimeLoop
from tests.simulation.weather import Weather, weather_of
from tests.simulation.world import World

FAULTS_S: Final = 8 * 60.0
CALMING_DOWN_S: Final = 90.0
NURSE_COUNT: Final = 2
_MEMORY: Final = Path("/dev/shm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a morning went; `error` is what must not happen and did."""

    seed: int
    digest: str
    counts: Mapping[str, int]
    error: BaseException | None
    last_lines: tuple[str, ...]


def run_morning(
    seed: int,
    *,
    build: Build | None = None,
    weather: Weather | None = None,
    tell: Callable[[str], None] | None = None,
) -> Outcome:
    """Run the morning of `seed`; the same seed gives the same morning.

    Args:
        seed: decides everything.
        build: what the server is built of.
        weather: in place of the seed's own.
        tell: gets the story, line by line.
    """
    folder = _MEMORY if _MEMORY.is_dir() else None
    with (
        tempfile.TemporaryDirectory(prefix="simulation-", dir=folder) as journal_folder,
        asyncio.Runner(loop_factory=VirtualTimeLoop) as runner,
    ):
        return runner.run(_outcome(seed, build or Build(), weather, tell, Path(journal_folder)))


async def _outcome(
    seed: int,
    build: Build,
    weather: Weather | None,
    tell: Callable[[str], None] | None,
    folder: Path,
) -> Outcome:
    # What runs in a thread runs in the one loop.
    asyncio.get_running_loop().set_default_executor(InlineThreads())
    world = World(seed, tell)
    world.weather = weather or weather_of(world.chance("weather"))
    site = SimulatedSite(world, Disk(folder, world.chance("disk")), build)
    plan = asyncio.create_task(_morning(world, site))
    await asyncio.wait([plan, world.failed], return_when=asyncio.FIRST_COMPLETED)
    error = world.failed.exception() if world.failed.done() else None
    if error is None and plan.done():
        error = plan.exception()
    await world.end()
    return Outcome(
        seed=seed,
        digest=world.story.digest,
        counts=world.counts,
        error=error,
        last_lines=tuple(world.story.last_lines),
    )


async def _morning(world: World, site: SimulatedSite) -> None:
    doctors = [
        Doctor(_browser(world, site, f"doctor:{queue.id}"), queue.id)
        for queue in site.hospital.setup.site.queues
    ]
    site.switch_on()
    people = [world.spawn(work) for work in _people(world, site, doctors)]
    Faults(world, site.network, site.server, site.devices()).begin()
    await asyncio.sleep(FAULTS_S)
    world.heal()
    site.heal()
    await asyncio.sleep(CALMING_DOWN_S)
    for task in people:
        task.cancel()
    await LastLook(world, site).look(doctors)


def _people(
    world: World, site: SimulatedSite, doctors: list[Doctor]
) -> list[Coroutine[Any, Any, None]]:
    nurses = [
        Nurse(_browser(world, site, f"nurse:{number}"), site.hospital)
        for number in range(NURSE_COUNT)
    ]
    patients = [
        PatientWalk(world, site.hospital, site.kiosks, site.witness, patient)
        for patient in site.hospital.patients.values()
    ]
    payers = [
        Payer(world, site.kiosks, site.money, patient)
        for patient in site.hospital.patients.values()
    ]
    return [
        *(payer.walk() for payer in payers),
        *(doctor.work() for doctor in doctors),
        *(nurse.work() for nurse in nurses),
        *(patient.walk() for patient in patients),
    ]


def _browser(world: World, site: SimulatedSite, user: str) -> Browser:
    return Browser(world, site.server, site.witness, user)
