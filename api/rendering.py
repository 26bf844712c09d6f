"""Pages in two languages, and what a page may load: nothing from another host, and no inline code."""

from importlib import resources
from pathlib import Path

from flask import Response, render_template, request

from api.blueprint import services
from api.language import EN, ZH, Text, preferred

STATIC = Path(str(resources.files("api") / "pages" / "static"))

# Swagger UI draws its icons from data: URLs; nothing else comes from outside of this host.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# A photo comes through the API with a bearer token, and is shown from a blob: URL that only its page can read.
APP_POLICY = PAGE_POLICY.replace("data:", "data: blob:") + "; manifest-src 'self'; worker-src 'self'"


def page(template: str, *, policy: str = PAGE_POLICY, **values: object) -> Response:
    """Render a page in the language of `?lang=`, else of the browser."""
    asked = request.args.get("lang")
    language = asked if asked in {ZH, EN} else preferred()

    def say(zh: str, en: str) -> str:
        return Text(zh, en).in_language(language)

    sandbox = services().config.is_sandbox
    answer = Response(
        render_template(template, sandbox=sandbox, language=language, say=say, **values),
        content_type="text/html; charset=utf-8",
    )
    answer.content_language.add("en" if language == EN else "zh-CN")
    answer.vary.add("Accept-Language")
    answer.headers["Content-Security-Policy"] = policy
    return answer
