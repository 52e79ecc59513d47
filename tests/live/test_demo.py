"""The demo on a real broker: its figures are a backtest's, a killed worker comes back, and nothing stays behind."""

import os
import re
import signal
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from processors.backtest import Backtest
from processors.events import Event, Feedback
from streams.config import Config, load
from streams.demo.conductor import Conductor
from streams.demo.figures import Figures, fetched
from streams.demo.organisation import Organisation, beginning
from streams.demo.outside import MACHINE, outside
from streams.demo.stack import Stack
from streams.demo.sums import Clocks, Measures, measures
from streams.demo.words import Status, speaker, status_of
from streams.local.broker.jars import cache_directory
from streams.measures.subscriber import frame
from streams.results.cases import rows
from streams.results.measures import METRICS, CellsSoFar, Results, add
from streams.settings import Settings
from tests.contributions import contributions
from tests.demo.told import LIVE, LIVE_IN_FINNISH, alarmed, cases, overdue, still_open, unanswered
from tests.processes import runs
from tests.screens.fake_grafana import TOKEN, FakeGrafana
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "rytmi.yaml"
monitored = pytest.mark.usefixtures("monitoring_programs")


class Recorded(Organisation):
    """An organisation that remembers what it told."""

    def __init__(self, config: Config, seed: int, from_ms: int) -> None:
        super().__init__(config, seed, from_ms)
        self.told: list[Event] = []

    def until(self, until_ms: int) -> Iterator[Event]:
        for event in super().until(until_ms):
            self.told.append(event)
            yield event


class Nowhere:
    """A wall that nobody sees."""

    every_seconds = 1.0

    def show(self, status: Status, figures: Figures) -> None: ...
    def __enter__(self) -> "Nowhere":
        return self

    def __exit__(self, *_: object) -> None: ...


def backtested(config: Config, events: list[Event]) -> Backtest:
    """A backtest of these events."""
    backtest = Backtest(config.policies)
    for event in events:
        backtest.add(event)
    assert not list(backtest.finish())
    return backtest


def measured(config: Config, events: list[Event], at: float, out: Path) -> Measures:
    """The measures of a backtest as of an instant, read from what it says in place of /metrics."""
    backtest, results, cells = backtested(config, events), Results(frame(config)), CellsSoFar()
    for share in contributions(backtest):
        add(cells, share)
    results.merge(cells)
    results.write(out, round(at * 1000))
    text = (out / METRICS).read_text() + f"rytmi_view_complete 1\nrytmi_view_timestamp_seconds {at}\n"
    found = measures([[one for family in text_string_to_metric_families(text) for one in family.samples]])
    assert found is not None
    return found


def measures_past(conductor: Conductor, at: float) -> Measures | None:
    """The measures, once they are as of a later instant than that."""
    conductor.catch_up()
    found = conductor.figures.measures if conductor.figures is not None else None
    return found if found is not None and (found.at or 0.0) > at else None


