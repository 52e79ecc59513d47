"""What runs under the demo: a broker of its own with topics, the workers, a board, Prometheus and Alertmanager.

Everything is in `HOME/demo` and is made anew each time, so that a demo starts fast, shows figures of its own events
only, and never touches a broker that somebody started with `rytmi broker start`. With RYTMI_KAFKA_BOOTSTRAP set, that
cluster is used instead, under a prefix of this run, and its topics are deleted at the end. An Alertmanager of the
environment is never told of anything: nobody is to be called because somebody watches a demo. A Grafana of the
environment is shown the screens (`grafana`).
"""

from __future__ import annotations

import fcntl
import os
import shutil
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import IO, Self

from streams.demo import grafana
from streams.demo.figures import fetched
from streams.demo.words import Said
from streams.demo.workers import BOARD_PORT, Board, DemoError, Worker, await_ready, free_ports
from streams.kafka import admin
from streams.local.broker import Broker, BrokerError
from streams.local.monitoring import Monitoring, MonitoringError
from streams.settings import Settings

Say = Callable[[str], None]
_DELETE_SECONDS = 30.0


class Stack:
    """Broker, topics, workers, board, monitoring: whatever was started is ended, in the opposite order.

    monitored: False leaves Prometheus and Alertmanager out. So does a machine where they cannot be had, and it is said.
    """

    def __init__(self, settings: Settings, config: Path, workers: int, say: Say, monitored: bool = True) -> None:
        self._config, self._count, self._say, self._monitored = config.absolute(), workers, say, monitored
        self._home = settings.home.absolute() / "demo"
        self.settings = replace(settings, home=self._home, alertmanager_urls=())
        self.workers: list[Worker] = []
        self.board: Board | None = None
        self.monitoring: Monitoring | None = None
        self.screens: str | None = None  # address of the first one
        self._broker: Broker | None = None
        self._ends = ExitStack()

    def __enter__(self) -> Self:
        with self._ends:  # what was started before a failure is ended
            self._ends.enter_context(_only_one(self._home))
            self._clear()
            self._start_broker()
            admin.apply(self.settings)
            self._start_monitoring()
            self._start_workers()
            self._publish()
            self._ends = self._ends.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.close()

    @property
    def alert_page(self) -> str | None:
        """Where Prometheus shows its alerts; Debian's has them at an address of its own."""
        if self.monitoring is None:
            return None
        pages = [f"{self.monitoring.prometheus_url}{path}" for path in ("/classic/alerts", "/alerts")]
        return pages[0] if fetched(pages[0]) is not None else pages[1]

    def revive(self) -> list[Said]:
        """Start again what has ended; what happened. Raises UserError if it cannot be kept up."""
        said = []
        if self._broker is not None:
            try:
                _ = self._broker.bootstrap
            except BrokerError:
                self._broker.start(child=True)
                said.append(Said("notice.broker"))
        if self.monitoring is not None:
            said += [Said("notice.server", {"name": name}) for name in self.monitoring.revive()]
        return said + [told for process in self._processes() if (told := process.revive())]

    def _clear(self) -> None:
        """Remove what an earlier demo left, but for the jars and the pseudonym key."""
        Broker(self._home).stop()
        for name in ("kafka", "log", "board", "monitoring/data", "monitoring/log"):
            shutil.rmtree(self._home / name, ignore_errors=True)

    def _start_broker(self) -> None:
        if self.settings.kafka_bootstrap is not None:
            run = uuid.uuid4().hex[:8]
            self.settings = replace(self.settings, topic_prefix=f"demo-{run}.", application=f"demo-{run}")
            self._say(f"cluster: {self.settings.kafka_bootstrap}, topics demo-{run}.*, deleted at the end")
            self._ends.callback(self._delete_topics)
            return
        self._say("broker: starting Apache Kafka on this machine")
        self._broker = Broker(self._home, say=lambda text: self._say(f"broker: {text}"))
        self._ends.callback(self._broker.stop)
        self._broker.start(child=True)
        self.settings = replace(
            self.settings, kafka_bootstrap=self._broker.bootstrap, replication=1, topic_prefix="", application="rytmi"
        )

    def _start_monitoring(self) -> None:
        if not self._monitored:
            self._say("monitoring: none, as you wish; alarms are in their topic alone")
            return
        monitoring = Monitoring(self._home, lambda text: self._say(f"monitoring: {text}"))
        try:
            self._ends.enter_context(monitoring)
        except MonitoringError as missing:
            self._say(f"monitoring: none; alarms are in their topic alone. {missing}")
            return
        self.monitoring = monitoring
        self.settings = replace(self.settings, alertmanager_urls=(monitoring.alertmanager_url,))

    def _start_workers(self) -> None:
        self._say(f"workers: starting {self._count}; their logs are in {_shown(self._home / 'log')}")
        self._ends.callback(self._stop_workers)
        (port,) = free_ports(1, BOARD_PORT)
        self.board = Board(port, self._config, self._environment(), self._home / "log" / "board.log")
        for number, port in enumerate(free_ports(self._count), 1):
            log = self._home / "log" / f"worker-{number}.log"
            self.workers.append(Worker(number, port, self._config, self._environment(), log))
            self.workers[-1].start()
        if self.monitoring is not None:
            self.monitoring.write_targets([worker.target for worker in self.workers])
        await_ready(self.workers)
        self.board.start()  # it reads what there is while the history is loaded
        self._say(f"board: {self.board.address}")

    def _publish(self) -> None:
        if self.settings.grafana.url is None:
            return
        said = "none: without Prometheus its screens would be blank"
        if self.monitoring is not None:
            self.screens, said = grafana.published(self.settings, self.monitoring.prometheus_url)
        self._say(f"grafana: {said}")

    def _environment(self) -> dict[str, str]:
        settings = self.settings
        links = {"RYTMI_CASE_URL": f"{self.board.address}/cases/{{case}}"} if self.board is not None else {}
        not_told = ("RYTMI_ALERTMANAGER", "RYTMI_BOARD")
        return {
            **links,
            **{name: value for name, value in os.environ.items() if not name.startswith(not_told)},
            "RYTMI_KAFKA_BOOTSTRAP": settings.bootstrap(),
            "RYTMI_REPLICATION": str(settings.replication),
            "RYTMI_TOPIC_PREFIX": settings.topic_prefix,
            "RYTMI_APPLICATION": settings.application,
            "RYTMI_HOME": str(settings.home),
            "RYTMI_ALERTMANAGER_URL": ",".join(settings.alertmanager_urls),
        }

    def _stop_workers(self) -> None:
        for process in self._processes():
            process.ask_to_stop()
        for process in self._processes():
            process.stop()

    def _processes(self) -> list[Worker]:
        return [*self.workers, self.board] if self.board is not None else self.workers

    def _delete_topics(self) -> None:
        from confluent_kafka.admin import AdminClient

        admin = AdminClient(self.settings.client())
        ours = [name for name in admin.list_topics(timeout=10).topics if name.startswith(self.settings.topic_prefix)]
        for deleted in admin.delete_topics(ours, operation_timeout=_DELETE_SECONDS).values() if ours else ():
            deleted.result()


def _only_one(home: Path) -> IO[str]:
    """Holds the directory's lock while it is open. Raises DemoError if another demo does."""
    home.mkdir(parents=True, exist_ok=True)
    lock = (home / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise DemoError(f"a demo runs here already ({_shown(home)}): end it, or set RYTMI_HOME for another") from None
    return lock


def _shown(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
