"""The application factory."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from api import cors, envelope, limits, observability, openapi
from api.blueprint import EXTENSION
from api.commands import keys
from api.commands.general import register as register_commands
from api.config import Config
from api.limits import Limits
from api.problems import answering
from api.routes import (
    access_records,
    account,
    acting,
    agencies,
    bundles,
    cases,
    catalogue,
    clients,
    consent_requests,
    consents,
    corrections,
    counter,
    dependants,
    devices,
    drafts,
    face_checks,
    forms,
    freezing,
    hot_services,
    licences,
    notices,
    oauth,
    operations,
    organisations,
    pages,
    pulls,
    registry_events,
    reviews,
    rights,
    sandbox,
    scanner,
    services,
    sessions,
    show_tokens,
    staff,
    staff_cases,
    staff_members,
    status_lists,
    verifications,
    webhooks,
)
from api.services import Services, build
from api.validation import OrjsonProvider

BLUEPRINTS = (
    sessions.blp,
    devices.blp,
    acting.blp,
    dependants.blp,
    account.blp,
    rights.blp,
    face_checks.blp,
    counter.blp,
    notices.blp,
    licences.blp,
    show_tokens.blp,
    verifications.blp,
    access_records.blp,
    freezing.blp,
    status_lists.blp,
    forms.blp,
    drafts.blp,
    corrections.blp,
    services.blp,
    catalogue.blp,
    hot_services.blp,
    bundles.blp,
    cases.blp,
    reviews.blp,
    organisations.blp,
    clients.blp,
    oauth.blp,
    consent_requests.blp,
    consents.blp,
    pulls.blp,
    registry_events.blp,
    staff.blp,
    staff_members.blp,
    agencies.blp,
    staff_cases.blp,
    webhooks.blp,
)


class App(Flask):
    """Flask without its question, some twelve times a request, whether what it calls is a coroutine: nothing here is."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function as it is."""
        return func


def create_app(config: Config, parts: Services | None = None) -> Flask:
    """Build the app of a configuration; `parts` replaces what the composition root would build."""
    observability.configure_logging(config.log_level)
    app = App("api", static_folder=None)
    app.json = OrjsonProvider(app)
    app.url_map.strict_slashes = False
    # A path with doubled slashes is unknown, and answered like any other, not redirected.
    app.url_map.merge_slashes = False
    app.extensions[EXTENSION] = parts or build(config)
    if config.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.trusted_proxies)  # type: ignore[method-assign]
    observability.register(app)
    envelope.register(app, encrypted=not config.is_sandbox)
    cors.register(app, config.cors_origins)
    answering.register(app)
    limits.register(app, Limits(config))
    api = openapi.Api(app)
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint)
    if config.is_sandbox:
        api.register_blueprint(sandbox.blp)
    app.register_blueprint(operations.blp)
    app.register_blueprint(pages.blp)
    app.register_blueprint(scanner.blp)
    register_commands(app)
    keys.register(app, config)
    return app
