"""How a route is declared: who may call, what it takes, returns and refuses, in one place.

A route without a guard, a summary in two languages, or an answer can't be written down at all.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from http import HTTPStatus
from typing import Any

import flask_smorest
import marshmallow as ma
from flask import Response, current_app

from api import examples
from api.call import Ahead, Call
from api.errors import (
    BodyTooLarge,
    MalformedRequest,
    TooManyRequests,
    UnsupportedMediaType,
    ValidationFailed,
)
from api.guards import Guard
from api.idempotency import HEADER, once_per_key, once_per_lease
from api.limits import count_caller, limited
from api.problems.problem import Problem
from api.problems.table import CONTENT_TYPE, problem_of
from api.schemas.common import Empty, ProblemSchema
from api.services import Services
from api.validation import FORM, JOSE, Parser
from identity.errors import DomainError, IdempotencyKeyInUse, IdempotencyKeyReused

EXTENSION = "lz-services"
# A body that is a JWS and nothing else.
COMPACT_JWS = {"type": "string", "pattern": r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{86}$"}
BODY_REFUSALS = (MalformedRequest, BodyTooLarge, UnsupportedMediaType, ValidationFailed)


@dataclass(frozen=True, slots=True)
class Summary:
    """What a route does, in a few words."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a route returns: a schema's shape, or bytes of a content type."""

    status: int
    schema: type[ma.Schema] | None = None
    content_type: str = "application/json"


class Blueprint(flask_smorest.Blueprint):
    """A resource's routes."""

    ARGUMENTS_PARSER = Parser()

    def get(self, rule: str, **declaration: Any) -> Callable[[Callable[..., Any]], Any]:
        """Declare a GET route; see `declare`."""
        return self.declare("GET", rule, **declaration)

    def post(self, rule: str, **declaration: Any) -> Callable[[Callable[..., Any]], Any]:
        """Declare a POST route; see `declare`."""
        return self.declare("POST", rule, **declaration)

    def declare(
        self,
        method: str,
        rule: str,
        *,
        guard: Guard,
        summary: Summary,
        answer: Answer,
        answers: Mapping[int, type[ma.Schema]] | None = None,
        body: type[ma.Schema] | None = None,
        form: type[ma.Schema] | None = None,
        query: type[ma.Schema] | None = None,
        refuses: Sequence[type[DomainError]] = (),
        once: timedelta | None = None,
        repeatable: timedelta | None = None,
        limit: str | None = None,
        ahead: Ahead | None = None,
        description: str | None = None,
    ) -> Callable[[Callable[..., Any]], Any]:
        """Declare a route.

        The view is called with the Call, then the body (of a POST) or the query, then the path's parts.
        `once` is how long an Idempotency-Key is remembered; `repeatable` the same for a view that works in
        several transactions, and may be repeated when a worker died in its middle. A `form` is described, and read by the
        view itself; `answers` are others than `answer` that are no problems, by their status. `limit` names a rate limit beside those of
        every route. `ahead` is what the view mostly asks (`Call.ask`) of a citizen, so that it need not wait for the guard.
        """
        takes_body = body or (Empty if method == "POST" and not form else None)
        refusals = [*guard.refuses, *refuses, TooManyRequests]
        refusals += BODY_REFUSALS if takes_body else ([ValidationFailed] if query else [])
        keyed = once or repeatable
        refusals += [IdempotencyKeyReused] if keyed else []
        refusals += [IdempotencyKeyInUse] if repeatable else []

        def decorate(view: Callable[..., Any]) -> Any:
            wrapped = self._answering(view, answer)
            if query:
                # An instance: of a class, one would be built for every request.
                wrapped = _undocumented_422(self.arguments(query(), location="query")(wrapped))
            if takes_body:
                wrapped = self._taking(wrapped, takes_body)
            if form:
                wrapped = _typed(self.doc(requestBody=_form(form))(wrapped))
            if once:
                wrapped = once_per_key(wrapped, once)
            if repeatable:
                wrapped = once_per_lease(wrapped, repeatable)
            if limit:
                wrapped = limited(wrapped, limit)
            wrapped = _guarded(wrapped, guard, ahead, writes=method == "POST")
            wrapped = self._refusing(wrapped, refusals)
            wrapped = self._also_answering(wrapped, answers or {})
            wrapped = self.doc(**_operation(view, guard, summary, description, keyed))(wrapped)
            # The markers that tests/architecture looks for.
            wrapped.guard, wrapped.keyed = guard, keyed
            return self.route(rule, methods=[method])(wrapped)

        return decorate

    def _answering(self, view: Callable[..., Any], answer: Answer) -> Callable[..., Any]:
        if answer.schema is None:
            schema: Any = {"type": "string"} if answer.content_type.startswith("text/") else {}
            return _typed(self.response(answer.status, schema, content_type=answer.content_type)(view))
        example = examples.of(answer.schema)
        return _typed(self.response(answer.status, answer.schema, example=example)(view))

    def _also_answering(
        self, view: Callable[..., Any], answers: Mapping[int, type[ma.Schema]]
    ) -> Callable[..., Any]:
        documented = {
            status: {
                "description": HTTPStatus(status).phrase,
                "content": {"application/json": {"schema": schema, "example": examples.of(schema)}},
            }
            for status, schema in answers.items()
        }
        return _typed(self.doc(responses=documented)(view))

    def _taking(self, view: Callable[..., Any], body: type[ma.Schema]) -> Callable[..., Any]:
        schema = body()
        required = any(field.required for field in schema.fields.values())
        takes = self.arguments(schema, example=examples.of(body), required=required)(view)
        if getattr(body, "takes_jose", False):
            takes = self.doc(requestBody={"content": {JOSE: {"schema": COMPACT_JWS}}})(takes)
        return _undocumented_422(takes)

    def _refusing(self, view: Callable[..., Any], errors: Sequence[type[DomainError]]) -> Callable[..., Any]:
        by_status: dict[int, list[Problem]] = {}
        for error in dict.fromkeys(errors):
            problem = problem_of(error)
            by_status.setdefault(problem.status, []).append(problem)
        documented = {status: _refusal(problems) for status, problems in sorted(by_status.items())}
        return _typed(self.doc(responses=documented)(view))


