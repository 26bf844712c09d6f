"""Reviews and what they add up to, on the wire."""

from marshmallow import fields, validate

from api.schemas.common import (
    DEFAULT_LIMIT,
    MAX_LIMIT,
    Instant,
    NameCode,
    Request,
    Response,
    items_of,
    next_cursor,
    one_of,
)
from api.validation import Prose, Text
from hotservices.reviews.aspects import MOST_STARS, Aspect
from hotservices.reviews.cleaning import MAX_COMMENT
from hotservices.reviews.scores import By


class ReviewRequest(Request):
    """What somebody says of how their case was handled. What would tell who they are is taken out of the comment."""

    stars = fields.Integer(strict=True, required=True, validate=validate.Range(1, MOST_STARS))
    aspects = fields.List(one_of(Aspect), load_default=list, validate=validate.Length(max=len(Aspect)))
    comment = Prose(maximum=MAX_COMMENT, load_default=None, allow_none=True)


class AspectSchema(Response):
    """Something that a review speaks of."""

    code = one_of(Aspect, required=True)
    text = fields.String(required=True)


class ReviewSchema(Response):
    """A review as anybody reads it. `name_masked` is null once its writer has been erased."""

    id = fields.String(required=True)
    service = fields.Nested(NameCode, required=True)
    department = fields.String(required=True)
    stars = fields.Integer(required=True)
    label = fields.String(required=True)
    aspects = fields.List(fields.Nested(AspectSchema), required=True)
    comment = fields.String(required=True, allow_none=True)
    name_masked = fields.String(required=True, allow_none=True)
    at = Instant(required=True)


class ScoreSchema(Response):
    """What reviews add up to: `average` of five; three stars and more are satisfied, one and two negative."""

    count = fields.Integer(required=True)
    average = fields.Float(required=True)
    satisfied_percent = fields.Float(required=True)
    negative = fields.Integer(required=True)
    by_stars = fields.List(
        fields.Integer(), required=True, metadata={"description": "一星至五星各几条 · from one star to five"}
    )


class ReviewList(Response):
    """Reviews of a service, newest first. `score` is null where fewer than ten people wrote any."""

    items = items_of(ReviewSchema)
    next_cursor = next_cursor()
    score = fields.Nested(ScoreSchema, required=True, allow_none=True)


class ScoredSchema(Response):
    """The score of a department or of a service; null where fewer than ten people wrote any review."""

    department = fields.String(required=True)
    service = fields.Nested(NameCode, required=True, allow_none=True)
    score = fields.Nested(ScoreSchema, required=True, allow_none=True)


class ReviewStatistics(Response):
    """Scores in order of their names or codes, and that of everything."""

    items = items_of(ScoredSchema)
    next_cursor = next_cursor()
    total = fields.Nested(ScoreSchema, required=True, allow_none=True)


class ReviewStatisticsQuery(Request):
    """What to add up by, of whom, and which part of the list."""

    by = one_of(By, load_default=By.DEPARTMENT)
    department = Text(maximum=50, load_default=None)
    limit = fields.Integer(load_default=DEFAULT_LIMIT, validate=validate.Range(1, MAX_LIMIT))
    cursor = Text(maximum=64, load_default=None)
