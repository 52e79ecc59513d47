"""Decisions and what came of them: `decisions.jsonl` of a backtest, or what the workers have folded.

The topics of events hold what workers have refused too, at touchpoints that nobody declared; so it is not they that
are read, but the state that came of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from processors import decision
from processors.canonical import instant, rfc3339
from processors.case import cycles
from processors.decided import Answers, Decided, answer
from processors.events import Decision
from processors.ledger import Ledger
from schemas.codec import Codec, DecodeError
from streams import UserError
from streams.kafka.reader import ReadError, key_of, to_the_end
from streams.kafka.records import ChangelogRecord
from streams.kafka.topics import INPUTS
from streams.pseudonym import Pseudonym
from streams.results.files import lines
from streams.settings import Settings
from streams.shard.serde import unpack
from streams.shard.store import Store

DECISIONS = "decisions.jsonl"
_decode = msgspec.json.Decoder().decode
_INSTANTS = ("made_at", "effective_at", "revoked_at")


def decision_row(one: Decided) -> dict[str, Any]:
    """The object of a decision in `decisions.jsonl`."""
    said = one._asdict()
    return said | {name: None if said[name] is None else rfc3339(said[name]) for name in _INSTANTS}


def of_results(folder: Path) -> list[Decided]:
    """What a backtest wrote. Raises UserError."""
    path = folder / DECISIONS
    if not path.is_file():
        raise UserError(f"{path}: is missing; run the backtest again, with this version")
    try:
        return [_read(_decode(line)) for line in lines(str(path))]
    except (KeyError, TypeError, ValueError, msgspec.DecodeError) as wrong:
        raise UserError(f"{path}: is not the file of decisions that `rytmi backtest` writes: {wrong}") from None


def _read(said: Mapping[str, Any]) -> Decided:
    at = {name: None if said[name] is None else instant(said[name]) for name in _INSTANTS}
    return Decided(**{**said, **at, "touchpoints": tuple(said["touchpoints"])})


def of_topics(settings: Settings) -> list[Decided]:
    """What the workers have folded, as they keep it: what they refused is not in it. Raises UserError."""
    try:
        return folded(partial(_ledgers, settings), events(settings))
    except ReadError as wrong:
        raise UserError(
            f"the state of the workers could not be read: {wrong}; RYTMI_APPLICATION must be that of the worker"
        ) from wrong


def folded(ledgers: Callable[[str], Iterator[tuple[str, Ledger]]], events: Iterable[Decision]) -> list[Decided]:
    """The decisions of which the state of the stages has an entry.

    ledgers: all entities of a stage, by its name. events: of decisions, for the titles; ledgers have their digests.
    """
    decisions, obstacles = (
        {name: known.entries for name, known in ledgers(stage) if known.entries} for stage in ("decisions", "obstacles")
    )
    answers = Answers()
    for event in events:
        taken = next((e for e in decisions.get(event.decision, ()) if e.id == event.id), None)
        if taken is not None and event.title is not None and decision.is_titled(taken, event.title):
            answers.title(event._replace(at=taken.at))
    for _, known in ledgers("cases"):
        if begun := cycles(known.entries):
            answers.case(answer(known.entries, begun))
    return list(answers.decided(decisions, obstacles))


def _ledgers(settings: Settings, stage: str) -> Iterator[tuple[str, Ledger]]:
    for partition in range(settings.partitions):
        store = Store()
        for record in to_the_end(settings, settings.changelog(stage), (partition,)):
            store.apply(ChangelogRecord(key_of(record), record.value))
        for entity, stored in store.entities.items():
            yield entity, unpack(stored)


def events(settings: Settings) -> Iterator[Decision]:
    """The events of decisions that the topic holds; what cannot be read is a dead letter's business, and left out."""
    codec = Codec(settings.schema_registry_url, Pseudonym(settings.pseudonym_key))
    for record in to_the_end(settings, settings.topic(INPUTS["decision"]), range(settings.partitions)):
        try:
            yield codec.decode("decision", record.value)
        except DecodeError:
            continue
