"""The measures while workers are killed, frozen, started and stopped: never a lower figure, and at the end the very
same as in a backtest over the same events.

Three touchpoints are the test's own. `kiosk` has all its cases before the fire begins: whatever is said of it must be
all of them. Those of `here` move to `there` while their workers die: wherever one is counted, it is counted once.
"""

import json
import random
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event as Signal
from threading import Thread
from typing import Any, NamedTuple

import pytest

from processors.canonical import instant, render, rfc3339
from processors.events import Action, Event, Feedback, Indicator, Pulse
from streams.config import load
from streams.demo.organisation import Organisation
from streams.kafka.topics import CHANGELOGS
from streams.measures.publisher import cell_of
from streams.measures.subscriber import frame
from streams.results import backtest
from streams.results.files import write_lines
from streams.settings import Settings
from streams.shard.serde import decode as unpack
from tests.live.workers import ROOT, Crew, Metrics, Progress, Raw, WorkerProcess, codec, read, rytmi
from tests.waiting import until

pytestmark = [pytest.mark.live, pytest.mark.prove, pytest.mark.timeout(480)]

NOW = time.time_ns() // 1_000_000
HOUR, DAY = 3_600_000, 86_400_000
SEED, DAYS = 20260302, 9
KIOSK, MOVERS = 120, 400
REPEATED_SHARE, SHUFFLED_WITHIN_MS = 0.10, 2 * HOUR
OPTIONS = ("--session-timeout", "6")  # no less than the view's
PATIENCE = 90.0
FAULTS = 6
_OWN = """
  - {id: kiosk, unit: stores}
  - {id: here, unit: online}
  - {id: there, unit: stores}
"""
"""Faults: kill a worker, kill the view, freeze a worker, let a third join, kill the view again, stop the third."""


def configured(folder: Path) -> tuple[Path, Path]:
    """The example's configuration as it is, and with the touchpoints of the test's own."""
    text = (ROOT / "examples/rytmi.yaml").read_text()
    plain, own = folder / "plain.yaml", folder / "rytmi.yaml"
    plain.write_text(text)
    before, head, after = text.partition("touchpoints:")
    first, _, rest = after.partition("\n")
    own.write_text(before + head + first + _OWN.rstrip() + "\n" + rest)
    return plain, own


def quiet() -> Iterator[Event]:
    """All of `kiosk`, and those who will move, where they are at first."""
    for n in range(KIOSK):
        case, at = f"kiosk-{n}", NOW - DAY - n * 3 * HOUR
        yield Feedback(f"f-{n}", at, case, "kiosk", "normal", "praise", score=4, scale="stars", emotion=0.5)
        if n % 3:
            yield Action(f"a-{n}", at + HOUR, case, "acknowledged")
    for n in range(MOVERS):
        yield Feedback(f"f-{n}", NOW - 2 * DAY - n * 60_000, f"mover-{n}", "here", "high")


def moves() -> list[Event]:
    return [Action(f"m-{n}", NOW - DAY, f"mover-{n}", "reclassified", touchpoint="there") for n in range(MOVERS)]


def signals(dice: random.Random) -> Iterator[Event]:
    """Answers of people, and indicators of which only the latest counts."""
    for n in range(600):
        unit, level = dice.choice(["online", "stores", "care", "unheard-of"]), dice.choice(["top", "middle", "front"])
        question = dice.choice(["we can decide", "we know our customers"])
        yield Pulse(f"p-{n}", NOW - dice.randrange(DAYS * DAY), unit, None, level, question, dice.randrange(101) / 100)
    for n in range(300):
        function = dice.choice(["sales", "warehouse", "elsewhere"])
        name, kind = dice.choice(["orders", "returns"]), dice.choice(["customer", "operational"])
        yield Indicator(f"i-{n}", NOW - dice.randrange(3 * DAY), function, name, kind, "realtime", dice.randrange(500))


def arrivals(events: list[Event], dice: random.Random) -> list[Event]:
    """Every event, some of them twice, each copy up to two hours later than it happened."""
    copies = [*events, *dice.sample(events, int(len(events) * REPEATED_SHARE))]
    return sorted(copies, key=lambda event: event.at + dice.randrange(SHUFFLED_WITHIN_MS))


class Look(NamedTuple):
    """What one worker said at one moment (monotonic seconds): whether the view is complete; None: it is elsewhere."""

    at: float
    worker: WorkerProcess
    complete: bool | None
    received: dict[str, int]
    said: int


