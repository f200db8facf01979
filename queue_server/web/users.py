"""Who may sign in to the pages: the users file, its roles and its passwords.

Passwords are kept as argon2id hashes only (`hospital-kiosk` writes them by `make_password_hash`).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from queue_server.rules.terms import AreaId, QueueId
from queue_server.site import Site
from queue_server.toml_table import Problem, Problems, Table, parse_toml
from queue_server.web.second_factor import SECRET_PATTERN

PASSWORD_LENGTH_MAX: Final = 200
_USER_KEYS: Final = (
    "name", "role", "display_name", "password_hash", "totp_secret", "areas", "queue",
)  # fmt: skip
_OTHERS: Final = 0o007


class Role(StrEnum):
    """What somebody may do."""

    NURSE = "nurse"
    HEAD_NURSE = "head_nurse"
    """Does what a nurse does in the areas she is responsible for, and decides their policies."""
    DOCTOR = "doctor"
    ADMINISTRATOR = "administrator"
    """The technician: devices and audit list, no patients."""
    AUDITOR = "auditor"
    """Reads the audit list, and nothing else."""
    DESK = "desk"
    """The information desk: tells patients where to go; moves nobody, sees masked names."""
    CASHIER = "cashier"
    """Looks after payments and gives money back."""


NURSES: Final = frozenset({Role.NURSE, Role.HEAD_NURSE})
"""Those who have whole areas."""
WITH_AREAS: Final = NURSES | {Role.DESK}
"""Those whose entry in the users file names areas."""
STAFF: Final = NURSES | {Role.DOCTOR}
"""Those who have queues and see the full names in them."""
OVERSEERS: Final = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})
"""Those who have no queue and read the audit list; they see no full name."""
WITHOUT_QUEUE: Final = OVERSEERS | {Role.CASHIER}
"""Those who need a second factor."""
MONEY_READERS: Final = frozenset({Role.CASHIER, Role.ADMINISTRATOR})
"""Those who may look at payments; only a cashier gives money back."""
POLICY_READERS: Final = frozenset({Role.HEAD_NURSE, Role.ADMINISTRATOR})
"""Those who may read the policies; only a head nurse changes them, in her areas."""
REPORT_READERS: Final = STAFF | {Role.ADMINISTRATOR}
"""Those who may read a day's report: of their own queues, the administrator of all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody who may sign in."""

    name: str
    """What he types, of `[a-z0-9-]`."""
    role: Role
    display_name: str
    password_hash: str = field(repr=False)
    queues: frozenset[QueueId]
    """The queues he may act on: of a nurse's areas; a doctor's and his teams'; none of others."""
    areas: tuple[AreaId, ...]
    """The areas of these queues, in the order of the site file."""
    own_queue: QueueId | None = None
    """Of a doctor: his own queue, by which the teams of MDT clinics know him."""
    totp_secret: str | None = field(default=None, repr=False)
    """Of his second factor; None: the password is enough."""

    @property
    def by(self) -> str:
        """Who did it, as the journal says it: `nurse:li`, `doctor:wang`."""
        return f"{self.role}:{self.name}"


class UsersError(Exception):
    """The users file can't be used; `problems` lists everything that is wrong with it."""

    def __init__(self, path: Path, problems: Sequence[Problem]) -> None:
        super().__init__(path, problems)
        self.path = path
        self.problems = tuple(problems)

    def __str__(self) -> str:
        lines = [f"{self.path}: {len(self.problems)} 处错误 / problems: {len(self.problems)}"]
        for problem in self.problems:
            lines.append(f"  {problem.where}: {problem.message_en}")
            lines.append(f"  {' ' * len(problem.where)}  {problem.message_zh}")
        return "\n".join(lines)


Users = Mapping[str, User]
"""Users by name."""


def make_password_hash(password: str) -> str:
    """Return what the users file keeps of a password (argon2id, RFC 9106)."""
    return PasswordHasher().hash(password)


def make_nurse(
    site: Site,
    name: str,
    display_name: str,
    password_hash: str,
    areas: Sequence[AreaId],
    *,
    role: Role = Role.NURSE,
) -> User:
    """Return a nurse, a head nurse or a desk of `areas`."""
    return User(
        name=name,
        role=role,
        display_name=display_name,
        password_hash=password_hash,
        queues=frozenset(
            queue.id
            for queue in (*site.queues, *(one.queue for one in site.area_queues))
            if queue.area in areas
        ),
        areas=tuple(area.id for area in site.areas if area.id in areas),
    )


def make_doctor(
    site: Site, name: str, display_name: str, password_hash: str, queue: QueueId
) -> User:
    """Return the doctor of `queue`, who may act for the MDT clinics of his teams too."""
    queues = {queue, *(clinic for clinic, team in site.teams.items() if team.has(queue))}
    of_queues = {setup.area for setup in site.queues if setup.id in queues}
    return User(
        name=name,
        role=Role.DOCTOR,
        display_name=display_name,
        password_hash=password_hash,
        queues=frozenset(queues),
        areas=tuple(area.id for area in site.areas if area.id in of_queues),
        own_queue=queue,
    )


