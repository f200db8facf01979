"""Who is signed in. The token is in the user's cookie; here and on disk stands its hash only.

A restart signs nobody out: each sign-in and sign-out is written to a small file.
"""

import contextlib
import hashlib
import os
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

from queue_server.web.users import User, Users

SESSION_LIFE: Final = timedelta(hours=12)
"""One shift with a margin."""
IDLE_MAX: Final = timedelta(minutes=30)
"""So long without a request and without an open live page, and one is signed out."""
SESSIONS_MAX: Final = 1000


@dataclass(slots=True, kw_only=True)
class Session:
    """Somebody signed in."""

    user: User
    ends_at: datetime
    used_at: datetime
    audited: dict[object, datetime] = field(default_factory=dict)
    """What the audit list knows of this session already, and when it was last so."""


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A session on disk."""

    token_hash: str
    user: str
    credentials: str
    ends_at: datetime


class _File(msgspec.Struct, frozen=True, kw_only=True):
    sessions: list[_Kept]
    used_steps: dict[str, int]


class Sessions:
    """Who is signed in. Used from the web loop only.

    Args:
        now: gives the present instant.
        new_token: gives a text that can't be guessed.
        file: where sessions outlive a restart; None: they don't.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        new_token: Callable[[], str],
        file: Path | None = None,
    ) -> None:
        self._now = now
        self._new_token = new_token
        self._file = file
        self._sessions: OrderedDict[str, Session] = OrderedDict()
        self.used_steps: dict[str, int] = {}
        """The last code of each user that was accepted, for `CodeCheck`; kept with the sessions."""

    def restore(self, users: Users) -> list[User]:
        """Take over those of the file whose users may still sign in as they did; return whose.

        A file that is not there or can't be read signs everybody out, and does no other harm.
        """
        if self._file is None:
            return []
        with contextlib.suppress(OSError, msgspec.MsgspecError):
            found = msgspec.json.decode(self._file.read_bytes(), type=_File)
            self.used_steps.update(found.used_steps)
            for kept in found.sessions:
                user = users.get(kept.user)
                if user is not None and _credentials(user) == kept.credentials:
                    self._sessions[kept.token_hash] = Session(
                        user=user, ends_at=kept.ends_at, used_at=self._now()
                    )
        return [session.user for session in self._sessions.values()]

    def open(self, user: User) -> str:
        """Sign `user` in; return the token of his cookie."""
        token, now = self._new_token(), self._now()
        session = Session(user=user, ends_at=now + SESSION_LIFE, used_at=now)
        self._sessions[_hash(token)] = session
        self._drop_ended()
        while len(self._sessions) > SESSIONS_MAX:
            self._sessions.popitem(last=False)
        self._save()
        return token

    def session(self, token: str) -> Session | None:
        """Return the session of the token, which is in use now; None when it is over or unknown."""
        session = self._sessions.get(_hash(token))
        if session is None:
            return None
        if self._is_over(session):
            self.close(token)
            return None
        session.used_at = self._now()
        return session

    def user(self, token: str) -> User | None:
        """Return who has the token; nobody when it is unknown or its time is over."""
        session = self.session(token)
        return None if session is None else session.user

    def close(self, token: str) -> User | None:
        """Sign whoever has the token out; return who it was."""
        session = self._sessions.pop(_hash(token), None)
        if session is None:
            return None
        self._save()
        return session.user

    @property
    def count(self) -> int:
        """How many are signed in; those whose time is over count until they are asked for."""
        return len(self._sessions)

    def _is_over(self, session: Session) -> bool:
        now = self._now()
        return session.ends_at <= now or session.used_at + IDLE_MAX <= now

    def _drop_ended(self) -> None:
        for token_hash in [key for key, one in self._sessions.items() if self._is_over(one)]:
            del self._sessions[token_hash]

    def _save(self) -> None:
        if self._file is None:
            return
        kept = [
            _Kept(
                token_hash=token_hash,
                user=session.user.name,
                credentials=_credentials(session.user),
                ends_at=session.ends_at,
            )
            for token_hash, session in self._sessions.items()
        ]
        written = msgspec.json.encode(_File(sessions=kept, used_steps=self.used_steps))
        anew = self._file.with_suffix(".new")
        # Without it the next restart signs people out: no reason to refuse anybody now.
        with contextlib.suppress(OSError):
            with open(anew, "wb", opener=_for_us_only) as file:
                file.write(written)
            anew.replace(self._file)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def _credentials(user: User) -> str:
    """Return what changes with the user's password, second factor or role."""
    parts = (user.name, user.role, user.password_hash, user.totp_secret)
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _for_us_only(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
