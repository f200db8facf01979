"""What the policy page is told: the tables of each level, what keys may hold, the versions."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from queue_server.rules.policy import EXPECTED, Choice, Count, Policy, as_in_file
from queue_server.rules.policy_change import PolicyChange, PolicyLevel, changed_table
from queue_server.rules.terms import AreaId, PriorityRank
from queue_server.service.policy_book import PolicyBook, PolicyVersion, VersionState, file_digest
from queue_server.service.setup import Setup
from queue_server.site import Site
from queue_server.web.users import Role, User, Users


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyKey:
    """A key of a policy, and what it may hold."""

    key: str
    kind: str
    """`flag`, `count`, `choice`, `ranks` or `levels`."""
    default: object
    words: list[str]
    """Of a choice, or the ranks; of a count the word that means "no limit", if there is one."""
    has_every: bool
    has_places: bool
    least: int
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyTable:
    """The policy table of the hospital, an area or a queue."""

    level: PolicyLevel
    of: str
    area: str
    """The area of a queue; its own id for an area; empty for the hospital."""
    name_zh: str
    name_en: str
    more_zh: str
    more_en: str
    may_edit: bool
    file: Mapping[str, object]
    """What the site file says."""
    own: Mapping[str, object]
    """What holds now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyDifference:
    """One value that a version has changed; None: nothing of its own, the level above holds."""

    level: PolicyLevel
    of: str
    key: str
    before: object
    after: object


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionView:
    """A version as the list shows it; number 0 is the site file alone."""

    number: int
    by: str
    name: str
    """What the user is called; empty if he is no user any more."""
    saved_at: str
    effective_at: str
    took_effect_at: str
    state: VersionState
    reason: str
    returns_to: int | None
    file_has_changed: bool
    """The policy tables of the site file are others than when it was saved."""
    may_cancel: bool
    differences: list[PolicyDifference]
    """From the version that was in force, or waited, before it."""
    changes: list[PolicyDifference]
    """From the site file: what to take over to return to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoliciesView:
    """Everything on the page before anything is changed."""

    revision: int
    local_time: str
    keys: list[PolicyKey]
    tables: list[PolicyTable]
    versions: list[VersionView]
    """The latest first."""


def policies_view(
    setup: Setup, book: PolicyBook, user: User, users: Users, local_time: str
) -> PoliciesView:
    """Return what the page of `user` is told."""
    return PoliciesView(
        revision=book.revision,
        local_time=local_time,
        keys=[_key(key) for key in EXPECTED],
        tables=list(_tables(setup, book.changes, user)),
        versions=list(_versions(setup.site, book, user, users))[::-1],
    )


def may_edit(site: Site, user: User, level: PolicyLevel, of: str) -> bool:
    """Tell whether a head nurse may change this table: her areas, and all only if all are hers."""
    if user.role is not Role.HEAD_NURSE:
        return False
    if level is PolicyLevel.HOSPITAL:
        return set(user.areas) == {area.id for area in site.areas}
    return of in user.areas if level is PolicyLevel.AREA else of in user.queues


def _key(key: str) -> PolicyKey:
    expected = EXPECTED[key]
    kind, words = "levels", list[str]()
    if expected is bool:
        kind = "flag"
    elif isinstance(expected, Count):
        kind, words = "count", [expected.unlimited_word] if expected.unlimited_word else []
    elif isinstance(expected, Choice):
        kind, words = "choice", list(expected.words)
    elif expected is PriorityRank:
        kind, words = "ranks", [rank.value for rank in PriorityRank]
    is_choice, is_count = isinstance(expected, Choice), isinstance(expected, Count)
    return PolicyKey(
        key=key,
        kind=kind,
        default=as_in_file(Policy(), key),
        words=words,
        has_every=is_choice and expected.every,  # type: ignore[union-attr]
        has_places=is_choice and expected.places,  # type: ignore[union-attr]
        least=expected.least if is_count else 1,  # type: ignore[union-attr]
        most=expected.most if is_count else _RATIO_MOST,  # type: ignore[union-attr]
    )


_RATIO_MOST: Final = 99


def _tables(setup: Setup, changes: Sequence[PolicyChange], user: User) -> Iterator[PolicyTable]:
    site = setup.site

    def table(  # noqa: PLR0917 - in the order of the columns
        level: PolicyLevel,
        of: str,
        file: Mapping[str, object],
        area: str,
        name: tuple[str, str],
        more: tuple[str, str] = ("", ""),
    ) -> PolicyTable:
        return PolicyTable(
            level=level,
            of=of,
            area=area,
            name_zh=name[0],
            name_en=name[1],
            more_zh=more[0],
            more_en=more[1],
            may_edit=may_edit(site, user, level, of),
            file=file,
            own=changed_table(file, changes, level, of),
        )

    yield table(PolicyLevel.HOSPITAL, "", site.policy, "", (site.name_zh, site.name_en))
    for area in site.areas:
        name = (area.name_zh, area.name_en)
        yield table(PolicyLevel.AREA, area.id, area.policy, area.id, name)
        for queue in setup.all_queues_of(AreaId(area.id)):
            yield table(
                PolicyLevel.QUEUE,
                queue.id,
                queue.policy,
                area.id,
                (queue.clinic_zh, queue.clinic_en),
                (queue.doctor_zh, queue.doctor_en),
            )


def _versions(site: Site, book: PolicyBook, user: User, users: Users) -> Iterator[VersionView]:
    before: tuple[PolicyChange, ...] = ()
    digest = file_digest(site)
    for version in book.versions:
        yield VersionView(
            number=version.number,
            by=version.by,
            name=_display_name(version, users),
            saved_at=_told(version.saved_at.isoformat()),
            effective_at=_told(version.effective_at.isoformat()),
            took_effect_at=""
            if version.took_effect_at is None
            else _told(version.took_effect_at.isoformat()),
            state=version.state,
            reason=version.reason,
            returns_to=version.returns_to,
            file_has_changed=version.file_digest != digest,
            may_cancel=version.state is VersionState.WAITING
            and may_change(site, user, before, version.changes),
            differences=_differences(site, before, version.changes),
            changes=_differences(site, (), version.changes),
        )
        if version.state is not VersionState.CANCELLED:
            before = version.changes


def may_change(
    site: Site, user: User, before: Sequence[PolicyChange], after: Sequence[PolicyChange]
) -> bool:
    """Tell whether everything that differs is the user's to change."""
    return all(may_edit(site, user, change.level, change.of) for change in set(before) ^ set(after))


