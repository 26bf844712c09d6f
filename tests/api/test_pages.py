"""The pages: what they say, what they load, and that they load it from here alone."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from api.app import create_app
from api.blueprint import EXTENSION
from api.config import Config
from api.rendering import STATIC
from api.seeding import fill_once
from identity.crypto.keyring import Purpose, create_ring
from identity.orm import Base
from identity.sandbox import outages
from tests.sandbox import Caller, Sandbox

PAGES = ("/", "/docs", "/demo", "/verify")
LANGUAGES = ("zh", "en")
# A name for a vocabulary, never fetched.
NAMESPACE = "http://www.w3.org/2000/svg"
TEXTS = {".js", ".css", ".svg", ".html", ".json", ".webmanifest"}
FOREIGN = re.compile(r"https?://|[\"'(]//")


class Tags(HTMLParser):
    """Collects a page's tags."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def links(self) -> Iterator[str]:
        """Yield what the page loads or leads to."""
        for _, attributes in self.tags:
            for name in ("href", "src"):
                if link := attributes.get(name):
                    yield link


def text_of(caller: Caller, path: str) -> str:
    response = caller.get(path, buffered=True)
    assert response.status_code == 200, path
    return response.get_data(as_text=True)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_may_load_from_this_host_only_and_run_no_inline_code(sandbox: Sandbox, path: str) -> None:
    response = sandbox.anybody.get(path)

    rules = dict(rule.split(" ", 1) for rule in response.headers["Content-Security-Policy"].split("; "))
    assert rules["default-src"] == "'none'"
    # The scanner shows photos that it fetched with its token, and runs a decoder.
    extra = {"img-src": " blob:", "script-src": " 'wasm-unsafe-eval'"} if path == "/verify" else {}
    assert rules["img-src"] == "'self' data:" + extra.get("img-src", "")
    assert rules["script-src"] == "'self'" + extra.get("script-src", "")
    assert {rules[name] for name in ("style-src", "connect-src", "font-src")} == {"'self'"}
    assert rules["frame-ancestors"] == "'none'"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_nothing_inline_that_its_policy_would_block(
    sandbox: Sandbox, path: str, language: str
) -> None:
    page = text_of(sandbox.anybody, f"{path}?lang={language}")

    tags = Tags(page).tags
    assert not re.search(r"<script(?![^>]* src=)|<style", page)
    assert not any(name == "style" or name.startswith("on") for _, attrs in tags for name in attrs)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_every_link_of_a_page_leads_somewhere_on_this_host(
    sandbox: Sandbox, path: str, language: str
) -> None:
    page = Tags(text_of(sandbox.anybody, f"{path}?lang={language}"))
    ids = {attributes.get("id") for _, attributes in page.tags}

    for link in page.links():
        if link.startswith("#"):
            assert link[1:] in ids, link
        else:
            target = path + link if link.startswith("?") else link
            assert target.startswith("/"), link
            assert not target.startswith("//"), link
            assert sandbox.anybody.get(target, buffered=True).status_code == 200, link


def test_no_file_of_ours_names_another_host(sandbox: Sandbox) -> None:
    ours = [file.relative_to(STATIC) for file in sorted(STATIC.rglob("*")) if file.suffix in TEXTS]

    for file in (one for one in ours if one.parts[0] != "vendor"):
        text = text_of(sandbox.anybody, f"/static/{file}").replace(NAMESPACE, "")

        assert not FOREIGN.search(text), file


def test_the_api_browsers_style_loads_nothing_but_data(sandbox: Sandbox) -> None:
    css = text_of(sandbox.anybody, "/docs/swagger-ui.css")

    assert "@import" not in css
    assert set(re.findall(r"url\([\"']?(\w+:|/)", css)) == {"data:"}


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/docs/swagger-ui-bundle.js", "text/javascript"),
        ("/docs/swagger-ui.css", "text/css"),
        ("/static/docs.js", "text/javascript"),
        ("/static/shared/api.js", "text/javascript"),
        ("/static/demo-shown.svg", "image/svg+xml"),
    ],
)
def test_a_file_is_served_as_what_it_is(sandbox: Sandbox, path: str, content_type: str) -> None:
    response = sandbox.anybody.get(path, buffered=True)

    assert response.mimetype == content_type
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_file_that_has_not_changed_is_not_sent_again(sandbox: Sandbox) -> None:
    path = "/static/shared/base.css"
    first = sandbox.anybody.get(path, buffered=True)

    again = sandbox.anybody.get(path, buffered=True, headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Cache-Control"] == "no-cache"
    assert again.status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        "/docs/LICENSE",
        "/docs/..%2f__init__.py",
        "/docs/index.css",
        "/static/../templates/home.html",
        "/static/%2e%2e/templates/home.html",
        "/static/nothing.css",
        "/static/",
    ],
)
def test_other_files_are_problems_not_files(sandbox: Sandbox, path: str) -> None:
    response = sandbox.anybody.get(path)

    assert (response.status_code, response.mimetype) == (404, "application/problem+json")


