"""Which shards a worker owns, through rebalances and to its end. That opening fences is shown on the real broker."""

from pathlib import Path

import pytest

from streams.alertmanager.sinks import Nobody
from streams.config import load
from streams.settings import Settings
from streams.shard.shard import Shard, ShardId
from streams.shard.stages import stages
from streams.worker.assignment import Assignment
from streams.worker.options import Options

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "rytmi.yaml"
FIRST, SECOND = {ShardId("cases", 0), ShardId("decisions", 0)}, {ShardId("cases", 0), ShardId("cases", 1)}


class Opened(list[ShardId]):
    """The shards that were opened, in order; `then` is done after each."""

    def then(self) -> None:
        """Nothing."""


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Opened:
    found = Opened()

    def opens(shard: Shard) -> None:
        found.append(shard.id)
        found.then()

    monkeypatch.setattr(Shard, "open", opens)
    return found


@pytest.fixture
def owned() -> Assignment:
    config = load(EXAMPLE)
    of = stages(config.policies, lambda name, record: b"", "test")
    return Assignment(Settings(kafka_bootstrap="127.0.0.1:9"), config, Options(), of, Nobody())


def test_what_stays_is_kept_and_what_goes_may_not_be_folded(owned: Assignment, opened: Opened) -> None:
    owned.assign(FIRST, 1)
    kept = owned.to_fold(ShardId("cases", 0))
    assert kept is not None
    owned.pause()
    assert owned.to_fold(ShardId("cases", 0)) is None
    owned.revoke()
    assert not owned.ready
    owned.assign(SECOND, 2)
    assert owned.to_fold(ShardId("cases", 0)) is kept
    assert owned.to_fold(ShardId("decisions", 0)) is None
    assert sorted(opened) == sorted([*FIRST, ShardId("cases", 1)])


def test_after_a_generation_in_between_somebody_else_may_have_had_it(owned: Assignment, opened: Opened) -> None:
    owned.assign(FIRST, 1)
    before = owned.to_fold(ShardId("cases", 0))
    owned.pause()
    owned.revoke()
    owned.assign(FIRST, 3)
    assert owned.to_fold(ShardId("cases", 0)) is not before
    assert sorted(opened) == sorted([*FIRST, *FIRST])


def test_a_worker_told_to_stop_opens_nothing_more_whatever_moves(owned: Assignment, opened: Opened) -> None:
    owned.assign(FIRST, 1)
    owned.pause()
    owned.drain()
    owned.revoke()  # of the rebalance; being told to stop is not forgotten
    owned.assign(SECOND, 2)
    assert sorted(opened) == sorted(FIRST)
    assert owned.to_fold(ShardId("cases", 0)) is None


def test_one_revoked_while_others_are_opened_is_not_opened(
    owned: Assignment, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streams.worker.assignment._OPENED_AT_ONCE", 1)
    monkeypatch.setattr(opened, "then", owned.pause)
    owned.assign(FIRST, 1)
    assert opened == [min(FIRST)]
    assert set(owned.shards) == {min(FIRST)}


def test_what_cannot_be_opened_leaves_nothing_ready(
    owned: Assignment, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> None:
        raise RuntimeError("another has it")

    monkeypatch.setattr(opened, "then", fails)
    with pytest.raises(RuntimeError, match="another has it"):
        owned.assign(FIRST, 1)
    assert not owned.ready
