"""Pages for people who would rather look than read. They load nothing from another host."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import flask_swagger_ui
from flask import Blueprint, Response, abort, jsonify, send_from_directory
from flask import current_app as app

from api import openapi, static_files
from api.blueprint import services
from api.rendering import page
from identity.clock import SHANGHAI, SystemClock
from identity.sandbox import outages, personas, staff
from identity.sandbox.outages import SandboxRegistryRow
from identity.sandbox.personas import Persona

SWAGGER_UI = Path(flask_swagger_ui.__file__).parent / "dist"
SWAGGER_FILES = frozenset({"swagger-ui-bundle.js", "swagger-ui.css"})
# Two clocks that differ by less were read one after the other.
SAME_TIME = timedelta(seconds=2)

blp = Blueprint("pages", __name__, template_folder="../pages/templates")


@dataclass(frozen=True, slots=True)
class SandboxState:
    """What the home page tells of a sandbox; passwords and numbers are fictitious and no secret."""

    personas: list[Persona]
    registries: list[SandboxRegistryRow]
    clock_moved: bool

    @property
    def troubled(self) -> list[SandboxRegistryRow]:
        """The registries that somebody broke."""
        return [registry for registry in self.registries if registry.status != "ok"]


@blp.get("/")
def home() -> Response:
    """Say what runs here and where to go."""
    now = services().clock.now()
    state = _sandbox_state(now) if services().config.is_sandbox else None
    return page("home.html", now=now, local=now.astimezone(SHANGHAI), state=state, staff=staff)


@blp.get("/docs")
def docs() -> Response:
    """Show the API browser."""
    return page("docs.html")


@blp.get("/demo")
def demo() -> Response:
    """Show a phone to try everything with; a sandbox's, like the people that one can be on it."""
    if not services().config.is_sandbox:
        abort(404)
    return page("demo.html")


@blp.get("/openapi.json")
def openapi_json() -> Response:
    """Return what the API browser reads."""
    return jsonify(openapi.document(app))


@blp.get("/static/<path:name>")
def static(name: str) -> Response:
    """Return a file of the pages."""
    return static_files.send(name)


@blp.get("/docs/<string:name>")
def swagger_file(name: str) -> Response:
    """Return a file of the API browser."""
    if name not in SWAGGER_FILES:
        abort(404)
    return send_from_directory(SWAGGER_UI, name, max_age=static_files.ONE_DAY)


def _sandbox_state(now: datetime) -> SandboxState:
    parts = services()
    with parts.database.read() as session:
        return SandboxState(
            personas.all_personas(session, parts.cipher),
            outages.all_registries(session),
            abs(now - SystemClock().now()) > SAME_TIME,
        )
