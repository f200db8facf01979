"""Commands that stand among the tests and are not installed: simulate, fuzz, bench."""

import argparse
import subprocess
import sys
from pathlib import Path
from typing import Final

NO_CHECKOUT: Final = 2
"""Exit code where only the programs are installed."""


def add_checkout_commands(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> None:
    """Add the commands to those of `hospital-kiosk`."""
    simulate = commands.add_parser(
        "simulate", help="mornings full of faults, a seed each / 用随机种子模拟充满故障的上午"
    )
    simulate.add_argument("--seeds", type=int, default=20, metavar="N", help="how many mornings")
    simulate.add_argument("--first", type=int, default=1, metavar="SEED", help="the first seed")
    simulate.add_argument("--seed", type=int, metavar="SEED", help="one morning, told line by line")
    simulate.add_argument(
        "--processes", action="store_true", help="real programs, real time / 真实进程、真实时间"
    )
    simulate.add_argument("--minutes", type=float, default=2.0, metavar="N", help="of processes")
    simulate.add_argument(
        "--broker", choices=["nats", "mosquitto"], default="nats", help="of processes"
    )
    simulate.add_argument(
        "--only", default="", metavar="TEXT", help="of processes: faults with TEXT in their names"
    )
    simulate.set_defaults(run=_simulate)

    fuzz = commands.add_parser(
        "fuzz", help="strange inputs for every way in, with a seed each / 对每个入口输入异常数据"
    )
    fuzz.add_argument("--minutes", type=float, default=1.0, metavar="N", help="for each way in")
    fuzz.add_argument("--only", metavar="WAY", help="http, mqtt, cards, devices or configuration")
    fuzz.add_argument("--seed", type=int, metavar="SEED", help="replay what this seed throws")
    fuzz.set_defaults(run=_fuzz)

    bench = commands.add_parser("bench", help="how fast it is on this machine / 测量本机性能")
    bench.add_argument("--only", action="append", metavar="NAME", help="one bench; may be repeated")
    bench.add_argument("--rounds", type=int, default=5, metavar="N", help="median of so many")
    bench.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    bench.add_argument("--folder", type=Path, metavar="DIR", help="on the disk to be measured")
    bench.add_argument("--short", action="store_true", help="does it work? no figures of worth")
    bench.set_defaults(run=_bench)


def _simulate(parsed: argparse.Namespace) -> int:
    name = "simulation"
    arguments = [f"--seeds={parsed.seeds}", f"--first={parsed.first}"]
    if parsed.processes:
        name += ".processes"
        arguments = [f"--minutes={parsed.minutes}", f"--broker={parsed.broker}"]
        arguments.append(f"--only={parsed.only}")
    if parsed.seed is not None:
        arguments.append(f"--seed={parsed.seed}")
    return _run_of_the_tests(name, arguments)


def _fuzz(parsed: argparse.Namespace) -> int:
    arguments = [f"--minutes={parsed.minutes}"]
    arguments += [f"--only={parsed.only}"] if parsed.only else []
    arguments += [f"--seed={parsed.seed}"] if parsed.seed is not None else []
    return _run_of_the_tests("fuzz", arguments)


def _bench(parsed: argparse.Namespace) -> int:
    arguments = [f"--only={name}" for name in parsed.only or []]
    arguments.append(f"--rounds={parsed.rounds}")
    arguments += [f"--json={parsed.json.absolute()}"] if parsed.json else []
    arguments += [f"--folder={parsed.folder.absolute()}"] if parsed.folder else []
    arguments += ["--short"] if parsed.short else []
    return _run_of_the_tests("benchmark", arguments)


def _run_of_the_tests(name: str, arguments: list[str]) -> int:
    """Run a program that stands among the tests and is not installed."""
    checkout = Path(__file__).parents[1]
    if not (checkout / "tests" / name.replace(".", "/") / "__main__.py").is_file():
        print(f"{name}: needs a checkout of the source / 需要在源代码目录中运行", file=sys.stderr)
        return NO_CHECKOUT
    command = [sys.executable, "-m", f"tests.{name}", *arguments]
    return subprocess.run(command, cwd=checkout, check=False).returncode
