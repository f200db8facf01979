"""What a page or a program is told when something could not be done: a code and two sentences.

Refusals of the rules keep their own code and sentences; here stand those of the web itself.
"""

from collections.abc import Mapping
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from queue_server.records.records import RecordsUnavailable
from queue_server.rules.refusals import Refused
from queue_server.rules.terms import RefusalCode


class ProblemCode(StrEnum):
    """Why the web itself could not do something."""

    NOT_SIGNED_IN = "NOT_SIGNED_IN"
    WRONG_PASSWORD = "WRONG_PASSWORD"  # noqa: S105 - a code
    CODE_NEEDED = "CODE_NEEDED"
    WRONG_CODE = "WRONG_CODE"
    TOO_MANY_TRIES = "TOO_MANY_TRIES"
    WRONG_ORIGIN = "WRONG_ORIGIN"
    TOO_LARGE = "TOO_LARGE"
    NOT_FOUND = "NOT_FOUND"
    NO_ANSWER = "NO_ANSWER"
    DEVICE_AWAY = "DEVICE_AWAY"
    RECORDS_UNAVAILABLE = "RECORDS_UNAVAILABLE"
    RELEASE_OVER = "RELEASE_OVER"
    CLAIM_NOT_STUCK = "CLAIM_NOT_STUCK"
    SERVER_ERROR = "SERVER_ERROR"


_CODE = ProblemCode
SENTENCES: Final[Mapping[ProblemCode, tuple[int, str, str]]] = {
    _CODE.NOT_SIGNED_IN: (
        401,
        "您还没有登录，或登录已到期。请重新登录。",
        "You are not signed in, or your time is over. Please sign in again.",
    ),
    _CODE.WRONG_PASSWORD: (
        401,
        "用户名或密码不对。请核对后再试。",
        "User name or password is wrong. Please check both and try again.",
    ),
    _CODE.CODE_NEEDED: (
        401,
        "请输入身份验证器应用显示的 6 位验证码。",
        "Please enter the six digits that your authenticator app shows.",
    ),
    _CODE.WRONG_CODE: (
        401,
        "验证码不对，或已用过。请等应用显示下一个验证码。",
        "The code is wrong or was used already. Please wait for the next one.",
    ),
    _CODE.TOO_MANY_TRIES: (
        429,
        "错误次数过多，请在 {wait_s} 秒后再试。",
        "Too many wrong tries. Please try again in {wait_s} seconds.",
    ),
    _CODE.WRONG_ORIGIN: (
        403,
        "请求来自别的网站，没有执行。请在本系统页面上操作。",
        "The request came from another site and was not carried out. Please use our own page.",
    ),
    _CODE.TOO_LARGE: (
        413,
        "发送的内容过大，没有执行。",
        "What was sent is too large and was not carried out.",
    ),
    _CODE.NOT_FOUND: (
        404,
        "没有这个页面。请从首页重新进入。",
        "There is no such page. Please start again from the first page.",
    ),
    _CODE.NO_ANSWER: (
        503,
        "服务器没有及时回答，不确定是否已执行。请先看列表再决定。",
        "No answer in time; whether it was done is not known. Look at the list before you decide.",
    ),
    _CODE.DEVICE_AWAY: (
        409,
        "该设备现在没有连接，命令没有发出。请先检查它的电源和网线。",
        "The device has no line at the moment; nothing was sent. Check its power and cable first.",
    ),
    _CODE.RECORDS_UNAVAILABLE: (
        503,
        "暂时查不到医院的患者档案。请稍后再试，或按号码查找。",
        "The hospital's records can't be asked at the moment. Try later, or search by number.",
    ),
    _CODE.RELEASE_OVER: (
        410,
        "这份报告的打印授权已使用或已过期。请在自助机上重新选择。",
        "This release of a report was used or is over. Please choose the report again.",
    ),
    _CODE.CLAIM_NOT_STUCK: (
        409,
        "这笔医保结算已有结果，或正在询问医保。请刷新页面再看。",
        "This settlement has ended, or is being asked about just now. Refresh the page and look.",
    ),
    _CODE.SERVER_ERROR: (
        500,
        "系统出错，没有完成。请看列表核对，并通知信息科。",
        "Something went wrong on the server. Check the list and tell the IT department.",
    ),
}

