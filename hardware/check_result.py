"""What a self-test found out about each device, and how a technician sees it."""

from collections.abc import Mapping
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text

from hardware.errors import ConfigError

_YES, _NO, _NOT_ASKED = "[green]是 yes[/]", "[bold red]否 no[/]", "—"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """One device; None where a question does not apply or was not asked."""

    device: str
    is_found: bool | None = None
    is_answering: bool | None = None
    status: str
    is_tested: bool | None = None
    is_good: bool
    details: tuple[str, ...] = ()
    """What there is to say besides, below the table."""


def print_results(results: list[CheckResult], console: Console) -> None:
    """Print one row a device and a last line that sums up."""
    table = Table(title="设备自检  Device check", title_style="bold", show_lines=True)
    table.add_column("设备\nDevice", overflow="fold")
    table.add_column("找到\nFound", no_wrap=True)
    table.add_column("应答\nAnswers", no_wrap=True)
    table.add_column("状态\nStatus", overflow="fold")
    table.add_column("测试页\nTest slip", no_wrap=True)
    for result in results:
        table.add_row(
            Text(result.device),
            _answer(is_true=result.is_found),
            _answer(is_true=result.is_answering),
            Text(result.status),
            _answer(is_true=result.is_tested),
        )
    console.print(table)
    for result in results:
        if result.details:
            title = result.device.partition("\n")[0]
            lines = [f"\n{title}:", *(f"  {line}" for line in result.details)]
            console.print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)
    console.print()
    if all(result.is_good for result in results):
        console.print("[green]全部正常 All is well[/]")
    else:
        console.print("[bold red]有设备需要处理 A device needs attention[/]")


def _answer(*, is_true: bool | None) -> str:
    return {True: _YES, False: _NO, None: _NOT_ASKED}[is_true]


def described(config: Mapping[str, object]) -> str:
    """Return the driver and where the device is, as they stand in the configuration."""
    shown = ("driver", "host", "port", "path", "device", "reader")
    return " ".join(str(config[key]) for key in shown if key in config)


def not_configured(device: str, error: ConfigError) -> CheckResult:
    """Return what is told of a device whose configuration is wrong."""
    details = (error.sentence_zh, error.sentence_en, *error.detail.split("; "))
    return CheckResult(
        device=device, status="配置有误\nWrong configuration", is_good=False, details=details
    )
