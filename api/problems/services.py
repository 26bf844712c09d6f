"""What the services refuse: a part of the one table in `api.problems.table`."""

from api.language import Text
from api.problems.problem import Problem
from hotservices import errors
from identity.errors import DomainError

SERVICES_PROBLEMS: dict[type[DomainError], Problem] = {
    errors.ServiceNotFound: Problem(
        404, "service-not-found", Text("没有这个事项", "No such service")),
    errors.BundleNotFound: Problem(
        404, "bundle-not-found", Text("没有这个一件事", "No such bundle")),
    errors.GuideNotFound: Problem(
        404, "guide-not-found", Text("没有这个引导", "No such guide")),
}  # fmt: skip
