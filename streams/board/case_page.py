"""A case: how it stands, what can be done, what is under way, its story."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from schemas.codec import Codec
from streams.board.commands import Commands, state_of
from streams.board.identity import Identity
from streams.board.projection import ALARM, CLOCK
from streams.board.rows import row
from streams.board.store import Held, Store
from streams.board.timeline import items, picture
from streams.board.words import Words
from streams.config import Config
from streams.explain.gathering import gather
from streams.explain.story import story
from streams.language.statements import Instant

_SOON_MS = 24 * 3_600_000
_SLOW_MS = 10_000
_LATEST_SHOWN = 200  # of a story: a case may have a thousand events


def show(
    store: Store,
    codec: Codec,
    config: Config,
    held: Held,
    commands: Commands,
    names: Iterable[str],
    who: Identity,
    say: Words,
) -> dict[str, Any]:
    """What the page shows."""
    record = held.record
    said = list(store.said(record["case"]))
    outcomes = [codec.decode("clock", value) for topic, value in said if topic == CLOCK]
    alarms = [codec.decode("alarm", value) for topic, value in said if topic == ALARM]
    at = max(say.now, record["last_at"])
    facts = gather(record, outcomes, alarms, at, config)
    (_, summary), *parts = story(facts, config.timezone)
    audits = store.audits(record["case"])
    told = items(facts, outcomes, audits, say)
    state = state_of(record)
    return {
        "case": record["case"],
        "record": record,
        "unit": held.unit,
        "row": row(record, at, _SOON_MS, config.policies),
        "state": state,
        "summary": [say.say(one) for one in summary],
        "parts": [(say.say(heading), [say.say(one) for one in lines]) for heading, lines in parts],
        "timeline": told[-_LATEST_SHOWN:],
        "picture": picture(facts),
        "pending": [_pending(one, say) for one in commands.under_way(record, say.now)],
        "acts": who.acts(held.unit),
        "mine": record["owner"] == who.name,
        "names": sorted(names),
        "taken": record["owner"] or "",
    }


def _pending(audit: dict[str, Any], say: Words) -> dict[str, Any]:
    waited = say.now - audit["at"]
    values = {"actor": audit["actor"], "owner": audit["owner"] or "-", "at": Instant(audit["at"])}
    return {
        "kind": audit["kind"],
        "text": say(f"pending.{audit['kind']}", **values),
        "slow": say("pending.slow", length=say.length(waited)) if waited > _SLOW_MS else "",
    }