_STATUS_OF_REFUSAL: Final[Mapping[RefusalCode, int]] = {
    RefusalCode.NOT_ALLOWED: 403,
    RefusalCode.UNKNOWN_QUEUE: 404,
    RefusalCode.UNKNOWN_TICKET: 404,
    RefusalCode.BAD_REQUEST: 422,
    RefusalCode.BUSY: 503,
}
_STATUS_OF_OTHER_REFUSALS: Final = 409


class ProblemAnswer(BaseModel):
    """What is told in place of what was asked for: a code for programs, sentences for people."""

    code: str
    message_zh: str
    message_en: str


ANSWERS: Final[dict[int | str, dict[str, Any]]] = {
    status: {"model": ProblemAnswer, "description": HTTPStatus(status).phrase}
    for status in sorted(
        {HTTPStatus.BAD_REQUEST, _STATUS_OF_OTHER_REFUSALS}
        | {status for status, _, _ in SENTENCES.values()}
        | set(_STATUS_OF_REFUSAL.values())
    )
}
"""How the API's description tells of them."""


class Problem(Exception):
    """The web could not do what was asked; nothing has changed unless the sentence says so."""

    def __init__(self, code: ProblemCode, **parts: str) -> None:
        super().__init__(code.value)
        self.code = code
        self.status, zh, en = SENTENCES[code]
        self.message_zh = zh.format(**parts)
        self.message_en = en.format(**parts)

    def response(self) -> JSONResponse:
        """Return the answer that says so."""
        return _answer(self.status, self.code, self.message_zh, self.message_en)


def install(application: FastAPI) -> None:
    """Let every error be answered by a plain sentence; a page sends to the sign-in page.

    What nobody expects is answered by the request guard, which is outside of everything.
    """

    async def refused(_request: Request, error: Exception) -> Response:
        assert isinstance(error, Refused)
        status = _STATUS_OF_REFUSAL.get(error.code, _STATUS_OF_OTHER_REFUSALS)
        return _answer(status, error.code, error.message_zh, error.message_en)

    async def problem(request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)
        is_page = not request.url.path.startswith("/api/")
        if error.code is ProblemCode.NOT_SIGNED_IN and is_page:
            return RedirectResponse("/login", status_code=303)
        return error.response()

    async def unreadable(_request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        # Where and what is wrong, never what was sent: it may be a name.
        found = [
            f"{'.'.join(str(part) for part in item['loc'][1:])}: {item['msg']}".lstrip(": ")
            for item in error.errors()[:3]
        ]
        bad = Refused(RefusalCode.BAD_REQUEST, detail="; ".join(found)[:300])
        return _answer(422, bad.code, bad.message_zh, bad.message_en)

    async def from_http(_request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if error.status_code == Problem(ProblemCode.NOT_FOUND).status:
            return Problem(ProblemCode.NOT_FOUND).response()
        bad = Refused(RefusalCode.BAD_REQUEST, detail=error.detail)
        return _answer(error.status_code, bad.code, bad.message_zh, bad.message_en)

    async def without_records(_request: Request, _error: Exception) -> Response:
        return Problem(ProblemCode.RECORDS_UNAVAILABLE).response()

    application.add_exception_handler(Refused, refused)
    application.add_exception_handler(Problem, problem)
    application.add_exception_handler(RequestValidationError, unreadable)
    application.add_exception_handler(HTTPException, from_http)
    application.add_exception_handler(RecordsUnavailable, without_records)


def _answer(status: int, code: str, message_zh: str, message_en: str) -> JSONResponse:
    return JSONResponse(
        {"code": code, "message_zh": message_zh, "message_en": message_en}, status_code=status
    )


assert set(SENTENCES) == set(ProblemCode)
