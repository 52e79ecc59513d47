"""Live equals replay: workers killed, the broker restarted, events repeated and out of order; the results are the same.

Everything expected comes from `rytmi backtest` over the same events, once each and in their order.
"""

import json
import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from processors.canonical import rfc3339
from processors.events import Event
from streams.kafka import admin
from streams.kafka.sender import Sender
from streams.local.broker import Broker
from streams.mapping import load_mapping
from streams.mapping.replay import Rejects, mapped_events
from streams.results.files import outcome_row
from streams.settings import Settings
from tests.live.workers import KEY, ROOT, Crew, Progress, codec, read, rytmi
from tests.real import logs
from tests.real.logs import Log
from tests.waiting import until

pytestmark = [pytest.mark.live, pytest.mark.timeout(600)]

MAPPING, POLICY = ROOT / "examples/servicenow.yaml", ROOT / "examples/servicenow-rytmi.yaml"
SEED = 20260302
REPEATED_SHARE, SHUFFLED_WITHIN_MS = 0.10, 2 * 3_600_000
KILLS = 6
INCIDENTS = 5_000
OPTIONS = ("--clock", "event", "--session-timeout", "3")


def arrivals(events: list[Event], dice: random.Random) -> list[Event]:
    """Every event, a tenth of them twice, each copy up to two hours later than it happened."""
    copies = [*events, *dice.sample(events, int(len(events) * REPEATED_SHARE))]
    return sorted(copies, key=lambda event: event.at + dice.randrange(SHUFFLED_WITHIN_MS))


