"""Workers as the processes that they are: started, watched from outside, killed, frozen, and gone with the test.

What they did is judged by what is in the topics, by the group's offsets and by their /metrics, never by their insides.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.error import HTTPError

import psutil
from confluent_kafka import Consumer, KafkaError, Message, Producer, TopicPartition
from prometheus_client.parser import text_string_to_metric_families

from processors.events import TYPES, Event
from schemas.codec import Codec
from streams.kafka.headers import headers
from streams.kafka.records import ChangelogRecord
from streams.kafka.topics import INPUTS
from streams.local.child import ChildProcess
from streams.pseudonym import Pseudonym
from streams.settings import Settings
from streams.shard.store import Store
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[2]
KEY = "a key that is the same for all workers of a test"
RECORDS = {
    "cases": ("feedback", "action", "link"),
    "obstacles": ("obstacle",),
    "decisions": ("decision",),
    "signals": ("pulse", "indicator"),
}
ENTERING = ("feedback", "action", "decision", "obstacle")
OUTPUTS = ("rytmi.case.v1", "rytmi.clock.v1", "rytmi.link.v1", "rytmi.deadletter.v1")
CONFIG = """
timezone: UTC
touchpoints: [{id: web}, {id: desk}]
unknown_touchpoint: other
policies:
  - {name: default, match: {}, calendar: always, targets: {acknowledge: 1h, decide: 1d, effect: 2d, resolve: 3d}}
retention: 60d
"""
_START_SECONDS = 60.0
_LAST_LINES = 40
_GRACE_SECONDS = 5


def environment(settings: Settings) -> dict[str, str]:
    """What `Settings.from_env` makes the same settings of."""
    links = {"RYTMI_CASE_URL": settings.case_url, "RYTMI_RUNBOOK_URL": settings.runbook_url}
    return {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": str(ROOT),
        "RYTMI_KAFKA_BOOTSTRAP": settings.bootstrap(),
        "RYTMI_TOPIC_PREFIX": settings.topic_prefix,
        "RYTMI_APPLICATION": settings.application,
        "RYTMI_PARTITIONS": str(settings.partitions),
        "RYTMI_REPLICATION": str(settings.replication),
        "RYTMI_HOME": str(settings.home),
        "RYTMI_PSEUDONYM_KEY": KEY,
        "RYTMI_ALERTMANAGER_URL": ",".join(settings.alertmanager_urls),
        **{name: url for name, url in links.items() if url is not None},
    }


def codec() -> Codec:
    """As the workers have it."""
    return Codec(None, Pseudonym(KEY.encode()))


def rytmi(settings: Settings, *arguments: str | Path) -> str:
    """Run a command to its end; what it said on standard error."""
    done = subprocess.run(
        [sys.executable, "-m", "streams.cli.main", *map(str, arguments)],
        cwd=ROOT,
        env=environment(settings),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


class Metrics:
    """A scrape."""

    def __init__(self, text: str) -> None:
        self._samples = [s for family in text_string_to_metric_families(text) for s in family.samples]

    def of(self, name: str, **labels: str) -> list[tuple[dict[str, str], float]]:
        """The samples of that name that have those labels."""
        wanted = labels.items()
        return [(s.labels, s.value) for s in self._samples if s.name == name and wanted <= s.labels.items()]

    def sum(self, name: str, **labels: str) -> int:
        """Their sum."""
        return int(sum(value for _, value in self.of(name, **labels)))


class WorkerProcess:
    """One worker. It ends with the test process, however that one ends."""

    def __init__(self, settings: Settings, config: Path, log: Path, *options: str) -> None:
        self.log = log
        self._before = log.stat().st_size if log.exists() else 0
        self._address: str | None = None
        command = [sys.executable, "-m", "streams.cli.main", "worker", "--config", str(config), "--port", "0", *options]
        with log.open("ab") as out:
            self._process = ChildProcess(command, out, _GRACE_SECONDS, environment(settings), ROOT)
        self.pid = self._process.pid
        assert self.pid, log.read_text()

    # -- what it says

    def said(self) -> str:
        """Its log since this start."""
        with self.log.open("rb") as file:
            file.seek(self._before)
            return file.read().decode("utf-8", "replace")

    def tail(self) -> str:
        """The end of its log, for whoever must find out what went wrong."""
        return "\n".join(f"    {line}" for line in self.said().splitlines()[-_LAST_LINES:])

    def get(self, page: str, seconds: float = 5.0) -> tuple[int, str]:
        """Status and text of one of its pages; raises OSError while nobody answers."""
        if self._address is None:
            found = re.search(r"(http://\S+)/metrics", self.said())
            if found is None:
                raise ConnectionRefusedError("it has not said its address yet")
            self._address = found[1]
        try:
            with urllib.request.urlopen(f"{self._address}{page}", timeout=seconds) as answer:  # noqa: S310 - ours
                return answer.status, answer.read().decode()
        except HTTPError as refused:
            with refused:
                return refused.code, refused.read().decode()

    def metrics(self) -> Metrics:
        """A scrape; an empty one while nobody answers."""
        try:
            status, text = self.get("/metrics")
        except OSError:
            assert self.is_running(), f"the worker has ended:\n{self.tail()}"
            return Metrics("")
        assert status == 200, text
        return Metrics(text)

    def events(self, **labels: str) -> int:
        """Records that it has taken in since it was started."""
        return self.metrics().sum("rytmi_events_total", **labels)

    def is_ready(self) -> bool:
        """Whether /ready says yes."""
        try:
            return self.get("/ready")[0] == 200
        except OSError:
            assert self.is_running(), f"the worker has ended:\n{self.tail()}"
            return False

    def shards(self) -> int:
        """How many partitions of all stages it owns complete."""
        return self.metrics().sum("rytmi_partitions_owned") if self.is_ready() else 0

    def await_shards(self, count: int, seconds: float = _START_SECONDS) -> None:
        """Wait until it owns so many."""
        until(lambda: self.shards() == count, seconds, f"the worker owns {count} shards")

    # -- what is done to it

    def is_running(self) -> bool:
        return self._process.status is None

    def kill(self) -> None:
        """As when the machine is gone: nothing of it gets a chance to tidy up."""
        self._signal(signal.SIGKILL)
        self._process.wait(20)

    def stop(self, seconds: float = 60, number: int = signal.SIGTERM) -> int:
        """Ask it to stop; its exit status."""
        self._signal(number)
        return self.ended(seconds)

    def ended(self, seconds: float = 60) -> int:
        """Wait until it has ended; its exit status."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"after {seconds} s the worker still runs:\n{self.tail()}") from None

    def freeze(self) -> None:
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def memory(self) -> int:
        """Bytes that it holds in memory now."""
        return int(psutil.Process(self.pid).memory_info().rss)

    def close(self) -> None:
        """End it in any case, and its keeper."""
        if self.is_running():
            self._signal(signal.SIGKILL)
        self._process.wait(20)

    def _signal(self, number: int) -> None:
        # The keeper has not been waited for, so the process id is still the worker's, or free, but nobody else's.
        if self.is_running():
            os.kill(self.pid, number)


