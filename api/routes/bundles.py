"""Bundles (一件事), and guides that lead to services by a few questions."""

from typing import Any

from api import known
from api.blueprint import Answer, Blueprint, Summary
from api.call import Call
from api.guards import MAYBE_CITIZEN, PUBLIC
from api.language import Text
from api.schemas.bundles import AnswersRequest, BundleList, BundleSchema, GuideList, GuideSchema
from hotservices import bundles, guides
from hotservices.bundles import Progress, Requirement
from hotservices.catalogue import Service
from hotservices.errors import BundleNotFound, GuideNotFound
from hotservices.guides import Advises, Asks, Choice, Guide, Question
from identity.errors import InvalidField

blp = Blueprint("bundles", __name__, url_prefix="/v1", description="一件事与办事引导 · Bundles and guides")


@blp.get(
    "/bundles",
    guard=MAYBE_CITIZEN,
    summary=Summary("一件事清单", "Bundles"),
    description="登录并实名后逐步标明所需证照是否已有。 · With a real name, every step says which licences you hold.",
    answer=Answer(200, BundleList),
)
def list_bundles(call: Call) -> dict[str, Any]:
    held, done = known.kinds_held(call), known.services_done(call)
    items = [
        _bundle(bundles.progress(bundle, held, done)) for bundle in bundles.bundles(call.catalogue).values()
    ]
    return {"items": items, "next_cursor": None}


@blp.get(
    "/bundles/<string:code>",
    guard=MAYBE_CITIZEN,
    summary=Summary("一件事详情", "A bundle"),
    answer=Answer(200, BundleSchema),
    refuses=(BundleNotFound,),
)
def get_bundle(call: Call, code: str) -> dict[str, Any]:
    bundle = bundles.get(call.catalogue, code)
    return _bundle(bundles.progress(bundle, known.kinds_held(call), known.services_done(call)))


@blp.get(
    "/guides",
    guard=PUBLIC,
    summary=Summary("办事引导", "Guides"),
    answer=Answer(200, GuideList),
)
def list_guides(call: Call) -> dict[str, Any]:
    items = [_said(guide, call) for guide in guides.guides(call.catalogue).values()]
    return {"items": items, "next_cursor": None}


@blp.post(
    "/guides/<string:code>/answers",
    guard=MAYBE_CITIZEN,
    summary=Summary("回答引导问题", "Answer a guide's questions"),
    description="每次带上全部已答；不带则返回第一个问题。不保存任何回答，也不写入网址。 · "
    "Send all answers so far, none for the first question. Answers are neither kept nor part of an address.",
    body=AnswersRequest,
    answer=Answer(200, GuideSchema),
    refuses=(GuideNotFound, InvalidField),
)
def answer_guide(call: Call, body: dict[str, Any], code: str) -> dict[str, Any]:
    guide = guides.get(call.catalogue, code)
    answer: dict[str, Any] = {"question": None, "advice": None}
    match guides.follow(guide, body["answers"]):
        case Asks(question):
            choices = [_said(choice, call) for choice in question.choices]
            answer["question"] = _said(question, call) | {"choices": choices}
        case Advises(services):
            answer["advice"] = _advice(call, services)
    return _said(guide, call) | answer


def _bundle(progress: Progress) -> dict[str, Any]:
    bundle = progress.bundle
    return {
        "code": bundle.code,
        "name": bundle.name,
        "audience": bundle.audience,
        "lead": bundle.lead,
        "steps": [
            {
                "order": step.order,
                "service": step.service,
                "requires": known.requirements(step.requires),
                "done": step.done,
            }
            for step in progress.steps
        ],
    }


def _said(thing: Guide | Question | Choice, call: Call) -> dict[str, Any]:
    text = Text(thing.text.zh, thing.text.en)
    return {"code": thing.code, "text": text.in_language(call.language)}


def _advice(call: Call, services: tuple[Service, ...]) -> dict[str, Any]:
    held = known.kinds_held(call)
    asked = {service: bundles.requirements(service, held) for service in services}
    every: dict[Requirement, None] = {}
    for needs in asked.values():
        every |= dict.fromkeys(needs)
    return {
        "services": [
            {
                "code": service.code,
                "name": service.name,
                "department": service.department,
                "requires": known.requirements(needs),
            }
            for service, needs in asked.items()
        ],
        "licences": known.requirements(every),
    }
