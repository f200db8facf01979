"""Signing in and out."""

import asyncio
import logging
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel

from queue_server.rules.absence import may_attend
from queue_server.rules.commands import Attend
from queue_server.service import audit_facts
from queue_server.web.access import cookie_name
from queue_server.web.bodies import NoFields, SignIn
from queue_server.web.desk import Desk
from queue_server.web.problems import Problem, ProblemCode
from queue_server.web.sessions import SESSION_LIFE
from queue_server.web.users import MONEY_READERS, Role, User

FIRST_PAGE: Final = {
    Role.NURSE: "/station",
    Role.HEAD_NURSE: "/station",
    Role.DOCTOR: "/console",
    Role.DESK: "/desk",
    Role.ADMINISTRATOR: "/devices",
    Role.AUDITOR: "/audit",
    Role.CASHIER: "/payments",
}
_log = logging.getLogger(__name__)


class SignedIn(BaseModel):
    """Who is signed in."""

    user: str
    role: Role
    display_name: str
    queues: list[str]
    first_page: str
    sees_payments: bool
    """Whether the server takes payments, and he may look at them."""


def make_router(desk: Desk) -> APIRouter:
    """Return the routes to sign in, to sign out, and to ask who one is."""
    router = APIRouter(prefix="/api", tags=["sign in"])

    @router.post("/login")
    async def login(body: SignIn, request: Request, response: Response) -> SignedIn:
        """Sign in; the answer sets the session's cookie."""
        address = request.client.host if request.client else ""
        user = await _with_password(desk, body, address)
        _require_code(desk, user, body)
        # His acts before a restart can still be taken back.
        await desk.remember_acts(user)
        await desk.note(user, audit_facts.SignedIn(address=address))
        await _attend(desk, user)
        desk.sessions.close(desk.access.token(request))
        response.set_cookie(
            cookie_name(request),
            desk.sessions.open(user),
            max_age=int(SESSION_LIFE.total_seconds()),
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return _signed_in(desk, user)

    @router.post("/logout")
    async def logout(_body: NoFields, request: Request, response: Response) -> NoFields:
        """Sign out."""
        user = desk.sessions.close(desk.access.token(request))
        if user is not None:
            await desk.note(user, audit_facts.SignedOut())
        response.delete_cookie(
            cookie_name(request),
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return NoFields()

    @router.get("/me")
    async def me(user: Annotated[User, Depends(desk.access.anybody)]) -> SignedIn:
        """Tell who is signed in."""
        return _signed_in(desk, user)

    return router


async def _attend(desk: Desk, user: User) -> None:
    """A doctor who signs in is there: that ends it if he was late or had left."""
    queue, now = user.own_queue, desk.service.now
    if queue is not None and may_attend(now.day.queues[queue]):
        # The same state of the day is the same intent, whichever of two tabs is first.
        await desk.act(user, Attend(queue=queue), f"attend-{now.change_count}")


async def _with_password(desk: Desk, body: SignIn, address: str) -> User:
    _require_patience(desk.throttle.wait_s(body.user, address))
    desk.throttle.began(body.user, address)
    async with desk.password_turns:
        user = await asyncio.to_thread(desk.passwords.user, body.user, body.password)
    if user is None:
        # Without the name: people type their password there.
        _log.warning("a sign-in from %s was refused / 登录被拒绝", address)
        raise Problem(ProblemCode.WRONG_PASSWORD)
    desk.throttle.knew_password(body.user, address)
    return user


def _require_code(desk: Desk, user: User, body: SignIn) -> None:
    """Ask for the second factor of a user who has one."""
    if user.totp_secret is None:
        return
    if body.code is None:
        raise Problem(ProblemCode.CODE_NEEDED)
    _require_patience(desk.throttle.code_wait_s(user.name))
    if not desk.codes.accepts(user.name, user.totp_secret, body.code, desk.code_clock()):
        desk.throttle.code_failed(user.name)
        _log.warning("a wrong code of %s / 验证码错误", user.by)
        raise Problem(ProblemCode.WRONG_CODE)
    desk.throttle.code_was_right(user.name)


def _require_patience(wait_s: int) -> None:
    if wait_s:
        raise Problem(ProblemCode.TOO_MANY_TRIES, wait_s=str(wait_s))


def _signed_in(desk: Desk, user: User) -> SignedIn:
    return SignedIn(
        user=user.name,
        role=user.role,
        display_name=user.display_name,
        queues=sorted(user.queues),
        first_page=FIRST_PAGE[user.role],
        sees_payments=desk.takes_payments and user.role in MONEY_READERS,
    )
