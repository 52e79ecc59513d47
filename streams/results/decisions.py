"""Decisions and what came of them: `decisions.jsonl` of a backtest, or the topics."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from processors import decision
from processors.canonical import instant, rfc3339
from processors.decided import Answers, Decided
from processors.events import Action, Decision, Obstacle
from processors.ledger import Entry
from processors.policy import OTHER, Policies
from schemas.codec import Codec, DecodeError
from streams import UserError
from streams.kafka.reader import key_of, to_the_end
from streams.kafka.topics import INPUTS
from streams.pseudonym import Pseudonym
from streams.results.files import lines
from streams.settings import Settings

DECISIONS = "decisions.jsonl"
_decode = msgspec.json.Decoder().decode
_INSTANTS = ("made_at", "effective_at", "revoked_at")
_CASE = "rytmi.case.v1"


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


def of_topics(settings: Settings, policies: Policies) -> list[Decided]:
    """What the topics hold. Raises ReadError. What cannot be read is a dead letter's business, and left out."""
    answers, entries = Answers(), defaultdict[str, dict[str, Entry]](dict)
    for event in _events(settings, "decision"):
        if isinstance(event, Decision) and event.id not in entries[event.decision]:
            entries[event.decision][event.id] = decision.entry(event)
            answers.title(event)
    reopened = defaultdict[str, set[int]](set)
    for event in _events(settings, "action"):
        if isinstance(event, Action) and event.kind == "reopened":
            reopened[event.case].add(event.at)
    for record in _cases(settings):
        again = [cycle["received_at"] for cycle in record["cycles"] if cycle["received_at"] in reopened[record["case"]]]
        answers.case(record["touchpoint"], _answered(record["decisions"], again))
    places = {
        event.obstacle: event.touchpoint for event in _events(settings, "obstacle") if isinstance(event, Obstacle)
    }
    return [answers.decided(name, sorted(known.values()), places) for name, known in sorted(entries.items())]


def _places(settings: Settings, policies: Policies) -> dict[str, str]:
    """The touchpoints of obstacles: of their earliest raising."""
    first: dict[str, tuple[int, str]] = {}
    for event in _events(settings, "obstacle"):
        if isinstance(event, Obstacle) and event.stage == "raised":
            place = event.touchpoint if event.touchpoint in policies.touchpoints else OTHER
            first[event.obstacle] = min((event.at, place), first.get(event.obstacle, (event.at, place)))
    return {obstacle: place for obstacle, (_, place) in first.items()}


def _answered(decisions: list[dict[str, Any]], reopened: list[int]) -> Iterator[tuple[str, bool]]:
    for one in decisions:
        effective, revoked = one["effective_at"], one["revoked_at"]
        counts = effective is not None and not (revoked is not None and revoked < effective)
        yield one["decision"], counts and any(at > effective for at in reopened)


def _events(settings: Settings, record: str) -> Iterator[Any]:
    codec = Codec(settings.schema_registry_url, Pseudonym(settings.pseudonym_key))
    for one in to_the_end(settings, settings.topic(INPUTS[record]), range(settings.partitions)):
        try:
            yield codec.decode(record, one.value)
        except DecodeError:
            continue


def _cases(settings: Settings) -> Iterator[dict[str, Any]]:
    """The enriched cases as they stand."""
    codec = Codec(settings.schema_registry_url, Pseudonym(settings.pseudonym_key))
    last: dict[bytes, bytes | None] = {}
    for record in to_the_end(settings, settings.topic(_CASE), range(settings.partitions)):
        last[key_of(record)] = record.value
    for value in last.values():
        if value is not None:
            yield codec.decode("case", value)