def test_figures_of_two_workers_are_those_of_a_backtest_of_the_same_events(settings: Settings, tmp_path: Path) -> None:
    config = load(EXAMPLE)
    organisation = Recorded(config, 3, beginning(MACHINE.now_ms(), 1.5, config.timezone))
    with Stack(settings, EXAMPLE, 2, print, monitored=False) as stack:
        status = status_of(config, speaker("en"), [worker.address for worker in stack.workers])
        with Conductor(outside(stack, status), organisation, Nowhere(), status, time.monotonic()) as conductor:
            assert conductor.load() == len(organisation.told) > 5_000
            last = max(event.at for event in organisation.told) / 1000
            live = until(lambda: measures_past(conductor, last), 90, "measures of all that has happened")
        found = conductor.figures
        assert found is not None
        assert found.complete
        at = round(found.at * 1000)
        backtest = backtested(config, organisation.told)
        by_backtest = cases(backtest, at)
        assert list(rows(stack.settings, config.policies, at)) == by_backtest
    opened = still_open(by_backtest)
    assert sum(place.open for place in found.places.values()) == len(opened) > 100
    assert {name: place.open for name, place in found.places.items() if place.open} == Counter(
        case["touchpoint"] for case in opened
    )
    assert sum(place.critical for place in found.places.values()) == sum(c["severity"] == "critical" for c in opened)
    cause = {getattr(event, "obstacle", ""): getattr(event, "cause", "") or "" for event in organisation.told}
    stand = [name for name, episodes in backtest.obstacles() if episodes[-1].removed is None]
    assert +found.causes == Counter(cause[name] for name in stand)
    # The workers were asked a moment after `at`; what fell due within it may be in their figures.
    shown: Counter[str] = sum((place.overdue + place.unknown for place in found.places.values()), Counter())
    soon = overdue(cases(backtest, at + 10_000))
    assert all(count <= shown[clock] <= soon[clock] for clock, count in overdue(by_backtest).items())
    assert shown.total() > 0
    assert found.events == len(organisation.told)
    assert not found.deadletters
    decisions = [backtest.other(kind, name)[1] for kind, name in backtest.others() if kind == "decision"]
    in_flight = Counter(one[:2] for one in decisions if one is not None)
    assert found.decisions.total() > 0
    assert +found.decisions == in_flight
    received = {event.case: event.at for event in reversed(organisation.told) if isinstance(event, Feedback)}
    oldest = min(place.oldest_at for place in found.places.values() if place.oldest_at is not None)
    assert oldest * 1000 >= min(received[case["case"]] for case in opened)
    assert live.at is not None
    told = measured(config, organisation.told, live.at, tmp_path)
    for clocks, lengths in live.lengths.items():
        assert lengths == told.lengths[clocks], clocks
    assert live.lengths[Clocks("all", "all", "decide", status.usual)].half is not None
    for key, share in live.rhythm.items():
        assert share == told.rhythm[key], key
    assert live.rhythm.keys() == told.rhythm.keys()
    assert live.alignment == told.alignment
    assert live.stages == {key: n for key, n in told.stages.items() if key[1] in {status.window, status.usual}}
    assert live.standing
    assert all(abs(mean - told.standing[key]) < 1e-6 for key, mean in live.standing.items())


class Demo:
    """`rytmi demo` as a process, and everything that it has started."""

    def __init__(self, home: Path, *options: str, **env: str) -> None:
        self.log = home / f"said-{uuid.uuid4().hex[:6]}"
        plain = {name: value for name, value in os.environ.items() if not name.startswith("RYTMI_")}
        command = [sys.executable, "-m", "streams.cli.main", "demo", "--plain", "--weeks", "0.5", *options]
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=plain | {"RYTMI_HOME": str(home), "LC_ALL": "C"} | env,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        self.started: list[psutil.Process] = []

    def said(self, pattern: str, after: int = 0) -> int:
        """The end of the first place in its output, from `after` on, that has the pattern; waits for it."""

        def found() -> int:
            assert self.process.poll() is None, self.log.read_text()
            match = re.compile(pattern, re.MULTILINE).search(self.log.read_text(), after)
            return match.end() if match else 0

        return until(found, 120, f"the demo says {pattern!r}")

    def live(self, servers: int = 6) -> int:
        """Wait until it is live, and note what runs: broker, two workers, board, monitoring, and their keepers."""
        at = self.said(LIVE[0])
        self.started = psutil.Process(self.process.pid).children(recursive=True)
        assert len(self.started) == 2 * servers, [one.cmdline() for one in self.started]
        return at

    def running(self) -> list[psutil.Process]:
        """What it has started and is still there."""
        return [*filter(runs, self.started)]


@contextmanager
def demo(home: Path, *options: str, **env: str) -> Iterator[Demo]:
    one = Demo(home, *options, **env)
    try:
        yield one
    finally:
        one.process.kill()
        one.process.wait(30)


