"""Garbage is collected while nobody stands at the kiosk.

Looking through all that a window is made of takes a quarter of a second, in which nothing is
drawn. Python would do so whenever it has been asked for enough memory: while a patient waits.
"""

import asyncio
import gc
from collections.abc import Callable
from typing import Final

BEGINS_AFTER_S: Final = 5.0
"""By then the first screen stands; until then nothing is collected at all (see `__main__`)."""
LOOK_EVERY_S: Final = 0.05
"""Soon after a patient has gone and before the next one comes, even where they stand in line."""
AT_LAST: Final = 1000
"""After so many looks at what is young all is looked at, even if somebody is always there."""


async def tidy_between_patients(
    is_free: Callable[[], bool],
    *,
    begins_after_s: float = BEGINS_AFTER_S,
    look_every_s: float = LOOK_EVERY_S,
) -> None:
    """Collect whenever the kiosk `is_free` and there is something to collect, until cancelled.

    What stands when it begins stays for as long as the program runs: it is never looked at.
    """
    young, middle, old = gc.get_threshold()
    try:
        await asyncio.sleep(begins_after_s)
        gc.collect()
        gc.freeze()
        gc.set_threshold(young, middle, AT_LAST)
        gc.enable()
        while True:
            await asyncio.sleep(look_every_s)
            if gc.get_count()[2] > 0 and is_free():
                gc.collect()
    finally:
        gc.unfreeze()
        gc.set_threshold(young, middle, old)