class Watcher:
    """Scrapes all workers all the time, in a thread of its own."""

    def __init__(self, crew: Crew) -> None:
        self._crew = crew
        self.looks: list[Look] = []
        self.failure: BaseException | None = None
        self._ended = Signal()
        self._thread = Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Watcher":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join(30)

    def _watch(self) -> None:
        try:
            while not self._ended.wait(0.2):
                for worker in [one for one in self._crew.all if one.is_running()]:
                    try:
                        status, text = worker.get("/metrics", 1.0)
                    except OSError:
                        continue  # dead, frozen, or not up yet
                    assert status == 200
                    self.looks.append(_look(worker, _only(text, _LOOKED_AT)))
        except BaseException as failure:  # noqa: BLE001 - raised again where the test looks
            self.failure = failure

    def check(self) -> tuple[int, int]:
        """Hold every look against what is known; (looks, those that showed figures)."""
        assert self.failure is None, self.failure
        highest = shown = 0
        for look in list(self.looks):
            if not look.complete:
                assert look.received == {}, "figures though the view is not complete, or not here"
                continue
            shown += 1
            assert look.received["kiosk"] == KIOSK, look
            assert look.received.get("here", 0) + look.received.get("there", 0) == MOVERS, look
            total = sum(look.received.values())
            assert total >= highest, f"{total} clocks, and {highest} before"
            highest = total
        return len(self.looks), shown

    def viewer(self) -> WorkerProcess:
        """Who has the view, as last seen complete."""
        return next(look.worker for look in reversed(self.looks) if look.complete)

    def complete_after(self, at: float, but: WorkerProcess) -> float | None:
        """How many seconds after that another worker said figures, if one has."""
        return next(
            (look.at - at for look in self.looks if look.complete and look.at > at and look.worker != but), None
        )


_LOOKED_AT = ("rytmi_clock_outcomes{", "rytmi_view_")


def _only(text: str, beginnings: tuple[str, ...]) -> Metrics:
    """Some of the samples of a scrape; reading all of them many times a minute would be half of the test's work."""
    return Metrics("".join(f"{line}\n" for line in text.splitlines() if line.startswith(beginnings)))


def _look(worker: WorkerProcess, metrics: Metrics) -> Look:
    complete = metrics.of("rytmi_view_complete")
    received: dict[str, int] = {}
    for labels, count in metrics.of("rytmi_clock_outcomes", clock="acknowledge", window="28d"):
        received[labels["touchpoint"]] = received.get(labels["touchpoint"], 0) + int(count)
    at = int(1000 * sum(value for _, value in metrics.of("rytmi_view_timestamp_seconds")))
    return Look(time.monotonic(), worker, bool(complete[0][1]) if complete else None, received, at)


