"""The web pages of a worker: /metrics, /live and /ready, on Faust's own server."""

from __future__ import annotations

import asyncio
from typing import Any

from prometheus_client.exposition import CONTENT_TYPE_LATEST

from streams.metrics.exposition import text_of
from streams.worker.health import Health, Verdict
from streams.worker.metrics import WorkerCollector, viewing
from streams.worker.worker import Worker


def add_pages(worker: Worker) -> None:
    """Put the pages on the worker's app, before it is started."""
    health = Health(worker)
    metrics = WorkerCollector(worker.core, health)

    def said() -> bytes:
        return text_of(metrics.collect()) + viewing(worker.core.view.snapshot)

    @worker.app.page("/metrics")
    async def show_metrics(web: Any, _: Any) -> Any:
        # In a thread of its own: of a thousand touchpoints it is a second's work, and nothing may block an event loop.
        text = await asyncio.to_thread(said)
        return web.bytes(text, content_type=CONTENT_TYPE_LATEST.partition(";")[0])

    @worker.app.page("/live")
    async def show_alive(web: Any, _: Any) -> Any:
        return _answer(web, health.alive())

    @worker.app.page("/ready")
    async def show_ready(web: Any, _: Any) -> Any:
        return _answer(web, health.ready())


def _answer(web: Any, verdict: Verdict) -> Any:
    return web.text(verdict.words + "\n", status=200 if verdict.good else 503)
