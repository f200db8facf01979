"""`python -m display area|door ...`: one board."""

import asyncio
import logging
import os
import sys

from display.bootstrap import prepare_kivy, run
from display.configuration import BadConfiguration, load_configuration
from hardware.errors import ConfigError


def main() -> int:
    """Run a board; return 2 when its configuration can't be used."""
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    try:
        configuration = load_configuration(sys.argv[1:])
        prepare_kivy(configuration)
        wants_restart = asyncio.run(run(configuration))
    except (BadConfiguration, ConfigError) as error:
        print(f"display: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    if wants_restart:
        os.execv(sys.executable, [sys.executable, "-m", "display", *sys.argv[1:]])  # noqa: S606
    return 0


if __name__ == "__main__":
    sys.exit(main())
