"""The pipeline's second line against gaps: what was fetched and never delivered must not be passed over."""

from types import SimpleNamespace
from typing import Any

import pytest

from streams.shard.counters import Counters
from streams.shard.intake import Batch, RecordsMissing
from streams.shard.pipeline import Pipeline
from streams.shard.store import Store

TOPIC = "touchpoint.feedback.v1"


def shard(position: int) -> Any:
    store = Store()
    store.offsets[TOPIC] = position
    return SimpleNamespace(store=store, partition=0)


def batch(offsets: range, follows: int | None) -> Batch:
    return Batch("feedback", TOPIC, [SimpleNamespace(offset=offset) for offset in offsets], follows)


def process(position: int, *batches: Batch) -> None:
    """Batches of which the state holds everything: nothing is folded, so that no broker is needed."""
    Pipeline(None, None, 4, 0, Counters()).process(shard(position), batches, None)  # type: ignore[arg-type]


def test_batch_that_follows_records_which_the_state_lacks_is_refused() -> None:
    with pytest.raises(RecordsMissing, match=r"touchpoint.feedback.v1 \[0\].*follow offset 10.*up to 10 only"):
        process(10, batch(range(11, 12), follows=10))


@pytest.mark.parametrize("follows", [None, 8, 9])
def test_batch_that_the_state_holds_already_is_passed_over(follows: int | None) -> None:
    process(12, batch(range(10, 12), follows))


def test_gap_between_two_batches_that_waited_together_is_seen() -> None:
    with pytest.raises(RecordsMissing, match="follow offset 14"):
        process(12, batch(range(10, 12), follows=9), batch(range(15, 16), follows=14))
