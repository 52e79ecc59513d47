"""What Prometheus scrapes from two workers that share four partitions: healthy, until a test changes something.

A series is its selector and a function from the minute to its value (None: not exported). Prometheus starts at the
epoch, so the minute m is the instant 60 * m.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Value = Callable[[float], float | None]

WORKERS, PARTITIONS, TOUCHPOINTS = ("w1", "w2"), 4, ("delivery", "website")
SEVERITIES, CLOCKS = ("low", "normal", "high", "critical"), ("acknowledge", "decide")
TOPICS = ("touchpoint.feedback.v1", "leadership.decision.v1")
_STAGES = ("cases", "obstacles", "decisions", "signals")


def always(value: float) -> Value:
    return lambda minute: value


def now(minute: float) -> float:
    """An instant that keeps up, five seconds behind."""
    return 60 * minute - 5


def owner(partition: int) -> str:
    """Whose partition it is."""
    return WORKERS[partition % len(WORKERS)]


def series(metric: str, worker: str, **labels: str) -> str:
    """A selector as scraped, as in `series("rytmi_entities", "w1", stage="cases")`."""
    pairs = ",".join(
        f'{name}="{value}"' for name, value in {"job": "rytmi-worker", "instance": worker, **labels}.items()
    )
    return f"{metric}{{{pairs}}}"


class World:
    """Series by selector. Later settings replace earlier ones."""

    def __init__(self) -> None:
        self.series: dict[str, Value] = {}

    def set(self, metric: str, worker: str, value: Value, **labels: str) -> None:
        self.series[series(metric, worker, **labels)] = value

    def change(self, metric: str, worker: str, value: float, during: Callable[[float], bool], **labels: str) -> None:
        """Another value during some minutes, what it was in the others (0 where there was no such series)."""
        before = self.series.get(series(metric, worker, **labels), always(0))
        self.set(metric, worker, lambda minute: value if during(minute) else before(minute), **labels)

    def hide(self, part: str, during: Callable[[float], bool]) -> None:
        """Series whose selector has this part are not exported during some minutes."""
        for selector, value in list(self.series.items()):
            if part in selector:
                self.series[selector] = lambda minute, value=value: None if during(minute) else value(minute)  # type: ignore[misc]

    def drop(self, part: str) -> None:
        """There are no series whose selector has this part."""
        self.series = {selector: value for selector, value in self.series.items() if part not in selector}

    def rendered(self, minutes: int, step: int) -> list[dict[str, str]]:
        """As promtool's `input_series`, a value every `step` minutes."""
        points = range(0, minutes + 1, step)
        return [
            {"series": selector, "values": _values([value(minute) for minute in points])}
            for selector, value in self.series.items()
        ]


def _values(values: list[float | None]) -> str:
    """A series that ends is marked as stale, as Prometheus does when it is missing from a scrape."""
    before = [None, *values[:-1]]
    return " ".join(_value(value, earlier) for value, earlier in zip(values, before, strict=True))


def _value(value: float | None, before: float | None) -> str:
    if value is None:
        return "_" if before is None else "stale"
    return f"{value:.10g}"


def healthy() -> World:
    """Everything is read, little is overdue for long, alarms arrive. What later versions export is not there."""
    world = World()
    for worker in WORKERS:
        world.set("up", worker, always(1))
        world.set("rytmi_partitions", worker, always(PARTITIONS))
        for stage in _STAGES:
            world.set("rytmi_partitions_owned", worker, always(PARTITIONS / len(WORKERS)), stage=stage)
        for topic in TOPICS:
            world.set("rytmi_events_total", worker, lambda minute: 100 * minute, topic=topic, result="folded")
        world.set("rytmi_alertmanager_waiting", worker, always(0))
        world.set("rytmi_alertmanager_success_timestamp_seconds", worker, now)
        for touchpoint in TOUCHPOINTS:
            _touchpoint(world, worker, touchpoint)
    for partition in range(PARTITIONS):
        _partition(world, owner(partition), str(partition))
    world.set("rytmi_view_complete", WORKERS[0], always(1))
    world.set("rytmi_view_timestamp_seconds", WORKERS[0], now)
    return world


def _touchpoint(world: World, worker: str, touchpoint: str) -> None:
    world.set("rytmi_feedback_total", worker, lambda minute: minute, touchpoint=touchpoint)
    world.set("rytmi_last_feedback_timestamp_seconds", worker, now, touchpoint=touchpoint)
    for severity in SEVERITIES:
        world.set("rytmi_cases_open", worker, always(10), touchpoint=touchpoint, severity=severity)
        world.set("rytmi_cases_overdue_any", worker, always(0), touchpoint=touchpoint, severity=severity)
        for clock in CLOCKS:
            cell: dict[str, Any] = {"touchpoint": touchpoint, "severity": severity, "clock": clock}
            world.set("rytmi_cases_overdue", worker, always(0), **cell)
            world.set("rytmi_cases_unknown", worker, always(0), **cell)


def _partition(world: World, worker: str, partition: str) -> None:
    world.set("rytmi_backfill_active", worker, always(0), partition=partition)
    for touchpoint in TOUCHPOINTS:
        world.set("rytmi_read_past_timestamp_seconds", worker, now, partition=partition, touchpoint=touchpoint)
    for topic in TOPICS:
        world.set("rytmi_caught_up_timestamp_seconds", worker, now, topic=topic, partition=partition)
        world.set("rytmi_commit_timestamp_seconds", worker, now, topic=topic, partition=partition)


def outcomes(
    world: World, worker: str, window: str, counts: dict[str, int], during: Callable[[float], bool], **cell: str
) -> None:
    """Clocks that started in a window, by outcome; healthy at other minutes: all met, in the same number."""
    total = sum(counts.values())
    for outcome in ("met", "missed", "running", "withdrawn", "none"):
        usual = total if outcome == "met" else 0
        world.set("rytmi_clock_outcomes", worker, always(usual), window=window, outcome=outcome, **cell)
        world.change(
            "rytmi_clock_outcomes", worker, counts.get(outcome, 0), during, window=window, outcome=outcome, **cell
        )