def test_a_page_speaks_chinese_unless_asked_otherwise(sandbox: Sandbox) -> None:
    def language(path: str, accept: str | None = None) -> tuple[str, str | None]:
        headers = {"Accept-Language": accept} if accept else {}
        response = sandbox.anybody.get(path, headers=headers)
        (html,) = (attributes for tag, attributes in Tags(response.text).tags if tag == "html")
        assert response.headers["Content-Language"] == html["lang"]
        assert "Accept-Language" in response.headers["Vary"]
        return response.headers["Content-Language"], html["lang"]

    assert language("/")[0] == "zh-CN"
    assert language("/", "en-GB,en;q=0.9")[0] == "en"
    assert language("/?lang=zh", "en")[0] == "zh-CN"
    assert language("/?lang=en")[0] == "en"
    assert language("/?lang=<script>")[0] == "zh-CN"


def test_the_home_page_tells_the_sandboxs_time_and_that_it_was_moved(sandbox: Sandbox) -> None:
    sandbox.anybody.expect(200, "POST", "/v1/sandbox/clock", json={"now": "2031-05-06T16:30:00Z"})

    page = text_of(sandbox.anybody, "/")

    assert re.search(r'datetime="2031-05-06T16:30:\d\dZ">2031-05-07 00:30:\d\d<', page)
    assert "已被调整" in page
    sandbox.anybody.expect(200, "POST", "/v1/sandbox/clock", json={})
    assert "与真实时间一致" in text_of(sandbox.anybody, "/")


def test_the_home_page_names_the_registries_that_are_broken(sandbox: Sandbox) -> None:
    with sandbox.parts.database.read() as session:
        count = len(outages.all_registries(session))
    assert f"{count} 个，全部正常" in text_of(sandbox.anybody, "/")

    sandbox.break_registry("traffic-police")

    page = text_of(sandbox.anybody, "/")
    assert "全部正常" not in page
    assert re.search(r"测试市公安局交通管理局</span> <strong class=\"bad\">down", page)


def test_the_home_pages_four_calls_are_everybody_and_everything_one_needs(sandbox: Sandbox) -> None:
    page = text_of(sandbox.anybody, "/")
    everybody = sandbox.anybody.expect(200, "GET", "/v1/sandbox/personas")

    assert re.findall(r"<b>POST</b> (\S+?)(?:<br>|</code>)", page) == [
        "/v1/sessions",
        "/v1/real-name",
        "/v1/wallet/sync",
        "/v1/licences/{id}/show-tokens",
    ]
    assert everybody["items"][0]["id_number"] in page
    for persona in everybody["items"]:
        assert f"<code>{persona['code']}</code>" in page
    for member in everybody["staff"]:
        assert f"<code>{member['password']}</code>" in page


def test_an_unfilled_sandbox_says_how_to_fill_it(sandbox: Sandbox) -> None:
    with sandbox.parts.database.write() as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(table.delete())

    page = text_of(sandbox.anybody, "/")

    assert "flask --app wsgi seed" in page
    assert fill_once(sandbox.parts)


def test_production_shows_no_personas_and_no_logins(config: Config, tmp_path: Path) -> None:
    environment = {
        "LZ_ENV": "production",
        "DATABASE_URL": config.database_url,
        "DATA_DIR": str(tmp_path),
        "KEYS_DIR": str(config.keys_dir),
        "METRICS_TOKEN": "known-to-the-operator",
        "LOG_LEVEL": "error",
    }
    for purpose in Purpose:
        create_ring(config.keys_dir, purpose)
    app = create_app(Config.from_env(environment))
    anybody = Caller(app)

    home, browser = text_of(anybody, "/"), text_of(anybody, "/docs")

    assert anybody.get("/demo").status_code == 404
    assert "生产" in home
    assert not re.search(r"sandbox|沙盒|zhang-wei", home + browser)
    app.extensions[EXTENSION].close()
