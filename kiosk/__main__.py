"""`python -m kiosk --config FILE`: one kiosk."""

import argparse
import asyncio
import gc
import os
import sys
from pathlib import Path

from msgspec.structs import replace

from hardware.errors import ConfigError
from kiosk.bootstrap import prepare_kivy, run
from kiosk.configuration import BadConfiguration, Configuration, load_configuration
from queue_server.client.logs import add_log_options, set_up_logs


def main() -> int:
    """Run the kiosk; return 2 when its configuration can't be used."""
    arguments = _parser().parse_args()
    # A window is made of much that stays; `tidy_between_patients` turns it on again.
    gc.disable()
    try:
        configuration = _with_flags(load_configuration(arguments.config), arguments)
        set_up_logs(
            site=configuration.site,
            device=configuration.device,
            form=configuration.log_format,
            level=configuration.log_level,
        )
        prepare_kivy(configuration)
        wants_restart = asyncio.run(
            run(configuration, remote_control_port=arguments.remote_control)
        )
    except (BadConfiguration, ConfigError) as error:
        print(f"kiosk: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    if wants_restart:
        os.execv(sys.executable, [sys.executable, "-m", "kiosk", *sys.argv[1:]])  # noqa: S606
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kiosk", description="Check-in kiosk of a hospital")
    parser.add_argument("--config", type=Path, required=True, help="configuration file (TOML)")
    parser.add_argument("--broker", type=_host_and_port, help="HOST:PORT of the MQTT broker")
    parser.add_argument("--windowed", action="store_true", help="a window instead of the screen")
    parser.add_argument("--size", type=_width_and_height, help="WxH of the window, in pixels")
    parser.add_argument(
        "--remote-control",
        type=int,
        metavar="PORT",
        help="tours and tests only: let programs of this machine look and tap; 0: a free port",
    )
    add_log_options(parser)
    return parser


def _with_flags(configuration: Configuration, arguments: argparse.Namespace) -> Configuration:
    window = configuration.window
    if arguments.windowed or arguments.size:
        window = replace(window, is_fullscreen=False)
    if arguments.size:
        width, height = arguments.size
        window = replace(window, width=width, height=height)
    broker = configuration.broker
    if arguments.broker:
        host, port = arguments.broker
        broker = replace(broker, host=host, port=port)
    return replace(
        configuration,
        broker=broker,
        window=window,
        log_format=arguments.log_format or configuration.log_format,
        log_level=arguments.log_level or configuration.log_level,
    )


def _host_and_port(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not HOST:PORT")
    return host, int(port)


def _width_and_height(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text!r} is not WxH")
    return int(width), int(height)


if __name__ == "__main__":
    sys.exit(main())
