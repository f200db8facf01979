"""Who is asking, and whether he may: the one place where roles are checked."""

from collections.abc import Callable

from fastapi import Request

from queue_server.rules.refusals import Refused
from queue_server.rules.terms import AreaId, QueueId, RefusalCode
from queue_server.web.problems import Problem, ProblemCode
from queue_server.web.sessions import Sessions
from queue_server.web.users import MONEY_READERS, NURSES, OVERSEERS, Role, User

_COOKIE = "session"


def cookie_name(request: Request) -> str:
    """Return the name of the session's cookie.

    By HTTPS it begins with `__Host-`: browsers take such a cookie from this server by HTTPS only.
    """
    return f"__Host-{_COOKIE}" if request.url.scheme == "https" else _COOKIE


class Access:
    """Tells who is signed in at a request; each method is a FastAPI dependency."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def token(self, request: Request) -> str:
        """Return the session token of the request's cookie."""
        return request.cookies.get(cookie_name(request), "")

    def anybody(self, request: Request) -> User:
        """Return who is signed in, whatever he may do."""
        user = self._sessions.user(self.token(request))
        if user is None:
            raise Problem(ProblemCode.NOT_SIGNED_IN)
        return user

    def nurse(self, request: Request) -> User:
        """Return the nurse or head nurse who is signed in."""
        return self._with_role(request, *NURSES)

    def doctor(self, request: Request) -> User:
        """Return the doctor who is signed in."""
        return self._with_role(request, Role.DOCTOR)

    def administrator(self, request: Request) -> User:
        """Return the administrator who is signed in."""
        return self._with_role(request, Role.ADMINISTRATOR)

    def auditor(self, request: Request) -> User:
        """Return whoever is signed in and may read the audit list."""
        return self._with_role(request, *OVERSEERS)

    def cashier(self, request: Request) -> User:
        """Return the cashier who is signed in."""
        return self._with_role(request, Role.CASHIER)

    def money(self, request: Request) -> User:
        """Return whoever is signed in and may look at payments."""
        return self._with_role(request, *MONEY_READERS)

    def one_of(self, roles: frozenset[Role]) -> Callable[[Request], User]:
        """Return a dependency that takes these roles only."""

        def user_with_role(request: Request) -> User:
            return self._with_role(request, *roles)

        return user_with_role

    def _with_role(self, request: Request, *roles: Role) -> User:
        user = self.anybody(request)
        if user.role not in roles:
            raise Refused(RefusalCode.NOT_ALLOWED)
        return user


def require_queue(user: User, queue: str) -> QueueId:
    """Return the queue if `user` may act on it; else refuse with NOT_ALLOWED."""
    if queue not in user.queues:
        raise Refused(RefusalCode.NOT_ALLOWED)
    return QueueId(queue)


def require_area(user: User, area: str) -> AreaId:
    """Return the area if it is one of the user's; else refuse with NOT_ALLOWED."""
    if area not in user.areas:
        raise Refused(RefusalCode.NOT_ALLOWED)
    return AreaId(area)