class Fire:
    """The workers, what they are still to be sent, and what is done to them meanwhile.

    A worker that ends by itself, because it was slow for so long that others have its partitions, is started anew, as
    whoever runs workers would.
    """

    def __init__(self, crew: Crew, watcher: Watcher, out: Raw, events: list[Event]) -> None:
        self.crew, self.watcher, self.out = crew, watcher, out
        self.workers = [crew.start(*OPTIONS), crew.start(*OPTIONS)]
        self.said: list[str] = []
        size = -(-len(events) // FAULTS)
        self._parts = [events[n : n + size] for n in range(0, len(events), size)]

    def until(self, condition: Callable[[], object], what: str) -> None:
        """Wait for a condition, and see that the workers run."""

        def holds() -> bool:
            for dead in [worker for worker in self.workers if not worker.is_running()]:
                self.workers[self.workers.index(dead)] = self.crew.start(*OPTIONS)
                self.said.append("a worker ended by itself")
            return bool(condition())

        until(holds, PATIENCE, what)

    def await_all(self) -> None:
        """Wait until all partitions are owned by these workers, some by each, and the view is complete.

        One that has just been started could else find that another has folded everything before it came.
        """
        shards = len(CHANGELOGS) * self.crew.settings.partitions

        def shared() -> bool:
            owned = [_shards(worker) for worker in self.workers]
            return sum(owned) == shards and all(owned)

        self.until(shared, "all partitions are owned, some by each")
        began = time.monotonic()
        self.until(
            lambda: any(look.complete and look.at > began for look in self.watcher.looks), "the view is complete"
        )

    def in_mid_stream(self, victim: WorkerProcess, also: Iterable[Event] = ()) -> None:
        """Send the next part, and wait until a worker is folding it, or has ended by itself."""
        before = _folded(victim)
        for event in [*also, *self._parts.pop(0)]:
            self.out.event(event, "")
        self.until(lambda: not victim.is_running() or _folded(victim) > before + 100, "it folds the next part")

    def kill(self, victim: WorkerProcess, also: Iterable[Event] = ()) -> None:
        """Kill a worker in mid-stream, and start another; where it had the view, say how long that took."""
        self.in_mid_stream(victim, also)
        had_view = victim is self.watcher.viewer()
        victim.kill()
        at = time.monotonic()
        self._again(victim)
        if had_view:
            self._followed(victim, at, "killed")
        else:
            self.said.append("a worker without the view killed")

    def freeze(self, victim: WorkerProcess) -> None:
        """Freeze a worker past its session, and let it go on after it has a successor."""
        self.in_mid_stream(victim)
        owned = victim.said().count("owning partitions")
        victim.freeze()
        at = time.monotonic()
        shards = len(CHANGELOGS) * self.crew.settings.partitions
        self.until(lambda: sum(_shards(w) for w in self.workers if w is not victim) == shards, "others have all of it")
        self._followed(victim, at, "frozen")
        victim.thaw()
        until(lambda: not victim.is_running() or victim.said().count("owning partitions") > owned, PATIENCE, "it knows")
        self.said.append("the frozen one went on, and " + ("rejoined" if victim.is_running() else "ended"))
        if not victim.is_running():
            self._again(victim)

    def other(self) -> WorkerProcess:
        """One that does not have the view."""
        return next(worker for worker in self.workers if worker is not self.watcher.viewer())

    def _again(self, victim: WorkerProcess) -> None:
        if victim in self.workers:
            self.workers[self.workers.index(victim)] = self.crew.start(*OPTIONS)

    def _followed(self, victim: WorkerProcess, at: float, fate: str) -> None:
        """Wait until another worker has the view, complete."""
        self.until(lambda: self.watcher.complete_after(at, victim), "the view has a successor")
        took = self.watcher.complete_after(at, victim)
        self.said.append(f"the view's worker {fate}: complete again elsewhere after {took:.1f} s")


def _shards(worker: WorkerProcess) -> int:
    return _scraped(worker, "rytmi_partitions_owned") if worker.is_running() else 0


def _folded(worker: WorkerProcess) -> int:
    return _scraped(worker, "rytmi_events_total") if worker.is_running() else 0


def _scraped(worker: WorkerProcess, name: str) -> int:
    """The sum of a metric, 0 while nobody answers."""
    try:
        status, text = worker.get("/metrics", 2.0)
    except OSError:
        return 0
    return _only(text, (name,)).sum(name) if status == 200 else 0


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """With more partitions than workers."""
    return replace(settings, partitions=8)


def test_measures_are_the_same_after_the_fire_and_never_lower_in_it(applied: Settings, tmp_path: Path) -> None:
    began, dice = time.monotonic(), random.Random(SEED)
    plain, config = configured(tmp_path)
    events = list(Organisation(load(plain), SEED, NOW - DAYS * DAY).until(NOW))
    events += signals(dice)
    write_lines(tmp_path / "events.jsonl", map(render, [*quiet(), *events, *moves()]))
    out, progress = Raw(applied), Progress(applied)
    with Crew(applied, config) as crew, Watcher(crew) as watcher:
        for event in quiet():
            out.event(event, "")
        out.flush()
        fire = Fire(crew, watcher, out, arrivals(events, dice))
        progress.await_settled(120)
        fire.await_all()
        fire.until(lambda: watcher.looks[-1].received.get("kiosk") == KIOSK, "it is loaded")
        del watcher.looks[:-1]  # what was said before all of it was there

        moving = moves()
        fire.kill(fire.other(), moving[: MOVERS // 2])
        fire.await_all()
        fire.kill(watcher.viewer(), moving[MOVERS // 2 :])
        fire.await_all()
        fire.freeze(watcher.viewer())
        fire.await_all()
        fire.workers.append(crew.start(*OPTIONS))
        fire.in_mid_stream(fire.workers[0])
        fire.await_all()
        fire.kill(watcher.viewer())
        fire.await_all()
        third = fire.workers.pop()
        fire.in_mid_stream(third)
        third.stop()
        out.flush()
        progress.await_settled(180)
        settled = time.time_ns() // 1_000_000
        fire.await_all()
        fire.until(lambda: any(look.said > settled for look in watcher.looks[-20:]), "the measures are as of now")
        looks, shown = watcher.check()
        assert next(look for look in reversed(watcher.looks) if look.complete).received["there"] == MOVERS
        fire_seconds = time.monotonic() - began
        until(lambda: max(_windows(applied)[2]) > settled, 60, "the windows are published")
        same = [_same_measures(applied, config, tmp_path, at) for at in _instants(events)]
        standing, swept = until(lambda: _all_of_the_latest_epochs(applied), 30, "what former owners left is gone")
        for worker in fire.workers:
            worker.stop()
    progress.close()
    rows, gone = _windows_are_those_of_a_backtest(applied, config, tmp_path)
    print("\n" + "\n".join(fire.said))
    print(
        f"measures under fire: {len(events):,} events, {fire_seconds:.0f} s; {looks:,} looks, {shown:,} of them with "
        f"figures; {same} rows byte for byte as of {len(same)} instants; {rows:,} rows of rytmi.window.v1, {gone:,} "
        f"deleted; {standing:,} cells stand, {swept:,} were swept"
    )


def _instants(events: list[Event]) -> list[int]:
    last = max(event.at for event in events)
    return [last, NOW + 2 * DAY + 7 * 60_000, NOW + 20 * DAY]


def _same_measures(settings: Settings, config: Path, folder: Path, at: int) -> int:
    """Hold `rytmi measures` against a backtest; how many rows."""
    live, tested = folder / "live.jsonl", folder / "backtest"
    rytmi(settings, "measures", "--config", config, "--until", rfc3339(at), "--out", live)
    _backtest(config, folder, at)
    ours, theirs = live.read_bytes().splitlines(), (tested / "measures.jsonl").read_bytes().splitlines()
    assert [(a, b) for a, b in zip(ours, theirs, strict=True) if a != b] == []
    assert ours
    return len(ours)


def _backtest(config: Path, folder: Path, at: int) -> list[dict[str, Any]]:
    """The rows of a backtest; its files stay in the folder."""
    with (folder / "events.jsonl").open("rb") as lines:
        backtest.run(frame(load(config)), lines, at, folder / "backtest", lambda _: None)
    return [json.loads(line) for line in (folder / "backtest" / "measures.jsonl").read_bytes().splitlines()]


def _windows(settings: Settings) -> tuple[dict[bytes, dict[str, Any]], set[bytes], set[int]]:
    """Of rytmi.window.v1: the last record of each key, the keys that were deleted, the instants of all records."""
    reader, standing, at = codec(), dict[bytes, dict[str, Any]](), set[int]()
    deleted: set[bytes] = set()
    for message in read(settings, settings.topic("rytmi.window.v1")):
        if message.value() is None:
            del standing[message.key()]
            deleted.add(message.key())
        else:
            standing[message.key()] = reader.decode("window", message.value())
            at.add(standing[message.key()]["at"])
    return standing, deleted - standing.keys(), at


def _windows_are_those_of_a_backtest(settings: Settings, config: Path, folder: Path) -> tuple[int, int]:
    """Hold all that stands in the topic against a backtest as of its latest instant; how many rows, and gone ones."""
    standing, deleted, instants = _windows(settings)
    at = max(instants)
    expected = {_key(row): _numbers(row["values"]) for row in _backtest(config, folder, at)}
    found = {_key(row): _numbers(row["values"]) for row in standing.values()}
    assert found.keys() == expected.keys()
    assert [(key, found[key], expected[key]) for key in found if found[key] != expected[key]] == []
    assert sum(row["at"] == at for row in standing.values()) > 0
    assert any('"touchpoint":"here"' in key.decode() for key in deleted), "rows that vanished are deleted"
    return len(standing), len(deleted)


def _key(row: dict[str, Any]) -> tuple[object, ...]:
    return row["measure"], tuple(sorted(row["labels"].items())), row["window"] or ""


def _numbers(values: dict[str, Any]) -> dict[str, float | None]:
    """Values as numbers, to six digits; instants in milliseconds."""
    at = {name: float(instant(value)) for name, value in values.items() if isinstance(value, str)}
    return {name: None if value is None else at.get(name) or round(float(value), 6) for name, value in values.items()}


def _all_of_the_latest_epochs(settings: Settings) -> tuple[int, int] | None:
    """How many cells stand in the topic, and how many of former owners were swept; None while some of these stand."""
    standing: dict[tuple[Any, ...], int] = {}
    epochs: dict[str, int] = {}
    gone: dict[str, list[int]] = {}  # by source: epochs of cells deleted since its last mark
    swept = 0
    for message in read(settings, settings.topic("rytmi.partial.v1"), {0: 0}):
        source, *where = unpack(message.key())
        if not where:
            epoch, *_ = unpack(message.value())
            assert epoch >= epochs.get(source, 0)
            epochs[source] = epoch
            swept += sum(old < epoch for old in gone.pop(source, []))
        elif message.value() is None:
            gone.setdefault(source, []).append(standing.pop((source, *where), 0))
        else:
            standing[source, *where] = cell_of(message.value())[0]
    assert not any(key[1] == "clock" and key[2] == "here" for key in standing), "they have moved"
    return None if any(epoch != epochs[key[0]] for key, epoch in standing.items()) else (len(standing), swept)