class Crew:
    """The workers of a test; none outlives it, and if it fails their logs are shown."""

    def __init__(self, settings: Settings, config: Path | None = None) -> None:
        self.settings = settings
        settings.home.mkdir(parents=True, exist_ok=True)
        self.config = config or self.configured(CONFIG)
        self.all: list[WorkerProcess] = []

    def configured(self, text: str) -> Path:
        """A configuration file with that text."""
        with tempfile.NamedTemporaryFile("w", suffix=".yaml", dir=self.settings.home, delete=False) as file:
            file.write(text)
        return Path(file.name)

    def start(self, *options: str, config: Path | None = None) -> WorkerProcess:
        """Start a worker; it is not ready yet."""
        log = self.settings.home / f"worker-{len(self.all)}.log"
        worker = WorkerProcess(self.settings, config or self.config, log, *options)
        self.all.append(worker)
        return worker

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        for worker in self.all:
            worker.close()
        if kind is not None:
            for number, worker in enumerate(self.all):
                print(f"\n-- worker {number} (pid {worker.pid}) said at its end:\n{worker.tail()}")


# -- the cluster as anybody sees it


class Progress:
    """How far the group has come, by the offsets that it has committed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._consumer = Consumer(
            settings.client(
                **{
                    "group.id": settings.application,  # asked for its offsets, never joined
                    "enable.auto.commit": False,
                    "enable.partition.eof": True,
                    "isolation.level": "read_committed",
                    "fetch.wait.max.ms": 50,
                    "log_level": 2,
                }
            )
        )

    def committed(self, records: Iterable[str] = INPUTS) -> dict[tuple[str, int], int]:
        """The offset that comes next, by record name and partition."""
        names = {self._settings.topic(INPUTS[record]): record for record in records if record in _READ}
        asked = [TopicPartition(topic, p) for topic in names for p in range(self._settings.partitions)]
        return {
            (names[tp.topic], tp.partition): max(tp.offset, 0) for tp in self._consumer.committed(asked, timeout=30)
        }

    def backlog(self, records: Iterable[str] = ENTERING) -> int:
        """Offsets not yet committed."""
        total = 0
        for (record, partition), offset in self.committed(records).items():
            tp = TopicPartition(self._settings.topic(INPUTS[record]), partition)
            total += self._consumer.get_watermark_offsets(tp, timeout=30)[1] - offset
        return total

    def is_settled(self) -> bool:
        """Whether everything sent, and then every link that came of it, is taken in and committed."""
        return not self._anything_in(ENTERING + RECORDS["signals"]) and not self._anything_in(("link",))

    def await_settled(self, seconds: float) -> None:
        """Wait for that."""
        until(self.is_settled, seconds, "everything sent is taken in")

    def close(self) -> None:
        self._consumer.close()

    def _anything_in(self, records: Iterable[str]) -> bool:
        """Whether a record stands behind a committed offset. (Offsets alone do not tell: transactions take some.)"""
        at = [
            TopicPartition(self._settings.topic(INPUTS[record]), partition, offset)
            for (record, partition), offset in self.committed(records).items()
        ]
        return next(_to_the_end(self._consumer, at), None) is not None


_READ = frozenset(record for records in RECORDS.values() for record in records)


def read(
    settings: Settings, topic: str, start: Mapping[int, int] | None = None, aborted: bool = False
) -> list[Message]:
    """The records of a topic (full name), partition by partition; `aborted`: those of aborted transactions too."""
    consumer = Consumer(
        settings.client(
            **{
                "group.id": "nobody",
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                "isolation.level": "read_uncommitted" if aborted else "read_committed",
                "fetch.wait.max.ms": 50,
            }
        )
    )
    from_ = start or dict.fromkeys(range(settings.partitions), 0)
    try:
        return list(_to_the_end(consumer, [TopicPartition(topic, p, offset) for p, offset in from_.items()]))
    finally:
        consumer.close()


def ends(settings: Settings, topic: str, stable: bool = False) -> dict[int, int]:
    """Where the partitions of a topic (full name) end; `stable`: what readers of committed records may see of it."""
    consumer = Consumer(
        settings.client(
            **{
                "group.id": "nobody",
                "isolation.level": "read_committed" if stable else "read_uncommitted",
            }
        )
    )
    try:
        return {
            p: consumer.get_watermark_offsets(TopicPartition(topic, p), timeout=30)[1]
            for p in range(settings.partitions)
        }
    finally:
        consumer.close()


def _to_the_end(consumer: Consumer, at: list[TopicPartition]) -> Iterator[Message]:
    left = {(tp.topic, tp.partition) for tp in at}  # a partition that grows meanwhile ends more than once
    consumer.assign(at)
    try:
        while left:
            for message in until(lambda: consumer.consume(10_000, 0.05), 60, f"{at[0].topic} is read to its end"):
                error = message.error()
                if error is None:
                    yield message
                elif error.code() == KafkaError._PARTITION_EOF:
                    left.discard((message.topic(), message.partition()))
                else:
                    assert error.retriable(), error
    finally:
        consumer.unassign()


class Stored(NamedTuple):
    """The state of a stage, as its changelog has it."""

    entities: dict[str, bytes]
    positions: dict[tuple[str, int], int]


def stored(settings: Settings, stage: str) -> Stored:
    """Read back as a worker would, by code that is not the worker's."""
    found = Stored({}, {})
    for message in read(settings, settings.changelog(stage)):
        store = Store()
        store.apply(ChangelogRecord(message.key(), message.value()))
        for name, position in store.offsets.items():
            found.positions[name, message.partition()] = position
        found.entities.update(store.entities)
        if message.value() is None:
            found.entities.pop(message.key()[1:].decode(), None)
    return found