def _form(form: type[ma.Schema]) -> dict[str, Any]:
    return {"required": True, "content": {FORM: {"schema": form, "example": examples.of(form)}}}


def _typed(view: Any) -> Callable[..., Any]:
    # flask-smorest's decorators have no types.
    typed: Callable[..., Any] = view
    return typed


def services() -> Services:
    """Return the parts that the factory built for this app."""
    built: Services = current_app.extensions[EXTENSION]
    return built


def _undocumented_422(view: Callable[..., Any]) -> Callable[..., Any]:
    # flask-smorest documents a 422 of its own form; ours is declared with the other refusals.
    view.__dict__["_apidoc"]["arguments"].pop("responses", None)
    return view


def _guarded(
    view: Callable[..., Any], guard: Guard, ahead: Ahead | None, *, writes: bool
) -> Callable[..., Any]:
    @wraps(view)
    def wrapper(**path: object) -> Response:
        with Call(services(), writes=writes, ahead=ahead) as call:
            guard.admit(call)
            count_caller(call)
            response: Response = view(call, **path)
            return response

    return wrapper


def _refusal(problems: Sequence[Problem]) -> dict[str, Any]:
    codes = dict.fromkeys(problem.code for problem in problems)
    shown = {problem.code: {"value": examples.of_problem(problem)} for problem in problems}
    return {
        "description": " · ".join(codes),
        "content": {CONTENT_TYPE: {"schema": ProblemSchema, "examples": shown}},
    }


def _operation(
    view: Callable[..., Any],
    guard: Guard,
    summary: Summary,
    description: str | None,
    keyed: timedelta | None,
) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": view.__name__,
        "summary": f"{summary.zh} · {summary.en}",
        "x-summary-zh": summary.zh,
        "x-summary-en": summary.en,
    } | guard.spec
    if description:
        operation["description"] = description
    if keyed:
        operation["parameters"] = [HEADER]
    return operation
