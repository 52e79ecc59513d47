"""Which shards a worker owns, through rebalances and to its end. That opening fences is shown in tests/contract."""

from pathlib import Path

import pytest

from streams.alertmanager.sinks import Nobody
from streams.config import load
from streams.shard.clock import WallClock
from streams.shard.shard import ShardId
from streams.shard.stages import stages
from streams.worker.assignment import Assignment
from tests.memory.log import NoFaults
from tests.shards import memory_log, shard_of

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "rytmi.yaml"
STAGES = {stage.name: stage for stage in stages(load(EXAMPLE).policies, lambda name, record: b"", "test")}
FIRST, SECOND = {ShardId("cases", 0), ShardId("decisions", 0)}, {ShardId("cases", 0), ShardId("cases", 1)}


class Opened(NoFaults):
    """The shards that were opened, in order: seen by what they ask of the log. `then` is done after each."""

    def __init__(self) -> None:
        self.names: list[ShardId] = []

    def then(self) -> None:
        """Nothing."""

    def after(self, request: str, name: str) -> None:
        if request == "init":
            _, stage, partition = name.split("-")
            self.names.append(ShardId(stage, int(partition)))
            self.then()


@pytest.fixture
def opened() -> Opened:
    return Opened()


@pytest.fixture
def assignment(opened: Opened) -> Assignment:
    log = memory_log()
    log.faults = opened
    return Assignment(
        lambda name: shard_of(log, STAGES[name.stage], name.partition), WallClock(), Nobody(), opened_at_once=1
    )


def test_what_stays_is_kept_and_what_goes_may_not_be_folded(assignment: Assignment, opened: Opened) -> None:
    assignment.assign(FIRST, 1)
    kept = assignment.to_fold(ShardId("cases", 0))
    assert kept is not None
    assignment.pause()
    assert assignment.to_fold(ShardId("cases", 0)) is None
    assignment.revoke()
    assert not assignment.ready
    assignment.assign(SECOND, 2)
    assert assignment.to_fold(ShardId("cases", 0)) is kept
    assert assignment.to_fold(ShardId("decisions", 0)) is None
    assert sorted(opened.names) == sorted([*FIRST, ShardId("cases", 1)])


def test_after_a_generation_in_between_somebody_else_may_have_had_it(assignment: Assignment, opened: Opened) -> None:
    assignment.assign(FIRST, 1)
    before = assignment.to_fold(ShardId("cases", 0))
    assignment.pause()
    assignment.revoke()
    assignment.assign(FIRST, 3)
    assert assignment.to_fold(ShardId("cases", 0)) is not before
    assert sorted(opened.names) == sorted([*FIRST, *FIRST])


def test_a_worker_told_to_stop_opens_nothing_more_whatever_moves(assignment: Assignment, opened: Opened) -> None:
    assignment.assign(FIRST, 1)
    assignment.pause()
    assignment.drain()
    assignment.revoke()  # of the rebalance; being told to stop is not forgotten
    assignment.assign(SECOND, 2)
    assert sorted(opened.names) == sorted(FIRST)
    assert assignment.to_fold(ShardId("cases", 0)) is None


def test_one_revoked_while_others_are_opened_is_not_opened(
    assignment: Assignment, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opened, "then", assignment.pause)
    assignment.assign(FIRST, 1)
    assert opened.names == [min(FIRST)]
    assert set(assignment.shards) == {min(FIRST)}


def test_what_cannot_be_opened_leaves_nothing_ready(
    assignment: Assignment, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails() -> None:
        raise RuntimeError("another has it")

    monkeypatch.setattr(opened, "then", fails)
    with pytest.raises(RuntimeError, match="another has it"):
        assignment.assign(FIRST, 1)
    assert not assignment.ready
