"""`/api/policies`: head nurses look at the rules, rehearse a draft, save, cancel."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends

from queue_server.rules.policy import PolicyError
from queue_server.rules.policy_change import PolicyChange
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import RefusalCode
from queue_server.service.clinic_day import local_time
from queue_server.service.policy_book import file_digest
from queue_server.service.policy_facts import PolicyCancelled, PolicySaved
from queue_server.web.desk import Desk
from queue_server.web.json_answer import JsonAnswer
from queue_server.web.policy_bodies import PolicyCancel, PolicyDraft, PolicySave
from queue_server.web.policy_rehearsal import Rehearsals, Rehearsed
from queue_server.web.policy_view import PoliciesView, change_of, may_change, policies_view
from queue_server.web.users import POLICY_READERS, Role, User


def make_router(desk: Desk) -> APIRouter:
    """Return the routes of the policies."""
    router = APIRouter(prefix="/api/policies", tags=["policies"])
    reader = Depends(desk.access.one_of(POLICY_READERS))
    head_nurse = Depends(desk.access.one_of(frozenset({Role.HEAD_NURSE})))
    rehearsals = Rehearsals(desk.service)

    def view_of(user: User) -> PoliciesView:
        clock = desk.service.clock().isoformat()[:16]
        book = desk.service.now.policy_book
        return policies_view(desk.service.setup, book, user, desk.users, clock)

    @router.get("", response_model=PoliciesView)
    async def view(user: Annotated[User, reader]) -> JsonAnswer:
        """Return the rules of every level, and the versions."""
        return JsonAnswer(view_of(user))

    @router.post("/rehearse", response_model=Rehearsed)
    async def rehearse(body: PolicyDraft, user: Annotated[User, head_nurse]) -> JsonAnswer:
        """Return what today would have been like under a draft; nothing is changed."""
        try:
            changes = _changes(desk, body)
            return JsonAnswer(await asyncio.to_thread(rehearsals.rehearse, changes, user.queues))
        except PolicyError as error:
            raise _wrong(error) from error

    @router.post("/save", response_model=PoliciesView)
    async def save(body: PolicySave, user: Annotated[User, head_nurse]) -> JsonAnswer:
        """Save a draft as a version."""
        book, site = desk.service.now.policy_book, desk.service.setup.site
        if body.seen_revision != book.revision:
            # Before it is asked whose the changes are: they are compared with what she saw.
            raise Refused(RefusalCode.POLICY_MOVED)
        changes = _changes(desk, body)
        if not may_change(site, user, book.changes, changes):
            raise Refused(RefusalCode.NOT_ALLOWED)
        saved = PolicySaved(
            number=book.next_number,
            by=user.by,
            effective_at=_effective_at(desk, body),
            changes=tuple(changes),
            reason=body.reason.strip(),
            returns_to=body.returns_to,
            file_digest=file_digest(site),
            seen_revision=body.seen_revision,
        )
        await desk.note(user, saved)
        return JsonAnswer(view_of(user))

    @router.post("/cancel", response_model=PoliciesView)
    async def cancel(body: PolicyCancel, user: Annotated[User, head_nurse]) -> JsonAnswer:
        """Cancel a version that has not taken effect."""
        book, site = desk.service.now.policy_book, desk.service.setup.site
        found = book.version(body.number)
        if found is not None and not may_change(site, user, book.changes, found.changes):
            raise Refused(RefusalCode.NOT_ALLOWED)
        cancelled = PolicyCancelled(number=body.number, seen_revision=body.seen_revision)
        await desk.note(user, cancelled)
        return JsonAnswer(view_of(user))

    return router


def _changes(desk: Desk, body: PolicyDraft) -> Sequence[PolicyChange]:
    """Return what is sent, and what holds about areas and queues that the site has no more."""
    setup = desk.service.setup
    known = {"", *setup.areas, *setup.queues}
    sent = [change_of(one.level, one.of, one.key, one.value) for one in body.changes]
    unknown = next((one.of for one in sent if one.of not in known), None)
    if unknown is not None:
        raise Refused(RefusalCode.UNKNOWN_QUEUE, queue=unknown)
    gone = [one for one in setup.changes if one.of not in known]
    return [*sent, *gone]


def _effective_at(desk: Desk, body: PolicySave) -> datetime:
    now = desk.service.clock()
    if body.effective_at is None:
        return now
    try:
        asked = datetime.fromisoformat(body.effective_at)
    except ValueError as error:
        raise Refused(RefusalCode.BAD_REQUEST, detail="effective_at: no such time") from error
    return local_time(desk.service.setup.site, asked.replace(tzinfo=now.tzinfo))


def _wrong(error: PolicyError) -> Refused:
    problem = error.problems[0]
    return Refused(
        RefusalCode.POLICY_WRONG,
        problem_zh=f"{problem.key}：{problem.message_zh}",
        problem_en=f"{problem.key}: {problem.message_en}",
    )
