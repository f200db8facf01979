"""Signing in and out."""

import asyncio
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel

from queue_server.web.access import COOKIE
from queue_server.web.bodies import NoFields, SignIn
from queue_server.web.desk import Desk
from queue_server.web.problems import Problem, ProblemCode
from queue_server.web.sessions import SESSION_LIFE
from queue_server.web.users import Role, User

FIRST_PAGE: Final = {
    Role.NURSE: "/station",
    Role.DOCTOR: "/console",
    Role.ADMINISTRATOR: "/devices",
    Role.AUDITOR: "/audit",
}


class SignedIn(BaseModel):
    """Who is signed in."""

    user: str
    role: Role
    display_name: str
    queues: list[str]
    first_page: str


def make_router(desk: Desk) -> APIRouter:
    """Return the routes to sign in, to sign out, and to ask who one is."""
    router = APIRouter(prefix="/api", tags=["sign in"])

    @router.post("/login")
    async def login(body: SignIn, request: Request, response: Response) -> SignedIn:
        """Sign in; the answer sets the session's cookie."""
        user = await _checked(desk, body, request.client.host if request.client else "")
        # His acts before a restart can still be taken back.
        written = await asyncio.to_thread(lambda: list(desk.service.entries()))
        desk.own_acts.read_again(user.by, written)
        desk.sessions.close(desk.access.token(request))
        response.set_cookie(
            COOKIE,
            desk.sessions.open(user),
            max_age=int(SESSION_LIFE.total_seconds()),
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return _signed_in(user)

    @router.post("/logout")
    async def logout(_body: NoFields, request: Request, response: Response) -> NoFields:
        """Sign out."""
        desk.sessions.close(desk.access.token(request))
        response.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return NoFields()

    @router.get("/me")
    async def me(user: Annotated[User, Depends(desk.access.anybody)]) -> SignedIn:
        """Tell who is signed in."""
        return _signed_in(user)

    return router


async def _checked(desk: Desk, body: SignIn, address: str) -> User:
    wait_s = desk.throttle.wait_s(body.user, address)
    if wait_s:
        raise Problem(ProblemCode.TOO_MANY_TRIES, wait_s=str(wait_s))
    # Counted before the check, which takes a while: tries at the same time count as well.
    desk.throttle.failed(body.user, address)
    user = await asyncio.to_thread(desk.passwords.user, body.user, body.password)
    if user is None:
        raise Problem(ProblemCode.WRONG_PASSWORD)
    desk.throttle.succeeded(body.user, address)
    return user


def _signed_in(user: User) -> SignedIn:
    return SignedIn(
        user=user.name,
        role=user.role,
        display_name=user.display_name,
        queues=sorted(user.queues),
        first_page=FIRST_PAGE[user.role],
    )
