"""`python -m display area|door ...`: one board."""

import asyncio
import os
import sys

from display.bootstrap import prepare_kivy, run
from display.configuration import BadConfiguration, load_configuration
from hardware.errors import ConfigError
from queue_server.client.logs import set_up_logs


def main() -> int:
    """Run a board; return 2 when its configuration can't be used."""
    try:
        configuration = load_configuration(sys.argv[1:])
        set_up_logs(
            site=configuration.site,
            device=configuration.device,
            form=configuration.log_format,
            level=configuration.log_level,
        )
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
