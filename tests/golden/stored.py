"""What is read from changelogs, as text: what their last records say, and what follows from that."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from processors.enriched import judge, record
from processors.policy import Policies
from streams.config import Config
from streams.shard.claims import backfill, limited
from streams.shard.serde import header, unpack
from streams.shard.shard import EVENT_TIME
from streams.shard.stages import Stage, stages
from streams.shard.store import Store
from tests.golden.history import sources_of


def told(config: Config, stores: Mapping[str, Store]) -> Iterator[str]:
    """One fact a line. stores: by the name of their stage."""
    policies, sources = config.policies, sources_of(config)
    for stage in stages(policies, lambda name, value: b"", ""):
        yield f"== {stage.name}"
        store = stores[stage.name]
        yield f"epoch: {store.epoch}"
        for name, notes in (("position", store.offsets), ("in a row", store.refused), ("note", store.controls)):
            yield from (f"{name} {key}: {at}" for key, at in sorted(notes.items()))
        now = store.offsets[EVENT_TIME]
        yield f"backfill: {backfill(store.controls)}"
        yield f"heard until: {limited(sources, stage.records, store.controls, now + 86_400_000)}"
        for entity, stored in sorted(store.entities.items()):
            yield f"-- {_json(entity)}"
            yield from _entity(stage, entity, stored, policies, now)


def _entity(stage: Stage, entity: str, stored: bytes, policies: Policies, now: int) -> Iterator[str]:
    ledger, derived = unpack(stored), stage.on_restore(entity, unpack(stored))
    yield f"header: {_json(header(stored))}"
    yield f"purged: {ledger.purged}"
    yield from (f"entry: {_json(entry)}" for entry in ledger.entries)
    yield from (f"published {code}: {digest}" for code, digest in ledger.published.items())
    yield from (f"announced {code}: {_json(one)}" for code, one in ledger.announced.items())
    yield f"stands: {_json(derived.standing)}"
    yield f"next: {derived.next_at}"
    yield from (f"alarm: {_json(alarm)}" for alarm in derived.alarms)
    yield from sorted(f"share: {_json(share)}" for share in stage.contribution(ledger) or ()) if ledger.entries else ()
    if ledger.entries:
        again = stage.on_entries(entity, ledger, ledger.entries, 0, now).outputs  # nothing but the case itself
        yield f"said again: {[output.topic for output in again]}"
    if stage.name == "cases" and (judged := judge(ledger.entries, policies)):
        yield f"case: {_json(record(entity, ledger.entries, judged, policies))}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))
