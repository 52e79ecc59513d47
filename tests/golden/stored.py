"""What is read from changelogs, as text: what their last records say, and what follows from that."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from processors.enriched import judge, record
from processors.policy import Policies
from streams.emission import StateWrite
from streams.stages import Stage, stages
from streams.state import header, unpack
from streams.store import Store


def told(policies: Policies, written: Iterable[tuple[str, StateWrite]]) -> Iterator[str]:
    """One fact a line."""
    found: dict[str, Store] = {}
    for stage, write in written:
        found.setdefault(stage, Store()).apply(write)
    for stage in stages(policies, lambda name, value: b"", ""):
        yield f"== {stage.name}"
        store = found[stage.name]
        yield f"epoch: {store.epoch}"
        for name, notes in (("position", store.positions), ("in a row", store.in_a_row), ("note", store.controls)):
            yield from (f"{name} {key}: {at}" for key, at in sorted(notes.items()))
        for entity, stored in sorted(store.entities.items()):
            yield f"-- {_json(entity)}"
            yield from _entity(stage, entity, stored, policies)


def _entity(stage: Stage, entity: str, stored: bytes, policies: Policies) -> Iterator[str]:
    ledger, derived = unpack(stored), stage.derived(entity, unpack(stored))
    yield f"header: {_json(header(stored))}"
    yield f"purged: {ledger.purged}"
    yield from (f"entry: {_json(entry)}" for entry in ledger.entries)
    yield from (f"published {code}: {digest}" for code, digest in ledger.published.items())
    yield from (f"announced {code}: {_json(one)}" for code, one in ledger.announced.items())
    yield f"stands: {_json(derived.standing)}"
    yield f"next: {derived.next_at}"
    yield from (f"alarm: {_json(alarm)}" for alarm in derived.alarms)
    yield from sorted(f"share: {_json(share)}" for share in stage.contribution(ledger) or ()) if ledger.entries else ()
    if stage.name == "cases" and (judged := judge(ledger.entries, policies)):
        yield f"case: {_json(record(entity, ledger.entries, judged, policies))}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))
