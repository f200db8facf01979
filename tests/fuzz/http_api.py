"""The HTTP API by its own description: as each user and as nobody, whatever a request holds."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any

import requests
import schemathesis
from fastapi import FastAPI
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from queue_server.records.demo_hospital import DEMO_SITE_FILE
from queue_server.site import load_site
from queue_server.web.users import Users
from queue_server.web.web_server import WebServer
from tests.fuzz.campaign import Fuzzer, Try, scratch
from tests.fuzz.strange import changed_tree, json_bytes, some_json
from tests.integration.web.hospital_day import NAMES, PASSWORD, HospitalDay, make_users

WITHIN_S = 60.0
NOBODY = ""
_CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
Case = schemathesis.Case[Any]
_THROTTLE_IS_OVER = timedelta(seconds=31)


@dataclass(frozen=True, kw_only=True)
class Site:
    """A served hospital, and a browser for each user."""

    day: HospitalDay
    address: str
    browsers: dict[str, requests.Session] = field(default_factory=dict)

    def browser(self, user: str) -> requests.Session:
        """Return the browser of a user, signed in."""
        if user not in self.browsers:
            self.browsers[user] = self.sign_in(user)
        return self.browsers[user]

    def sign_in(self, user: str) -> requests.Session:
        """Return a new browser in which a user is signed in."""
        browser = requests.Session()
        # On a busy machine the server may hang up just when an idle line is used again.
        browser.headers["Connection"] = "close"
        if user != NOBODY:
            # Wrong passwords that were thrown before must not count for him.
            self.day.clock.instant += _THROTTLE_IS_OVER
            proof = self.day.credentials(user)
            answer = browser.post(f"{self.address}/api/login", json=proof, timeout=WITHIN_S)
            assert answer.status_code == 200, answer.text
        return browser


@contextlib.contextmanager
def served_site(change: Callable[[FastAPI], None] = lambda application: None) -> Iterator[Site]:
    """Yield a hospital's pages on a real server; a test may break the application before."""
    with scratch() as folder:
        day = HospitalDay(folder, _users(), per_queue=6)
        day.start()
        application = day.application()
        change(application)
        server = WebServer(application, host="127.0.0.1", port=0)
        site = Site(day=day, address=f"http://127.0.0.1:{server.start()}")
        try:
            yield site
        finally:
            for browser in site.browsers.values():
                browser.close()
            server.stop()
            day.stop()


@dataclass(frozen=True, kw_only=True)
class Thrown:
    """A request by the description, and who sends it."""

    case: Case
    user: str
    known: dict[str, Any]
    """Values that mean something, put in where a field has their name."""

    def made(self) -> Case:
        """Return the case with what is known put in."""
        case = self.case
        for parameter in set(case.path_parameters) & set(self.known):
            case.path_parameters[parameter] = self.known[parameter]
        if isinstance(case.body, dict) and self.known:
            case.body = {name: self.known.get(name, value) for name, value in case.body.items()}
        return case


def answers_fit_the_description(target: Site, thrown: Thrown) -> None:
    """Every answer is one that the description tells, and gives away nothing it should not."""
    case = thrown.made()
    if case.path.endswith("/stream"):
        _stream_begins(target, case, thrown.user)
        return
    browser = target.browser(thrown.user)
    answer = case.call(base_url=target.address, session=browser, timeout=WITHIN_S)
    _says_nothing_more(answer)
    checks = _CHECKS
    if thrown.user != NOBODY and not thrown.known:
        checks = [*checks, negative_data_rejection]
    _fits(case, answer, checks)
    if case.path in ("/api/logout", "/api/login"):
        target.browsers.pop(thrown.user).close()


def _stream_begins(target: Site, case: Case, user: str) -> None:
    """A stream never ends: its first event is enough."""
    kwargs = case.as_transport_kwargs(base_url=target.address)
    with target.sign_in(user) as browser:
        answer = browser.request(**kwargs, stream=True, timeout=WITHIN_S)
        if answer.status_code == 200:
            assert answer.headers["content-type"].startswith("text/event-stream")
            lines = answer.iter_lines()
            assert any(line.startswith(b"data: ") for line in lines)
            answer.close()
        else:
            _says_nothing_more(answer)
            _fits(case, answer, _CHECKS)


def _fits(case: Case, answer: Any, checks: list[Any]) -> None:
    try:
        case.validate_response(answer, checks=checks)
    except FailureGroup as failures:
        # It is no `Exception`, which would end more than this input.
        raise AssertionError(str(failures)) from None


def _says_nothing_more(answer: Any) -> None:
    """A problem is told without a trace of the program, and without a name."""
    if answer.status_code < 400:
        return
    told = [sign for sign in ("Traceback", 'File "', *NAMES) if sign in answer.text]
    assert not told, f"an answer tells {told}"


