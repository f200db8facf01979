"""Asks a printing system or a printer by IPP, with the `ipptool` of CUPS."""

import plistlib
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any, Final

JOB_STATE: Final = Path(__file__).with_name("job_state.test")
LAST_JOB: Final = Path(__file__).with_name("last_job.test")
"""Of those that are over the newest comes first (RFC 8011, 4.2.6.2)."""
PRINTER_STATE: Final = Path(__file__).with_name("printer_state.test")
_GRACE_S: Final = 2.0
"""How much longer than its own time-out `ipptool` may take."""


class NoIppAnswer(Exception):
    """Nobody answers, or what comes is no IPP; the text is for the technician."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IppAnswer:
    """What was answered: `successful-ok` or an error of IPP, and the attributes."""

    status: str
    attributes: Mapping[str, Any]

    @property
    def is_good(self) -> bool:
        """Whether the question was answered."""
        return self.status.startswith("successful")

    def words(self, name: str) -> frozenset[str]:
        """Return an attribute that is one keyword or several."""
        found = self.attributes.get(name, ())
        return frozenset([found] if isinstance(found, str) else found)


def ask_ipp(uri: str, question: Path, *, timeout_s: float, **variables: str | int) -> IppAnswer:
    """Put `question` to whoever is at `uri`.

    Raises:
        NoIppAnswer: nobody is there, or nothing sensible comes.
    """
    given = [part for name, value in variables.items() for part in ("-d", f"{name}={value}")]
    command = ["ipptool", "-X", "-T", str(ceil(timeout_s)), *given, uri, str(question)]
    try:
        told = subprocess.run(
            command, capture_output=True, check=False, timeout=timeout_s + _GRACE_S
        )
        [test] = plistlib.loads(told.stdout)["Tests"]
        groups = test["ResponseAttributes"]
        status = str(test["StatusCode"])
    except FileNotFoundError as error:
        raise NoIppAnswer("ipptool is missing: apt-get install cups-ipp-utils") from error
    except subprocess.TimeoutExpired as error:
        raise NoIppAnswer(f"{uri}: no answer in {timeout_s:g} s") from error
    except (ValueError, LookupError, TypeError, plistlib.InvalidFileException) as error:
        said = told.stderr.decode(errors="replace").strip().splitlines()
        raise NoIppAnswer(f"{uri}: {said[0] if said else 'no IPP answer'}") from error
    attributes: dict[str, Any] = {}
    for group in groups:
        attributes |= group
    return IppAnswer(status=status, attributes=attributes)