@monitored
def test_an_alarm_comes_while_one_watches_and_the_end_leaves_nothing_behind(tmp_path: Path) -> None:
    """Its case is one of those that nobody has answered for an hour; who has it is told is said, too."""
    with (
        FakeGrafana() as grafana,
        demo(tmp_path, RYTMI_GRAFANA_URL=grafana.url, RYTMI_GRAFANA_TOKEN=TOKEN) as running,
    ):
        running.said(r"grafana: screens published, (\d+) of \1 changed")
        at = running.live()
        assert fetched(f"{grafana.sources['rytmi-prometheus']['url']}/-/ready") is not None, "it reads our Prometheus"
        began = time.monotonic()
        known = set(re.findall(r"newest: \w+ (\S+)", running.log.read_text()))
        neglected = re.search(r"nobody at (\S+) has answered", running.log.read_text())
        assert neglected is not None
        alarm = alarmed(neglected[1])

        def come() -> str | None:
            assert running.process.poll() is None, running.log.read_text()
            cases = alarm.findall(running.log.read_text(), at)
            return next((case for case in cases if case not in known), None)

        case = until(come, 90, f"another alarm of {neglected[1]}")
        print(
            f"the first alarm while one watches: {case}, {time.monotonic() - began:.0f} s after the first live figures"
        )
        running.said(unanswered(neglected[1]), at)
        for pattern in LIVE:
            running.said(pattern, at)
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(90) == 0
        assert not running.running()
        assert "ended; nothing is left running" in running.log.read_text()


@monitored
def test_killed_processes_are_started_again(tmp_path: Path) -> None:
    with demo(tmp_path) as running:
        at = running.live()
        worker = next(one for one in running.started if "worker" in one.cmdline())
        alertmanager = next(one for one in running.started if "--cluster.listen-address=" in one.cmdline()[:4])
        worker.kill()
        at = running.said(r"worker \d ended by SIGKILL; it runs again as process \d+", at)
        at = running.said(LIVE[0], at)
        alertmanager.kill()
        at = running.said(r"Alertmanager ended; started again", at)
        running.said(r"alarms: [1-9]\d* escalations?, [1-9]\d* breach", at)
        running.started += psutil.Process(running.process.pid).children(recursive=True)
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(90) == 0
        assert not running.running()


def test_without_prometheus_and_alertmanager_it_goes_on_and_says_so(tmp_path: Path) -> None:
    elsewhere = {"RYTMI_ALERTMANAGER_URL": "http://127.0.0.1:9", "RYTMI_ALERTMANAGER_TOKEN": "not for a demo"}
    jars = tmp_path / "cache" / "rytmi" / "jars"
    jars.parent.mkdir(parents=True)
    jars.symlink_to(cache_directory())
    nothing = {"PATH": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    for options, env, why in (
        (["--no-monitoring"], elsewhere, "as you wish"),
        ([], nothing, r"Prometheus and Alertmanager are not on this machine"),
    ):
        with demo(tmp_path, *options, **env) as running:
            running.said(f"monitoring: none.*{why}")
            at = running.live(servers=4)
            running.said(r"alarms: topic only: \d+ escalations?, [1-9]\d* breach", at)
            running.process.send_signal(signal.SIGTERM)
            assert running.process.wait(90) == 0
            assert not running.running()
            assert "Alertmanager http" not in "".join(p.read_text() for p in tmp_path.rglob("worker-*.log"))


@monitored
def test_second_demo_is_refused_and_one_killed_outright_takes_everything_with_it(tmp_path: Path) -> None:
    with demo(tmp_path) as running:
        running.live()
        with demo(tmp_path) as second:
            assert second.process.wait(30) == 1
            assert "a demo runs here already" in second.log.read_text()
        running.process.kill()
        running.process.wait(30)
        until(lambda: not running.running(), 60, "all that it had started has ended")


def test_it_speaks_the_language_of_the_environment(tmp_path: Path) -> None:
    with demo(tmp_path, "--no-monitoring", LC_ALL="", LC_MESSAGES="fi_FI.UTF-8") as running:
        at = running.said(LIVE_IN_FINNISH[0])
        running.said(r"▲ \d+ kriittistä tapausta myöhässä")
        running.said(LIVE_IN_FINNISH[1], at)
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(90) == 0
