"""A worker that was stopped in the middle of a transaction, and goes on after another has taken over, changes nothing.

That it was in the middle is seen, not assumed: a transaction is open as long as readers of committed records may not
see the end of a changelog that everybody else sees. So a worker is stopped again and again until that is so.
"""

import time
from collections.abc import Iterator
from itertools import pairwise

import pytest

from processors.backtest import Backtest
from processors.events import Action, Decision, Event, Feedback
from streams.config import load
from streams.kafka.numbering import KEY as NUMBER
from streams.kafka.topics import CHANGELOGS
from streams.settings import Settings
from streams.shard.serde import unpack
from streams.shard.store import epoch_write
from tests.live.workers import OUTPUTS, Crew, Progress, Raw, WorkerProcess, codec, ends, read, rytmi, stored
from tests.waiting import until

pytestmark = pytest.mark.live

CASES = 12_000
SESSION_SECONDS = "3"
NOW = time.time_ns() // 1_000_000
EPOCH = {epoch_write(0).key, NUMBER}  # with the numbers of the transaction that says it
OPTIONS = ("--session-timeout", SESSION_SECONDS)


def history() -> Iterator[Event]:
    """Many short cases, and decisions that answer them."""
    for number in range(CASES):
        case, at = f"case-{number}", NOW - 86_400_000 + number
        yield Feedback(f"f-{number}", at, case, "web", "high")
        for step, kind in enumerate(("acknowledged", "assigned", "closed", "told"), 1):
            yield Action(f"{kind}-{number}", at + step * 1_000, case, kind)
        if number % 5 == 0:
            yield Decision(f"d-{number}", at + 2_500, f"dec-{number}", "made", "tactical", cases=(case,))


def open_transactions(settings: Settings) -> list[str]:
    """The changelog partitions that have records of which nobody knows yet whether they count."""
    found = []
    for stage in CHANGELOGS:
        topic = settings.changelog(stage)
        all_, stable = ends(settings, topic), ends(settings, topic, stable=True)
        found += [f"{stage}/{partition}" for partition in all_ if stable[partition] < all_[partition]]
    return found


def frozen_in_mid_transaction(worker: WorkerProcess, settings: Settings, progress: Progress) -> list[str]:
    """Stop it so; which partitions have a transaction open."""
    for _ in range(500):
        worker.freeze()
        # It may have asked for the end just before it was stopped: only what is open and stays open counts.
        if (found := open_transactions(settings)) and found == open_transactions(settings):
            return found
        worker.thaw()
        assert progress.backlog() > 1_000, "it has read everything and was never stopped in mid-transaction"
    raise AssertionError("never stopped in mid-transaction")


@pytest.mark.parametrize("continued", ["while its successor is at work", "after its successor has read everything"])
def test_a_zombie_overwrites_nothing_and_announces_nothing(applied: Settings, continued: str) -> None:
    out, progress = Raw(applied), Progress(applied)
    with Crew(applied) as crew:
        for event in history():
            out.event(event, "")
        out.flush()
        zombie = crew.start(*OPTIONS)
        until(lambda: zombie.events() > 0, 60, "it has begun")
        open_ = frozen_in_mid_transaction(zombie, applied, progress)
        left = progress.backlog()
        assert left > 1_000
        successor = crew.start(*OPTIONS)
        successor.await_shards(len(CHANGELOGS) * applied.partitions)
        if continued.startswith("while"):
            until(lambda: successor.events() > 0, 60, "it goes on")
            assert progress.backlog() > 0, "it has already read everything"
            zombie.thaw()
            fate = _fate(zombie)
            progress.await_settled(120)
        else:
            progress.await_settled(120)
            seen = _all_ends(applied)
            zombie.thaw()
            fate = _fate(zombie)
            progress.await_settled(60)
            # Read whatever the partitions hold, aborted or not: since it was continued, not one record was added, but
            # for the number of the new epoch by whoever rightly owns a partition now (it may have been a member again).
            added = {
                topic: [one.key() for one in read(applied, topic, start, aborted=True) if one.key() not in EPOCH]
                for topic, start in seen.items()
            }
            assert not any(added.values()), added
        _nothing_is_older_than_what_stands_before_it(applied)
        _state_is_that_of_the_events(applied, crew)
        for worker in crew.all:
            if worker.is_running():
                assert worker.stop() == 0
    progress.close()
    print(
        f"\nstopped with {len(open_)} transactions open ({', '.join(open_)}) and {left:,} records to read, continued "
        f"{continued}: it {fate}"
    )


def _fate(zombie: WorkerProcess) -> str:
    """Wait until it has ended, by itself, or is a member again that owns its share."""

    def decided() -> str:
        if not zombie.is_running():
            return f"ended with status {zombie.ended()}"
        return "rejoined" if zombie.said().count("owning partitions") >= 2 and "crash" not in zombie.said() else ""

    return until(decided, 90, "the zombie has ended or rejoined")


def _all_ends(settings: Settings) -> dict[str, dict[int, int]]:
    names = [settings.topic(topic) for topic in OUTPUTS] + [settings.changelog(stage) for stage in CHANGELOGS]
    return {topic: ends(settings, topic) for topic in names}


def _nothing_is_older_than_what_stands_before_it(settings: Settings) -> None:
    """Along a partition, a case's revisions only grow, each is there once, and an outcome is announced once."""
    reader, by_case = codec(), dict[bytes, list[int]]()
    for message in read(settings, settings.topic("rytmi.case.v1")):
        by_case.setdefault(message.key(), []).append(reader.decode("case", message.value())["revision"])
    assert len(by_case) == CASES
    assert all(a < b for revisions in by_case.values() for a, b in pairwise(revisions))
    outcomes = [reader.decode("clock", message.value()) for message in read(settings, settings.topic("rytmi.clock.v1"))]
    told = [(outcome["id"], outcome["revision"]) for outcome in outcomes]
    assert len(set(told)) == len(told)
    links = [reader.decode("link", message.value()).id for message in read(settings, settings.topic("rytmi.link.v1"))]
    assert len(set(links)) == len(links) == CASES // 5


def _state_is_that_of_the_events(settings: Settings, crew: Crew) -> None:
    expected = Backtest(load(crew.config).policies)
    for event in history():
        expected.add(event)
    assert not list(expected.finish())
    names = {name: len(entries) for name, entries, _ in expected.cases()}
    found = {name: len(_entries(value)) for name, value in stored(settings, "cases").entities.items()}
    assert found == names
    rows = settings.home / "cases.jsonl"
    rytmi(settings, "cases", "--config", crew.config, "--out", rows)
    assert len(rows.read_bytes().splitlines()) == CASES


def _entries(value: bytes) -> tuple[object, ...]:
    return unpack(value).entries
