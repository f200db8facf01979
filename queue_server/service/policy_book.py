"""The versions of the policies: what was saved, what is in force, what waits for its time.

A version holds everything that differs from the site file, so it can be read alone; the file stays
the base. At most one version waits.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from queue_server.rules.policy import PolicyError, PolicyProblem
from queue_server.rules.policy_change import PolicyChange
from queue_server.service.setup import Setup, make_setup
from queue_server.site import Site

VERSIONS_KEPT: Final = 60
"""So many are carried from day to day; older ones stand in the journal of their own days."""
AHEAD_MAX: Final = timedelta(days=366)
"""A version takes effect within so long."""


class VersionState(StrEnum):
    """What has become of a version."""

    WAITING = "waiting"
    IN_FORCE = "in_force"
    FORMER = "former"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyVersion:
    """What a head nurse has saved."""

    number: int
    by: str
    saved_at: datetime
    effective_at: datetime
    """When it is to take effect."""
    changes: tuple[PolicyChange, ...]
    """All that differs from the site file."""
    reason: str
    returns_to: int | None
    """The earlier version whose values it has again; 0 is the site file; None: it is new."""
    file_digest: str
    """Of the policy tables of the site file on which it was made."""
    state: VersionState
    took_effect_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyBook:
    """The versions, oldest first. `revision` counts everything that has happened to them."""

    revision: int = 0
    versions: tuple[PolicyVersion, ...] = ()

    @property
    def waiting(self) -> PolicyVersion | None:
        """The one that has not taken effect yet."""
        return self._in_state(VersionState.WAITING)

    @property
    def in_force(self) -> PolicyVersion | None:
        """The one that holds now; None: the site file alone does."""
        return self._in_state(VersionState.IN_FORCE)

    @property
    def changes(self) -> tuple[PolicyChange, ...]:
        """What differs from the site file now."""
        return () if self.in_force is None else self.in_force.changes

    @property
    def next_number(self) -> int:
        """The number of the next version."""
        return self.versions[-1].number + 1 if self.versions else 1

    def version(self, number: int) -> PolicyVersion | None:
        """Return a version by its number."""
        return next((one for one in self.versions if one.number == number), None)

    def _in_state(self, state: VersionState) -> PolicyVersion | None:
        return next((one for one in reversed(self.versions) if one.state is state), None)


def setup_under(setup: Setup, book: PolicyBook) -> Setup:
    """Return the site under the version in force; the same object if it is so already."""
    return setup if setup.changes == book.changes else make_setup(setup.site, book.changes)


def require_fitting(site: Site, book: PolicyBook) -> None:
    """Check that the versions in force and waiting still go with the site file.

    Raises:
        PolicyError: the file was changed so that they don't; each problem names the version.
    """
    for version in (book.in_force, book.waiting):
        if version is None:
            continue
        try:
            make_setup(site, version.changes)
        except PolicyError as error:
            raise PolicyError(
                [_of_version(problem, version.number) for problem in error.problems]
            ) from error


def _of_version(problem: PolicyProblem, number: int) -> PolicyProblem:
    return PolicyProblem(
        key=f"policy version {number}: {problem.key}",
        message_zh=f"{problem.message_zh}。网页上保存的规则版本 {number} 与改过的站点文件不符，"
        "请先把站点文件的规则改回",
        message_en=f"{problem.message_en}. Version {number}, saved in the browser, does not go"
        " with the site file any more: put the file's policy back first",
    )


def file_digest(site: Site) -> str:
    """Return a digest of the policy tables of the site file."""
    tables = [
        site.policy,
        {area.id: area.policy for area in site.areas},
        {queue.id: queue.policy for queue in site.queues},
        {one.queue.id: one.queue.policy for one in site.area_queues},
    ]
    written = json.dumps(tables, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(written.encode()).hexdigest()[:16]
