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
from typing import Any

import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from processors.backtest import Backtest
from processors.events import Event, Feedback
from processors.settled import row
from streams.config import Config, load
from streams.demo.conductor import Conductor, now_ms
from streams.demo.figures import Figures, fetched
from streams.demo.measured import Clocks, Measures, measures
from streams.demo.organisation import Organisation, beginning
from streams.demo.stack import Stack
from streams.demo.status import Status, status_of
from streams.demo.words import speaker
from streams.local.broker.jars import cache_directory
from streams.measures.frame import frame
from streams.results.cases import rows
from streams.results.measures import METRICS, CellsSoFar, Results, add
from streams.settings import Settings
from tests.contributions import contributions
from tests.processes import runs
from tests.screens.fake_grafana import TOKEN, FakeGrafana
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "rytmi.yaml"
monitored = pytest.mark.usefixtures("monitoring_programs")
STOPPED = {  # what has to be null for a clock to run on
    "acknowledge": "acknowledged_at",
    "decide": "decided_at",
    "effect": "effective_at",
    "resolve": "closed_at",
    "tell": "told_at",
}


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


def cases(config: Config, events: list[Event], until_ms: int) -> tuple[list[dict[str, Any]], Counter[str]]:
    """The rows of a backtest's cases.jsonl, and the obstacles that stand, by cause."""
    backtest = backtested(config, events)
    found = [row(backtest.record(*case), until_ms, config.policies) for case in backtest.cases()]
    cause = {getattr(event, "obstacle", ""): getattr(event, "cause", "") or "" for event in events}
    standing = Counter(cause[name] for name, episodes in backtest.obstacles() if episodes[-1].removed is None)
    return found, standing


def overdue(found: list[dict[str, Any]]) -> Counter[str]:
    """Clocks that are missed and still run, over the last cycles of cases."""
    late: Counter[str] = Counter()
    for case in found:
        last = case["cycles"][-1]
        for clock, reading in last["clocks"].items():
            ended = last[STOPPED[clock]] or last["withdrawn_at"]
            if reading and reading["outcome"] == "missed" and not ended:
                late[clock] += 1
    return late


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
    organisation = Recorded(config, 3, beginning(now_ms(), 1.5, config.timezone))
    with Stack(settings, EXAMPLE, 2, print, monitored=False) as stack:
        status = status_of(config, speaker("en"), [worker.address for worker in stack.workers])
        with Conductor(stack, organisation, Nowhere(), status, time.monotonic()) as conductor:
            assert conductor.load() == len(organisation.told) > 5_000
            last = max(event.at for event in organisation.told) / 1000
            live = until(lambda: measures_past(conductor, last), 90, "measures of all that has happened")
        found = conductor.figures
        assert found is not None
        assert found.complete
        at = round(found.at * 1000)
        by_backtest, standing = cases(config, organisation.told, at)
        assert list(rows(stack.settings, config.policies, at)) == by_backtest
    still_open = [
        case for case in by_backtest if not case["cycles"][-1]["closed_at"] and not case["cycles"][-1]["withdrawn_at"]
    ]
    assert sum(place.open for place in found.places.values()) == len(still_open) > 100
    assert {name: place.open for name, place in found.places.items() if place.open} == Counter(
        case["touchpoint"] for case in still_open
    )
    assert sum(place.critical for place in found.places.values()) == sum(
        c["severity"] == "critical" for c in still_open
    )
    assert +found.causes == standing
    # The workers were asked a moment after `at`; what fell due within it may be in their figures.
    shown: Counter[str] = sum((place.overdue + place.unknown for place in found.places.values()), Counter())
    soon = overdue(cases(config, organisation.told, at + 10_000)[0])
    assert all(count <= shown[clock] <= soon[clock] for clock, count in overdue(by_backtest).items())
    assert shown.total() > 0
    assert found.events == len(organisation.told)
    assert not found.deadletters
    backtest = backtested(config, organisation.told)
    decisions = [backtest.other(kind, name)[1] for kind, name in backtest.others() if kind == "decision"]
    in_flight = Counter(one[:2] for one in decisions if one is not None)
    assert found.decisions.total() > 0
    assert +found.decisions == in_flight
    received = {event.case: event.at for event in reversed(organisation.told) if isinstance(event, Feedback)}
    oldest = min(place.oldest_at for place in found.places.values() if place.oldest_at is not None)
    assert oldest * 1000 >= min(received[case["case"]] for case in still_open)
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
            match = re.compile(pattern).search(self.log.read_text(), after)
            return match.end() if match else 0

        return until(found, 120, f"the demo says {pattern!r}")

    def live(self, servers: int = 6) -> int:
        """Wait until it is live, and note what runs: broker, two workers, board, monitoring, and their keepers."""
        at = self.said(r"live for .*: partitions 4 of 4, workers 2 of 2, .*open [1-9]")
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
        alarm = re.compile(r"alarms: .*; newest: (?:breach|escalation) (\S+) acknowledge [\d:]+ to \S+")

        def come() -> str | None:
            assert running.process.poll() is None, running.log.read_text()
            cases = alarm.findall(running.log.read_text(), at)
            return next((case for case in cases if case not in known), None)

        case = until(come, 90, "another alarm")
        print(
            f"the first alarm while one watches: {case}, {time.monotonic() - began:.0f} s after the first live figures"
        )
        neglected = re.search(r"nobody at (\w+) has answered", running.log.read_text())
        assert neglected is not None
        assert case.startswith(neglected[1])
        running.said(rf"▲ \d+ critical cases overdue(?:, \d+)? at {neglected[1]}.* without a first reaction", at)
        running.said(r"; critical: overdue [1-9]\d*, due in 1 h [1-9]\d*, due in 4 h \d+; measures as of [\d:]+; ", at)
        lengths = r"half (?:in [^,]+|not yet), 90% (?:in [^,]+|not yet), done only [^,;]+"
        running.said(
            rf"; reaction 1 d: acknowledge {lengths}, decide {lengths}; in the way, mean of 1 d: \w+ [\d.]+ ", at
        )
        running.said(r"; decided in 1 d \d+%, 7 d \S+%, 28 d \S+%; alignment: online .*; decisions in flight \d+; ", at)
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
        at = running.said("live for .*: partitions 4 of 4, workers 2 of 2", at)
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
        at = running.said(r"käynnissä .*: osioita 4/4, työprosesseja 2/2, luettu .*; avoinna [1-9]")
        running.said(r"▲ \d+ kriittistä tapausta myöhässä", 0)
        running.said(r"; mittarit klo [\d.]+; reaktio 1 vrk: ensireaktio puolet ", at)
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(90) == 0