def make_overseer(
    name: str, role: Role, display_name: str, password_hash: str, totp_secret: str
) -> User:
    """Return an administrator, auditor or cashier, who needs a second factor."""
    return User(
        name=name,
        role=role,
        display_name=display_name,
        password_hash=password_hash,
        queues=frozenset(),
        areas=(),
        totp_secret=totp_secret,
    )


def load_users(path: Path, site: Site) -> Users:
    """Read and check the users file at `path` against the areas and queues of `site`.

    Raises:
        UsersError: the file can't be read, is no TOML or names what is not there.
    """
    problems = Problems()
    values = parse_toml(path, problems)
    if problems.found:
        raise UsersError(path, problems.found)
    root = Table("", values, problems)
    root.check_keys(("user",))
    users: dict[str, User] = {}
    tables = root.tables("user")
    for table, raw in zip(tables, values["user"] if tables else (), strict=True):
        table.check_keys(_USER_KEYS)
        user = _user(table, raw, site, problems)
        if user.name in users and user.name:
            table.taken("name", f"user {user.name}")
        users[user.name] = user
    if any(user.totp_secret for user in users.values()) and path.stat().st_mode & _OTHERS:
        problems.add(
            "file",
            f"含有动态验证码密钥，不能让其他用户读取：chmod o= {path}",
            f"everybody on this machine may read its secrets: chmod o= {path}",
        )
    if problems.found:
        raise UsersError(path, problems.found)
    return users


def _user(table: Table, raw: Mapping[str, object], site: Site, problems: Problems) -> User:
    name, display_name = table.id("name"), table.text("display_name")
    password_hash = _password_hash(table, raw, problems)
    roles = "|".join(Role)
    role = table.matching("role", roles, f"角色：{roles}", f"one of {roles}")
    if role in WITHOUT_QUEUE:
        for key in ("areas", "queue"):
            if key in table:
                table.wrong(key, f"空缺：{role} 没有队列", f"none: {role} has no queues")
        secret = _totp_secret(table, raw, name, problems)
        return make_overseer(name, Role(role), display_name, password_hash, secret)
    secret_or_none = _totp_secret(table, raw, name, problems) if "totp_secret" in table else None
    if role == Role.DOCTOR:
        known = [queue.id for queue in site.queues if queue.id not in site.teams]
        queue = QueueId(table.text("queue")) if "queue" in table else QueueId("")
        if queue not in known:
            table.wrong("queue", f"医生的队列：{'、'.join(known)}", f"one of {', '.join(known)}")
        doctor = make_doctor(site, name, display_name, password_hash, queue)
        return replace(doctor, totp_secret=secret_or_none)
    areas = _areas(table, raw, site)
    nurse_role = Role(role) if role in WITH_AREAS else Role.NURSE
    nurse = make_nurse(site, name, display_name, password_hash, areas, role=nurse_role)
    return replace(nurse, totp_secret=secret_or_none)


def _areas(table: Table, raw: Mapping[str, object], site: Site) -> list[AreaId]:
    known = [area.id for area in site.areas]
    found = raw.get("areas")
    if isinstance(found, list) and found and all(area in known for area in found):
        return [AreaId(area) for area in found]
    table.wrong("areas", f"诊区列表，取自 {'、'.join(known)}", f"a list of {', '.join(known)}")
    return []


def _password_hash(table: Table, raw: Mapping[str, object], problems: Problems) -> str:
    """Read the hash. What stands there instead may be a password: it is never shown."""
    found = raw.get("password_hash")
    if isinstance(found, str) and found.startswith("$argon2id$") and found.isascii():
        return found
    problems.add(
        f"{table.name}.password_hash",
        "应填 argon2id 密码散列，不是密码本身",
        "expected an argon2id hash, which is not the password itself",
    )
    return ""


def _totp_secret(table: Table, raw: Mapping[str, object], name: str, problems: Problems) -> str:
    """Read the secret of the second factor, which is never shown."""
    found = raw.get("totp_secret")
    if isinstance(found, str) and re.fullmatch(SECRET_PATTERN, found):
        return found
    problems.add(
        f"{table.name}.totp_secret",
        f"管理员、审计员、收费员须有动态验证码：把 hospital-kiosk totp {name} 输出的一行写在这里",
        "expected the line that this prints (administrators, auditors and cashiers need a second"
        f" factor): hospital-kiosk totp {name}",
    )
    return ""


class PasswordCheck:
    """Checks a password; takes as long for a name that does not exist.

    Blocks for about a tenth of a second: call it in a thread.
    """

    def __init__(self, users: Users) -> None:
        self._users = users
        self._hasher = PasswordHasher()
        self._hash_of_nobody = ""

    def user(self, name: str, password: str) -> User | None:
        """Return the user if the password is his."""
        found = self._users.get(name)
        if found is None:
            # Made at the first need, for its cost: a constructor only stores.
            self._hash_of_nobody = self._hash_of_nobody or make_password_hash("nobody")
        expected = found.password_hash if found else self._hash_of_nobody
        try:
            self._hasher.verify(expected, password)
        except (VerificationError, InvalidHashError):
            return None
        return found
