"""Pages for people who would rather look than read. They load nothing from another host."""

from importlib import resources
from pathlib import Path

import flask_swagger_ui
from flask import Blueprint, Response, abort, render_template, send_from_directory
from flask import current_app as app

from api import openapi
from api.blueprint import services

STATIC = Path(str(resources.files("api") / "pages" / "static"))
SWAGGER_UI = Path(flask_swagger_ui.__file__).parent / "dist"
SWAGGER_FILES = frozenset({"swagger-ui-bundle.js", "swagger-ui.css", "favicon-32x32.png"})

# Swagger UI draws its icons from data: URLs; nothing else comes from outside of this host.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

blp = Blueprint("pages", __name__, template_folder="../pages/templates")


@blp.get("/")
def home() -> Response:
    """Say what runs here and where to go."""
    return _page("home.html", now=services().clock.now())


@blp.get("/docs")
def docs() -> Response:
    """Show the API browser."""
    return _page("docs.html")


@blp.get("/openapi.json")
def openapi_json() -> Response:
    """Return what the API browser reads."""
    return app.json.response(openapi.document(app))


@blp.get("/static/<path:name>")
def static(name: str) -> Response:
    """Return a file of the pages."""
    return send_from_directory(STATIC, name, max_age=3600)


@blp.get("/docs/<string:name>")
def swagger_file(name: str) -> Response:
    """Return a file of the API browser."""
    if name not in SWAGGER_FILES:
        abort(404)
    return send_from_directory(SWAGGER_UI, name, max_age=86400)


def _page(template: str, **values: object) -> Response:
    page = Response(
        render_template(template, sandbox=services().config.is_sandbox, **values),
        content_type="text/html; charset=utf-8",
    )
    page.headers["Content-Security-Policy"] = PAGE_POLICY
    return page
