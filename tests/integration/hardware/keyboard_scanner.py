"""Run under umockdev: our driver reads a keyboard scanner, and prints what happened as JSON.

python -m tests.integration.hardware.keyboard_scanner DEVICE COUNT [refused]
"""

import errno
import json
import queue
import sys
from typing import Any

import evdev

from hardware.scanners import evdev_scanner
from hardware.scanners.code_collector import CodeLimits

WAIT_S = 30.0
calls: list[str] = []


class WatchedDevice(evdev.InputDevice[str]):
    """The library's own device; whether it was grabbed before it was read is written down."""

    def grab(self) -> None:
        calls.append("grab")
        if "refused" in sys.argv:
            raise OSError(errno.EBUSY, "grabbed by another program")
        super().grab()

    def read(self) -> Any:
        calls.append("read")
        return super().read()


def main() -> None:
    vars(evdev_scanner)["InputDevice"] = WatchedDevice
    codes: queue.Queue[str] = queue.Queue()
    settings = evdev_scanner.EvdevScannerSettings(
        device=sys.argv[1], reconnect_s=60, limits=CodeLimits(pause_s=10)
    )
    scanner = evdev_scanner.EvdevScanner(settings)
    scanner.start(codes.put)
    state = str(scanner.state)
    read = [codes.get(timeout=WAIT_S) for _ in range(int(sys.argv[2]))]
    scanner.stop()
    print(json.dumps({"state": state, "codes": read, "calls": calls[:2]}))


if __name__ == "__main__":
    main()
