"""Logs and metrics. Neither ever holds personal data: routes are named by their rule, never by their path."""

import logging
import os
import sys
import time

import structlog
from flask import Flask, Response, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

from wallet.registries.http.breaker import CircuitState

REQUESTS = Counter("lz_requests_total", "Requests answered", ["method", "route", "status"])
DURATION = Histogram(
    "lz_request_seconds",
    "Seconds from reading a request to having its answer",
    ["method", "route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3, 10),
)
CIRCUITS = Gauge(
    "lz_registry_circuit",
    "Circuit of a registry: 0 closed, 1 half open, 2 open",
    ["registry"],
    multiprocess_mode="livemax",
)
CIRCUIT_VALUES = {CircuitState.CLOSED: 0, CircuitState.HALF_OPEN: 1, CircuitState.OPEN: 2}
NO_ROUTE = "(none)"

log = structlog.get_logger("request")


def configure_logging(level: str) -> None:
    """Write JSON lines to standard error."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def register(app: Flask) -> None:
    """Count, time and log every request of an app."""

    def begin() -> None:
        g.started = time.perf_counter()

    def finish(response: Response) -> Response:
        seconds = time.perf_counter() - g.get("started", time.perf_counter())
        route = request.url_rule.rule if request.url_rule else NO_ROUTE
        method = request.method if request.url_rule else NO_ROUTE
        REQUESTS.labels(method, route, response.status_code).inc()
        DURATION.labels(method, route).observe(seconds)
        log.info(
            "answered",
            request_id=g.get("request_id"),
            method=method,
            route=route,
            status=response.status_code,
            ms=round(seconds * 1000, 2),
        )
        return response

    app.before_request(begin)
    app.after_request(finish)


def show_circuit(registry: str, state: CircuitState) -> None:
    """Let /metrics tell of a registry's circuit."""
    CIRCUITS.labels(registry).set(CIRCUIT_VALUES[state])


def metrics_page() -> tuple[bytes, str]:
    """Return the Prometheus text page: of all workers when they share a folder, else of this one."""
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry), CONTENT_TYPE_LATEST
