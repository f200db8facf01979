"""The tree itself: which way imports run, how long things are, what importing does."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("assets", "display", "hardware", "kiosk", "queue_server")
FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 70

# Written apart, so that this file is not its own first find.
BANNED_EVERYWHERE = {
    "unfinished work": r"TO" r"DO|FIX" r"ME|raise NotImple" r"mented",
    "a path of somebody's machine": r"(?<![\w.$}~])/(?:home|root|tmp|work)" r"/",
}
BANNED_IN_TESTS = {
    "a sleep": r"\btime\." r"sleep\(",
    "a test that is left out": r"pytest\.(?:mark\.)?(?:skip|xf" r"ail)|importor" r"skip",
    "a mock": r"unittest\." r"mock|\bmocker\b",
}

IMPORT_AND_WATCH = """
import importlib, os, sys, threading

packages, names = sys.argv[1].split(","), sys.argv[2].split(",")
watched = {"socket.bind", "socket.connect", "subprocess.Popen", "os.fork", "os.mkdir", "os.remove",
           "os.rename", "sqlite3.connect"}


def whose() -> str:
    frame = sys._getframe(2)
    while frame is not None:
        if "site-packages" in frame.f_code.co_filename:
            return ""
        if frame.f_globals.get("__name__", "").split(".")[0] in packages:
            return frame.f_globals["__name__"]
        frame = frame.f_back
    return ""


def watch(event: str, args: tuple) -> None:
    writes = event == "open" and args[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    if (writes or event in watched) and (module := whose()):
        print(f"{module}: {event} {args}")


sys.addaudithook(watch)
for name in names:
    importlib.import_module(name)
for thread in threading.enumerate():
    if thread is not threading.main_thread():
        print(f"{thread} is running")
"""


def source_files(*patterns: str) -> Iterator[Path]:
    for folder in (*PACKAGES, "tests", "docs"):
        for pattern in patterns:
            yield from (ROOT / folder).rglob(pattern)


def test_imports_run_one_way() -> None:
    lint_imports = Path(sys.executable).with_name("lint-imports")

    checked = subprocess.run(
        [lint_imports, "--no-logo", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_no_file_is_too_long_to_be_read_at_once() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in source_files("*.py", "*.kv", "*.js")
    }

    assert "queue_server/rules/terms.py" in lengths
    assert {name: lines for name, lines in lengths.items() if lines > FILE_LINES_MAX} == {}


def test_no_function_is_too_long_to_be_understood() -> None:
    too_long = {}
    for path in source_files("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                assert node.end_lineno is not None
                lines = node.end_lineno - node.lineno + 1
                if lines > FUNCTION_LINES_MAX:
                    too_long[f"{path.relative_to(ROOT)}: {node.name}"] = lines

    assert too_long == {}


def test_nothing_is_unfinished_or_bound_to_one_machine() -> None:
    top = [path for path in ROOT.iterdir() if path.suffix in {".md", ".py", ".toml"}]
    finds = [
        f"{path.relative_to(ROOT)}:{number}: {what}"
        for path in [*top, ROOT / "hospital", *source_files("*.py", "*.kv", "*.js", "*.md")]
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        for what, pattern in BANNED_EVERYWHERE.items()
        if re.search(pattern, line)
    ]

    assert finds == []


def test_no_test_sleeps_is_left_out_or_mocks() -> None:
    finds = [
        f"{path.relative_to(ROOT)}:{number}: {what}"
        for path in (ROOT / "tests").rglob("*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        for what, pattern in BANNED_IN_TESTS.items()
        if re.search(pattern, line)
    ]

    assert finds == []


@pytest.fixture(scope="module")
def importable_modules() -> list[str]:
    """Every module of ours that can be imported without a screen, and is no program."""
    graph = grimp.build_graph(*PACKAGES, include_external_packages=True, cache_dir=None)
    needs_kivy = graph.find_downstream_modules("kivy") if "kivy" in graph.modules else set()
    return sorted(
        module
        for module in graph.modules - needs_kivy
        if module.split(".")[0] in PACKAGES and not module.endswith("__main__")
    )


def test_importing_a_module_starts_nothing_and_writes_nothing(
    importable_modules: list[str],
) -> None:
    assert "queue_server.rules.terms" in importable_modules
    lists = [",".join(PACKAGES), ",".join(importable_modules)]

    watched = subprocess.run(
        [sys.executable, "-B", "-c", IMPORT_AND_WATCH, *lists],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert watched.returncode == 0, watched.stderr
    assert watched.stdout == ""