# -- sending


class Raw:
    """Sends bytes as they are, and knows where each record ended up."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._codec = settings, codec()
        self._producer = Producer(
            settings.client(
                **{
                    "partitioner": "murmur2_random",
                    "message.max.bytes": 8 * 1024 * 1024,
                    "linger.ms": 20,
                    "queue.buffering.max.messages": 500_000,
                }
            )
        )
        self.sent: dict[tuple[str, int, int], object] = {}
        """The label of each record by topic, partition and offset."""

    def bytes_of(self, event: Event) -> bytes:
        return self._codec.encode(name_of(event), event)

    def send(
        self,
        record: str,
        key: bytes | None,
        value: bytes | None,
        label: object,
        about: list[tuple[str, bytes]] | None = None,
    ) -> None:
        def delivered(error: KafkaError | None, message: Message) -> None:
            assert error is None, error
            self.sent[message.topic(), message.partition(), message.offset()] = label

        topic = self._settings.topic(INPUTS[record])
        while True:
            try:
                self._producer.produce(topic, value, key, headers=about or [], on_delivery=delivered)  # type: ignore[arg-type]
                break
            except BufferError:
                self._producer.poll(0.1)
        self._producer.poll(0)

    def event(self, event: Event, label: object, about: list[tuple[str, bytes]] | None = None) -> None:
        """Send an event as a producer should."""
        record = name_of(event)
        ours = headers(INPUTS[record], event.id, "/test", event.at)
        self.send(record, event[2].encode(), self.bytes_of(event), label, [*ours, *(about or [])])

    def flush(self) -> None:
        assert self._producer.flush(60) == 0


_NAMES = {kind: name for name, kind in TYPES.items()}


def name_of(event: Event) -> str:
    """The name of an event's record."""
    return _NAMES[type(event)]


def watched(worker: WorkerProcess, condition: Callable[[], object], seconds: float, what: str) -> None:
    """Wait for a condition while a worker runs."""

    def so() -> object:
        assert worker.is_running(), f"the worker has ended:\n{worker.tail()}"
        return condition()

    until(so, seconds, what)