def any_body_is_answered_plainly(target: Site, thrown: tuple[str, str, bytes, str]) -> None:
    """Whatever lies in a request, the answer is none of a broken program."""
    user, path, content, media_type = thrown
    for name, value in (("queue", "cardiology-1"), ("area", "area-a"), ("help_id", "help-1")):
        path = path.replace(f"{{{name}}}", value)
    method = "PUT" if path.endswith("/notices") else "POST"
    answer = target.browser(user).request(
        method,
        target.address + path,
        data=content,
        headers={"content-type": media_type},
        timeout=WITHIN_S,
    )
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert set(answer.json()) == {"code", "message_zh", "message_en"}
    _says_nothing_more(answer)
    if path in ("/api/logout", "/api/login"):
        target.browsers.pop(user).close()


@cache
def _users() -> Users:
    return make_users(load_site(DEMO_SITE_FILE))


@cache
def _description() -> Any:
    """Return the application's description of itself."""
    with scratch() as folder:
        day = HospitalDay(folder, _users(), per_queue=1)
        return schemathesis.openapi.from_dict(day.application().openapi())


@cache
def _operations() -> list[Any]:
    return [found.ok() for found in _description().get_all_operations()]


def _requests() -> st.SearchStrategy[Thrown]:
    cases = st.sampled_from(_operations()).flatmap(
        lambda one: st.one_of(
            one.as_strategy(GenerationMode.POSITIVE),
            one.as_strategy(GenerationMode.POSITIVE),
            one.as_strategy(GenerationMode.NEGATIVE) if _can_be_wrong(one) else st.nothing(),
        )
    )
    return st.builds(Thrown, case=cases, user=_senders(), known=_known() | _known() | st.just({}))


def _senders() -> st.SearchStrategy[str]:
    """Return users, mostly those who may do much."""
    users = list(_users())
    return st.sampled_from(users[:1]) | st.sampled_from([*users, NOBODY])


def _can_be_wrong(operation: Any) -> bool:
    """Tell whether a request can be wrong at all: it holds something."""
    return bool(operation.body) or bool(list(operation.path_parameters))


def _known() -> st.SearchStrategy[dict[str, Any]]:
    queues = st.sampled_from(["cardiology-1", "respiratory-1", "dermatology-1", "unknown-1"])
    numbers = [f"A00{number}" for number in range(1, 7)]
    tickets = st.sampled_from([f"cardiology-1:{number}" for number in (*numbers, "A999")])
    people = st.sampled_from(["patient-000", "patient-001", "patient-999"])
    return st.fixed_dictionaries(
        {
            "queue": queues,
            "to_queue": queues,
            "ticket": tickets,
            "number": st.sampled_from(numbers),
            "patient": people,
            "area": st.sampled_from(["area-a", "area-c", "area-x"]),
            "help_id": st.sampled_from(["help-kiosk-1", "help-2"]),
            "request_id": st.uuids().map(str) | st.sampled_from(["r-1", "r-2"]),
            "rank": st.sampled_from(["aged_80", "military", "pope"]),
            "entry": st.integers(1, 60),
            "seen_entry": st.none() | st.integers(0, 80),
            "query": st.sampled_from([*NAMES[:6], "A001", "11010119520303002X", "0028"]),
        },
        optional={
            "before": tickets | st.none(),
            "after": tickets | st.none(),
            "user": st.sampled_from(list(_users())),
            "password": st.just(PASSWORD),
        },
    )


def _bodies() -> st.SearchStrategy[tuple[str, str, bytes, str]]:
    good = {
        "request_id": "r-1", "ticket": "cardiology-1:A001", "after": "cardiology-1:A002",
        "why": "x", "rank": "aged_80", "to_queue": "respiratory-1", "query": NAMES[0],
        "notices": [{"text_zh": "x", "text_en": ""}], "user": "li", "password": "x", "entry": 1,
    }  # fmt: skip
    paths = [one.path for one in _operations() if one.body]
    contents = st.one_of(
        changed_tree(good, some_json).map(json_bytes),
        some_json.map(json_bytes),
        st.binary(max_size=200),
        st.sampled_from([b"[" * 20_000, b'{"a":' * 5000, b"9" * 5000, b"x" * 40_000]),
    )
    media_types = st.sampled_from(
        [
            "application/json",
            "application/json; charset=utf-16",
            "text/plain",
            "multipart/form-data",
            "application/x-www-form-urlencoded",
            "application/x+json",
            "",
        ]
    )
    return st.tuples(_senders(), st.sampled_from(paths), contents, media_types)


HTTP = Fuzzer(
    name="http",
    target=served_site,
    tries=(
        Try(
            name="requests by the description",
            inputs=st.deferred(_requests),
            check=answers_fit_the_description,
        ),
        Try(name="any body", inputs=st.deferred(_bodies), check=any_body_is_answered_plainly),
    ),
)