def _display_name(version: PolicyVersion, users: Users) -> str:
    found = users.get(version.by.partition(":")[2])
    return "" if found is None else found.display_name


def _told(instant: str) -> str:
    """Return an instant, which has the site's own offset, as `2026-11-23 08:41`."""
    return instant[:16].replace("T", " ")


def _differences(
    site: Site, before: Sequence[PolicyChange], after: Sequence[PolicyChange]
) -> list[PolicyDifference]:
    places = dict.fromkeys(
        (change.level, change.of, change.key)
        for change in (*after, *before)
        if change in set(before) ^ set(after)
    )
    file = {
        (PolicyLevel.HOSPITAL, ""): site.policy,
        **{(PolicyLevel.AREA, str(area.id)): area.policy for area in site.areas},
        **{(PolicyLevel.QUEUE, str(queue.id)): queue.policy for queue in site.queues},
        **{(PolicyLevel.QUEUE, str(one.queue.id)): one.queue.policy for one in site.area_queues},
    }
    return [
        PolicyDifference(
            level=level,
            of=of,
            key=key,
            before=changed_table(file.get((level, of), {}), before, level, of).get(key),
            after=changed_table(file.get((level, of), {}), after, level, of).get(key),
        )
        for level, of, key in places
    ]


def change_of(level: PolicyLevel, of: str, key: str, value: object) -> PolicyChange:
    """Return a change that the page has sent, with its value as the journal keeps it."""
    text = None if value is None else json.dumps(value, sort_keys=True, separators=(",", ":"))
    return PolicyChange(level=level, of=of, key=key, value=text)
