"""Refusals and failures as pages: one sentence in the reader's language, never a traceback."""

from __future__ import annotations

import traceback
from typing import Any

from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from scheduler import database, wording
from scheduler.errors import Busy, Conflict, Full, Invalid, NotAllowed, NotFound, Refusal, TooMany, Unavailable

STATUS: dict[type[Refusal], int] = {
    NotFound: 404,
    NotAllowed: 403,
    Invalid: 422,
    Conflict: 409,
    TooMany: 429,
    Busy: 503,
    Unavailable: 503,
    Full: 507,
}
FRAMELESS = {"http_500", "database_is_missing", "database_is_damaged", "database_not_writable"}

HTTP_WORDS: dict[int, tuple[str, str]] = {
    400: ("请求有误，没有保存任何内容。", "That request was not understood; nothing was saved."),
    404: ("没有找到，或您无权查看。", "Not found, or not yours to see."),
    405: ("这个地址不能这样使用。", "This address cannot be used that way."),
    410: ("这个日历已经停用。", "This calendar is no more."),
    408: ("请求太慢，没有保存任何内容。", "That request took too long; nothing was saved."),
    413: ("文件太大。", "The file is too large."),
    500: ("程序出错了，已记录。请稍后再试。", "Something broke on our side and was logged. Try again later."),
}
STALE_FORM = (
    "页面已过期，没有保存任何内容。请返回上一页刷新后再试。",
    "This page has expired; nothing was saved. Go back, reload it and try again.",
)


def install(app: Flask) -> None:
    """Answer refusals, HTTP errors and our own bugs."""
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(CSRFError, stale_form)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, broken)


def status_of(refusal: Refusal) -> int:
    """404, 403, 422, 409, 429, 503 or 507."""
    return STATUS[type(refusal)]


def refused(refusal: Refusal) -> Response:
    """The page of a refusal that no form could show."""
    response = answer(status_of(refusal), wording.sentences(refusal, g.lang), refusal.code)
    if isinstance(refusal, TooMany):
        response.headers["Retry-After"] = str(refusal.problems[0].facts["seconds"])
    return response


def stale_form(_error: CSRFError) -> Response:
    return answer(400, [_in_language(STALE_FORM)], "stale_form")


def http_error(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:  # a redirect made by the router
        return make_response(error.get_response())
    return answer(error.code, [_in_language(HTTP_WORDS.get(error.code, HTTP_WORDS[400]))], f"http_{error.code}")


def broken(error: Exception) -> Response:
    """A bug of ours: logged with its place, shown as a plain sentence. What ails the database is told in words."""
    if (refusal := database.refusal_of(error)) is not None:
        current_app.logger.error("the database: %s", refusal.code)
        return refused(refusal)
    where = [f"{at.filename}:{at.lineno} {at.name}" for at in traceback.extract_tb(error.__traceback__)]
    # without its message, which may name people
    current_app.logger.error("unexpected error: %s\n%s", type(error).__name__, "\n".join(where))
    return answer(500, [_in_language(HTTP_WORDS[500])], "http_500")


def _in_language(words: tuple[str, str]) -> str:
    return words[0] if g.get("lang", "zh") == "zh" else words[1]


def answer(status: int, sentences: list[str], code: str) -> Response:
    """As JSON for scripts, as plain text for calendars, else as a page."""
    body: Any
    if request.path.startswith("/calendar/"):
        body = Response("\n".join(sentences) + "\n", content_type="text/plain; charset=utf-8")
    elif request.accept_mimetypes.best == "application/json":
        body = jsonify(code=code, sentences=sentences)
    else:
        page = "broken.html" if code in FRAMELESS else "error.html"  # the frame asks the database: it may be what broke
        body = render_template(page, status=status, sentences=sentences)
    response = make_response(body, status)
    if status == 503:
        response.headers["Retry-After"] = "5"
    return response
