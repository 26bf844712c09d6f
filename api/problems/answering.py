"""Answers every error of the app as a problem, by the table of `api.problems`."""

from collections.abc import Callable
from typing import Any

import orjson
import structlog
from flask import Flask, Response, g
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from api.errors import TooManyRequests, ValidationFailed
from api.language import ZH, Text, content_language, preferred
from api.problems.problem import Problem
from api.problems.table import CONTENT_TYPE, DATABASE_TROUBLE, HTTP_PROBLEMS, INTERNAL, problem_of
from api.texts import REQUIRED, SOURCE_CHANGED, STATUS_TEXTS
from api.validation import MAX_NAMED_ERRORS, safe_name
from hotservices import errors as hotservices_errors
from hotservices.cases.errors import CaseNotInState
from identity import errors as identity_errors
from identity.errors import DomainError
from wallet import errors as wallet_errors
from wallet.forms import errors as form_errors

log = structlog.get_logger(__name__)

ByField = (
    ValidationFailed
    | identity_errors.InvalidField
    | identity_errors.FieldsMissing
    | form_errors.DraftFieldsWrong
    | form_errors.SourceChanged
)


def said_of(error: DomainError) -> dict[str, Any]:
    """Return a refusal as one of several outcomes has it: status, code and words, without a request of its own."""
    problem, language = problem_of(type(error)), preferred()
    return {
        "status": problem.status,
        "code": problem.code,
        "title": problem.title.in_language(language),
        "detail": problem.detail and problem.detail.in_language(language),
        "errors": None,
    } | _members(error, language)


def respond(problem: Problem, *, detail: str | None = None, **members: Any) -> Response:
    """Return a problem as a response in the caller's language."""
    language = preferred()
    said = detail if detail is not None else problem.detail and problem.detail.in_language(language)
    body = {
        "type": problem.type,
        "title": problem.title.in_language(language),
        "status": problem.status,
        "detail": said,
        "code": problem.code,
        "request_id": g.get("request_id"),
        "errors": None,
    } | members
    response = Response(orjson.dumps(body), status=problem.status, content_type=CONTENT_TYPE)
    response.headers["Content-Language"] = content_language()
    return response


def _answer_domain_error(error: DomainError) -> Response:
    problem = problem_of(type(error))
    response = respond(problem, **_members(error, preferred()))
    if problem.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if problem.status == 503:
        response.headers["Retry-After"] = "5"
    match error:
        case (
            identity_errors.RealNameLocked()
            | identity_errors.TooManyFaceChecks()
            | identity_errors.CounterCodeLocked()
            | identity_errors.StaffLocked()
            | wallet_errors.CheckCodeLocked()
        ):
            response.headers["Retry-After"] = str(int(error.retry_after.total_seconds()) + 1)
        case identity_errors.IdempotencyKeyInUse():
            response.headers["Retry-After"] = "1"
        case identity_errors.PlatformRateLimited():
            # What WeChat counts, it counts by the minute (error 45011).
            response.headers["Retry-After"] = "60"
        case TooManyRequests():
            response.headers["Retry-After"] = str(error.retry_after_seconds)
    return response


def _members(error: DomainError, language: str) -> dict[str, Any]:
    match error:
        case (
            ValidationFailed()
            | identity_errors.InvalidField()
            | identity_errors.FieldsMissing()
            | form_errors.DraftFieldsWrong()
            | form_errors.SourceChanged()
        ):
            return {"errors": _by_field(error, language)}
        case hotservices_errors.ServicesFaulty() | hotservices_errors.DepartmentNotGranted():
            return _of_catalogue(error, language)
        case identity_errors.AssuranceLevelRequired():
            return {"required_level": error.required_level}
        case CaseNotInState():
            return {"state": error.state}
        case wallet_errors.LicenceNotShowable():
            said = STATUS_TEXTS[error.status].in_language(language)
            detail = f"{error.title}{said}" if language == ZH else f"{error.title}: {said}"
            return {"detail": detail, "licence_status": error.status}
        case _:
            return {}


def _by_field(error: ByField, language: str) -> dict[str, list[str]]:
    match error:
        case ValidationFailed():
            return error.errors
        case identity_errors.InvalidField():
            return {error.field: [error.messages[language]]}
        case identity_errors.FieldsMissing():
            return {field: [REQUIRED.in_language(language)] for field in error.fields}
        case form_errors.SourceChanged():
            return {field: [SOURCE_CHANGED.in_language(language)] for field in error.fields}
        case form_errors.DraftFieldsWrong():
            faults = list(error.faults.items())[:MAX_NAMED_ERRORS]
            return {safe_name(key): [Text(said.zh, said.en).in_language(language)] for key, said in faults}


def _of_catalogue(
    error: hotservices_errors.ServicesFaulty | hotservices_errors.DepartmentNotGranted, language: str
) -> dict[str, Any]:
    """Name the departments, or the faults of a body's services by their place in it, as a schema would."""
    if isinstance(error, hotservices_errors.DepartmentNotGranted):
        return {"departments": list(error.departments)}
    errors: dict[str, list[str]] = {}
    for fault in error.faults:
        said = Text(fault.message_zh, fault.message_en).in_language(language)
        errors.setdefault(f"put.{fault.line}.{fault.field}", []).append(said)
    return {"errors": errors}


def _answer_http_error(error: HTTPException) -> Response:
    problem = HTTP_PROBLEMS.get(error.code or 500)
    if problem is None:
        problem = HTTP_PROBLEMS[400] if error.code and error.code < 500 else INTERNAL
    response = respond(problem)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _answer_database_trouble(error: DBAPIError) -> Response:
    # Locked for too long, restarting, disk full: nothing was committed, and trying again is right.
    log.error("database trouble", error=type(error.orig).__name__)
    response = respond(DATABASE_TROUBLE)
    response.headers["Retry-After"] = "2"
    return response


def _answer_unexpected(error: Exception) -> Response:
    # The message may quote what a person sent; the type and the place are enough to find the fault.
    log.error("unexpected error", error=type(error).__name__, at=_place(error))
    return respond(INTERNAL)


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace else "?"


HANDLERS: dict[type[Exception], Callable[[Any], Response]] = {
    DomainError: _answer_domain_error,
    HTTPException: _answer_http_error,
    OperationalError: _answer_database_trouble,
    # Two requests met in the same rows: one was committed, and the other finds that when it tries again.
    IntegrityError: _answer_database_trouble,
    Exception: _answer_unexpected,
}


def register(app: Flask) -> None:
    """Answer every error of an app as a problem."""
    for error, handler in HANDLERS.items():
        app.register_error_handler(error, handler)
