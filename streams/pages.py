"""The web pages of a worker: /metrics, /live and /ready, on Faust's own server."""

from __future__ import annotations

from typing import Any

from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from streams.health import Health, Verdict
from streams.metrics import registry, viewing
from streams.worker import Worker


def add_pages(worker: Worker) -> None:
    """Put the pages on the worker's app, before it is started."""
    health = Health(worker)
    metrics = registry(worker, health)

    @worker.app.page("/metrics")
    async def show_metrics(web: Any, request: Any) -> Any:
        text = generate_latest(metrics) + viewing(worker.viewing.seen)
        return web.bytes(text, content_type=CONTENT_TYPE_LATEST.partition(";")[0])

    @worker.app.page("/live")
    async def show_alive(web: Any, request: Any) -> Any:
        return _answer(web, health.alive())

    @worker.app.page("/ready")
    async def show_ready(web: Any, request: Any) -> Any:
        return _answer(web, health.ready())


def _answer(web: Any, verdict: Verdict) -> Any:
    return web.text(verdict.words + "\n", status=200 if verdict.good else 503)
