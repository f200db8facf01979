"""The web application: pages and API of nurse station, doctor console and the demo's phone."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from fastapi import FastAPI

from queue_server.documents.receipt_maker import ReceiptMaker
from queue_server.documents.report_maker import ReportMaker
from queue_server.paying import Paying
from queue_server.rules.terms import DeviceId
from queue_server.service.queue_service import QueueService
from queue_server.watch.figures import ExpectedDevice
from queue_server.web import (
    act_routes,
    audit_routes,
    card_routes,
    conflict_routes,
    console_routes,
    device_routes,
    information_desk_routes,
    login_routes,
    pages,
    paper_routes,
    payment_routes,
    policy_routes,
    problems,
    reconciliation_routes,
    report_routes,
    room_routes,
    screen_routes,
    spread_routes,
    station_routes,
    team_routes,
    verify_routes,
)
from queue_server.web.access import Access
from queue_server.web.card_routes import DemoCards
from queue_server.web.desk import Desk
from queue_server.web.live import Live
from queue_server.web.paper_routes import Makers
from queue_server.web.ready_views import ReadyViews
from queue_server.web.request_guard import RequestGuard
from queue_server.web.second_factor import CodeCheck
from queue_server.web.sessions import Sessions
from queue_server.web.throttle import SignInThrottle
from queue_server.web.users import PasswordCheck, Users

_ALWAYS: Final = (
    login_routes,
    station_routes,
    information_desk_routes,
    conflict_routes,
    console_routes,
    act_routes,
    room_routes,
    team_routes,
    spread_routes,
    audit_routes,
    report_routes,
    policy_routes,
)
_OF_MONEY: Final = (payment_routes, reconciliation_routes)


def make_application(  # noqa: PLR0913 - all but two may be left out
    service: QueueService,
    users: Users,
    *,
    new_token: Callable[[], str],
    expected_devices: Callable[[], Mapping[DeviceId, ExpectedDevice]] = dict,
    code_clock: Callable[[], datetime] | None = None,
    sessions_file: Path | None = None,
    demo_cards: DemoCards | None = None,
    paying: Paying | None = None,
    report_maker: ReportMaker | None = None,
    receipt_maker: ReceiptMaker | None = None,
) -> FastAPI:
    """Return the application; before its server stops, `application.state.live.close()`.

    Args:
        service: the queues; it must have been started before the first request.
        users: who may sign in.
        new_token: gives a text that can't be guessed, as `secrets.token_urlsafe`.
        expected_devices: those that should be there; none: those that were heard.
        code_clock: the real time, by which authenticator apps go; the service's by default.
        sessions_file: where those who are signed in outlive a restart; None: they don't.
        demo_cards: switches the demo's phone page on.
        paying: takes payments; None: the hospital takes none here.
        report_maker: makes the reports that kiosks print; None: none are printed.
        receipt_maker: makes receipts, and tells whether one is genuine; None: there are none.
    """
    sessions = Sessions(now=service.clock, new_token=new_token, file=sessions_file)
    restored = sessions.restore(users)
    access, ready = Access(sessions), ReadyViews()
    desk = Desk(
        service=service,
        users=users,
        passwords=PasswordCheck(users),
        sessions=sessions,
        throttle=SignInThrottle(service.clock),
        codes=CodeCheck(sessions.used_steps),
        code_clock=code_clock or service.clock,
        access=access,
        live=Live(service, ready),
        ready=ready,
        takes_payments=paying is not None,
        restored={user.by for user in restored},
    )
    application = _bare_application(desk)
    routers = [parts.make_router(desk) for parts in _ALWAYS]
    routers.append(device_routes.make_router(desk, expected_devices))
    routers.append(screen_routes.make_router(desk, expected_devices))
    if paying is not None:
        routers += [parts.make_router(desk, paying) for parts in _OF_MONEY]
        routers.append(paying.notice_router())
    if demo_cards is not None:
        routers.append(card_routes.make_router(desk, demo_cards))
    filled = pages.Pages()
    makers = Makers(reports=report_maker, receipts=receipt_maker)
    routers.append(paper_routes.make_router(desk, makers))
    routers.append(verify_routes.make_router(desk, makers, filled))
    routers.append(
        pages.make_router(
            access, filled, has_cards=demo_cards is not None, has_payments=paying is not None
        )
    )
    for router in routers:
        application.include_router(router)
    application.add_middleware(RequestGuard)
    return application


def _bare_application(desk: Desk) -> FastAPI:
    """Return an application without routes."""
    # The documentation pages load their scripts from the internet; the description does not.
    application = FastAPI(
        title="Hospital kiosk: queues", docs_url=None, redoc_url=None, responses=problems.ANSWERS
    )
    application.state.live = desk.live
    application.state.session_count = lambda: desk.sessions.count
    problems.install(application)
    return application