class Feeder:
    """Sends in a thread of its own, part by part, each when asked to: so every fault finds a stream to disturb."""

    def __init__(self, settings: Settings, events: list[Event], parts: int) -> None:
        self._sender = Sender(settings, codec(), "/test/log")
        self._events, self._parts = events, parts
        self._asked = threading.Semaphore(0)
        self.sent = 0
        self.failure: BaseException | None = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._send, daemon=True)

    def __enter__(self) -> "Feeder":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._asked.release(self._parts)
        self._thread.join(60)

    def send_part(self) -> None:
        """Begin to send the next part."""
        self._asked.release()

    def is_done(self) -> bool:
        assert self.failure is None, self.failure
        return not self._thread.is_alive()

    def _send(self) -> None:
        try:
            for part in range(self._parts):
                self._asked.acquire()
                for event in self._slice(part):
                    if self._stopped.is_set():
                        return
                    self._sender.send(event)
                    self.sent += 1
            self._sender.close()
        except BaseException as failure:  # noqa: BLE001 - raised again where the test waits
            self.failure = failure

    def _slice(self, part: int) -> list[Event]:
        size = -(-len(self._events) // self._parts)
        return self._events[part * size : (part + 1) * size]


@pytest.fixture(scope="module", params=logs.NAMES)
def log(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Log:
    """Long enough, where it is generated, for each part to keep two workers busy."""
    return logs.provide(request.param, tmp_path_factory.mktemp("log"), INCIDENTS)


@pytest.fixture(scope="module")
def events(log: Log) -> list[Event]:
    return list(mapped_events(load_mapping(MAPPING), [str(log.path)], Rejects(), pytest.fail))


@pytest.fixture
def settings(private_broker: Broker, tmp_path: Path) -> Settings:
    own = Settings(kafka_bootstrap=private_broker.bootstrap, home=tmp_path / ".rytmi", configured_pseudonym_key=KEY)
    admin.apply(own)
    return own


def test_live_equals_replay(
    settings: Settings, private_broker: Broker, events: list[Event], log: Log, tmp_path: Path
) -> None:
    began = time.monotonic()
    rytmi(settings, "replay", "--mapping", MAPPING, "--dry-run", "--out", tmp_path / "events.jsonl", log.path)
    rytmi(
        settings, "backtest", "--config", POLICY, "--events", tmp_path / "events.jsonl", "--out", tmp_path / "backtest"
    )
    last = rfc3339(max(event.at for event in events))
    sent = arrivals(events, random.Random(SEED))
    progress, kills, restarts = Progress(settings), list[str](), 0
    with Crew(settings, POLICY) as crew, Feeder(settings, sent, 2 * (KILLS + 1) + 1) as feeder:
        workers = [crew.start(*OPTIONS), crew.start(*OPTIONS)]
        for fault in range(KILLS + 1):
            number = fault % len(workers)
            victim = workers[number]
            until(lambda: all(w.shards() == 8 for w in workers), 90, "both own their half")
            before = victim.events()
            feeder.send_part()
            until(lambda: victim.events() > before + 500, 60, "it folds the next part")  # noqa: B023
            if fault == KILLS // 2:
                sent_before = feeder.sent
                feeder.send_part()
                until(lambda: feeder.sent > sent_before, 60, "more is under way")  # noqa: B023
                private_broker.stop()
                assert private_broker.start(child=True) == settings.bootstrap()
                restarts += 1
            else:
                folded = victim.events()
                victim.freeze()  # what comes now it cannot fold, so it dies in mid-stream however fast it is
                feeder.send_part()
                behind = until(lambda: (n := progress.backlog()) > 500 and n, 60, "it is behind")
                victim.kill()
                kills.append(f"worker {number} after {folded:,} of its own, {behind:,} behind")
                workers[number] = crew.start(*OPTIONS)
        feeder.send_part()
        until(feeder.is_done, 120, "all is sent")
        assert feeder.sent == len(sent)
        progress.await_settled(180)
        assert [worker.stop() for worker in workers] == [0, 0]
        live_seconds = time.monotonic() - began
        rytmi(settings, "cases", "--config", POLICY, "--until", last, "--out", tmp_path / "live.jsonl")
    progress.close()
    assert (len(kills), restarts) == (KILLS, 1)
    _same_lines(tmp_path / "live.jsonl", tmp_path / "backtest" / "cases.jsonl")
    expected = {row["id"]: row for row in _rows(tmp_path / "backtest" / "clock.jsonl")}
    found, told, retracted = outcomes(settings)
    assert found.keys() == expected.keys()
    assert [i for i in expected if found[i] != expected[i]] == []
    assert read(settings, settings.topic("rytmi.deadletter.v1")) == []
    print("\n" + "\n".join(kills))
    print(
        f"live equals replay: {len(sent):,} records of {len(events):,} events, {KILLS} kills, {restarts} restart of "
        f"the broker, {live_seconds:.0f} s; {len(list(_rows(tmp_path / 'live.jsonl'))):,} cases byte for byte; "
        f"{len(found):,} outcomes from {told:,} records of rytmi.clock.v1, {retracted:,} of them retracted"
    )


def outcomes(settings: Settings) -> tuple[dict[str, dict[str, object]], int, int]:
    """What rytmi.clock.v1 says in the end, how many records say it, and how many outcomes were taken back for good."""
    reader, last, told = codec(), dict[str, dict[str, object]](), 0
    for message in read(settings, settings.topic("rytmi.clock.v1")):
        record = reader.decode("clock", message.value())
        last[record["id"]] = record
        told += 1
    stand = {name: _row(record) for name, record in last.items() if not record["retracted"]}
    return stand, told, len(last) - len(stand)


def _row(record: dict[str, object]) -> dict[str, object]:
    return json.loads(json.dumps(outcome_row(record)))  # type: ignore[no-any-return]


def _rows(path: Path) -> Iterator[dict[str, object]]:
    return map(json.loads, path.read_bytes().splitlines())


def _same_lines(live: Path, replayed: Path) -> None:
    if live.read_bytes() == replayed.read_bytes():
        return
    there, here = live.read_bytes().splitlines(), replayed.read_bytes().splitlines()
    differing = [(a.decode(), b.decode()) for a, b in zip(there, here, strict=False) if a != b]
    pytest.fail(
        f"{len(there):,} cases live, {len(here):,} replayed, {len(differing):,} lines differ, the first:\n"
        + "\n".join(differing[0] if differing else ())
    )
