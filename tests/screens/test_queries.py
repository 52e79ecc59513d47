"""What the screens ask: of metrics and labels that there are, all of them used, and blank rather than low."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from dashboards.model import Query, Screen, Tile
from dashboards.queries import clocks
from dashboards.queries.people import MISSING
from dashboards.queries.sight import PLACE
from dashboards.queries.terms import NOT_YET
from dashboards.screens import screens
from streams.config import load
from streams.worker.metrics import touchpoints
from tests.rules import promtool
from tests.rules.blindness import SEVERAL
from tests.rules.troubles import Span
from tests.rules.world import World, always, healthy, now
from tests.screens.exported import EXAMPLE, RULES, exported, faults, known, named, selectors

VARIABLES = {"$window": "28d", "$touchpoint": ".*", "$unit": ".*", "$__rate_interval": "1m"}
ASKED = [(screen, tile, target.query) for screen in screens() for tile in screen.tiles for target in tile.targets]
FRESHNESS = {"state", "known-until", "measures-age", "partitions-missing"}
NO_HISTORY = "there is no history"


def plain(expr: str) -> str:
    """With the values of variables."""
    for name, value in VARIABLES.items():
        expr = expr.replace(name, value)
    return expr


def _title(asked: tuple[Screen, Tile, Query]) -> str:
    return f"{asked[0].uid}-{asked[1].key}"


@pytest.mark.parametrize("asked", ASKED, ids=_title)
def test_query_names_only_metrics_and_labels_that_there_are(asked: tuple[Screen, Tile, Query]) -> None:
    assert list(faults(asked[2].expr)) == []


@pytest.mark.parametrize(
    ("expr", "fault"),
    [
        ("sum(rytmi_cases_opened)", "no metric rytmi_cases_opened"),
        ('sum(rytmi_cases_open{channel="web"})', "rytmi_cases_open has no label channel"),
        ("sum by (channel) (rytmi_cases_open)", "nothing in it has the label channel"),
        ("rytmi:complet:bool == 1", "no record rytmi:complet:bool"),
    ],
)
def test_what_is_not_there_is_found(expr: str, fault: str) -> None:
    assert list(faults(expr)) == [fault]


def test_every_metric_is_on_a_screen_or_in_a_rule() -> None:
    used = named([*(query.expr for _, _, query in ASKED), *RULES])
    assert set(exported()) - used == set(), "a metric that nobody looks at: show it, or do not export it"
    print(f"{len(exported())} metrics, {len(ASKED)} queries on {len(screens())} screens")


def test_the_order_of_the_path_is_that_of_the_configuration() -> None:
    config = load(EXAMPLE)
    said = {sample.labels["touchpoint"]: sample for sample in touchpoints(config).samples}
    declared = [one.id for one in config.file.touchpoints]
    assert sorted(said, key=lambda name: said[name].value) == [*declared, "other"]
    assert said["delivery"].labels == {
        "touchpoint": "delivery",
        "path": "purchase",
        "stage": "delivery",
        "unit": "logistics",
    }
    assert all(value for sample in said.values() for value in sample.labels.values()), "Prometheus drops empty labels"


def test_promtool_reads_every_query(tmp_path: Path) -> None:
    rules = [{"record": f"query:{i}", "expr": plain(query.expr)} for i, (_, _, query) in enumerate(ASKED)]
    path = tmp_path / "queries.yml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": rules}]}), encoding="utf-8")
    promtool.run("check", "rules", path)


def figures() -> dict[str, Query]:
    """What says something of cases or measures: all but the strip of freshness, the workers, the order of a table."""
    found = {
        query.expr: query
        for screen, tile, query in ASKED
        if screen.uid != "rytmi-pipeline" and tile.key not in FRESHNESS and query.expr != PLACE.expr
    }
    return {expr: query for expr, query in found.items() if not query.quiet.startswith(NO_HISTORY)}


def peopled() -> World:
    """The healthy world, with a series for everything that is asked for: half of it at each worker."""
    world = healthy()
    world.set("rytmi_view_complete", "w1", always(1))
    world.set("rytmi_view_timestamp_seconds", "w1", now)
    for query in figures().values():
        for name, asked in selectors(plain(query.expr)):
            if not name.startswith(("rytmi_partitions", "rytmi_view")):
                worker = "w1" if name in _BY_THE_VIEW else "w2"
                world.set(name, worker, always(1), **_labels(name, asked))
    return world


_BY_THE_VIEW = {
    name
    for query in figures().values()
    if "rytmi_view_complete" in query.expr
    for name in named([query.expr])
    if not name.startswith("rytmi_partitions")
}
_USUAL = {"touchpoint": "delivery", "severity": "critical", "kind": "customer_fresh", "outcome": "missed"}


def _labels(name: str, asked: str) -> dict[str, str]:
    """Labels that the selector takes."""
    exact = dict(re.findall(r'(\w+)="([^"]*)"', asked)) | dict(re.findall(r'(\w+)=~"(\w+)[^"]*"', asked))
    return {label: exact.get(label, _USUAL.get(label, label)) for label in known()[name]}


def _expected(expr: str, minute: int, there: bool) -> dict[str, object]:
    samples = [{"labels": "{}", "value": 1}] if there else []
    return {"expr": f"clamp_max(count(\n{expr}\n), 1)", "eval_time": f"{minute}m", "exp_samples": samples}


def test_figures_are_there_while_all_is_well_and_blank_while_partitions_are_missing(tmp_path: Path) -> None:
    world = peopled()
    SEVERAL[0].happens(world, Span(10, 20))  # a worker is gone
    asked = [plain(expr) for expr in figures()]
    filtered = {plain(MISSING.expr)}  # in the healthy world nothing is missing
    promtool.check(
        tmp_path,
        world,
        *(_expected(expr, 8, there=True) for expr in asked if expr not in filtered),
        *(_expected(expr, minute, there=False) for expr in asked for minute in (10, 15)),
        *(_expected(expr, 25, there=True) for expr in asked if expr not in filtered),
    )
    print(f"{len(asked)} queries, each blank from the minute in which a worker is gone")


def test_measures_are_blank_while_the_view_is_incomplete(tmp_path: Path) -> None:
    world = peopled()
    world.change("rytmi_view_complete", "w1", 0, Span(10, 20))
    asked = [plain(expr) for expr in figures() if "rytmi_view_complete" in expr]
    assert len(asked) > 30
    promtool.check(tmp_path, world, *(_expected(expr, minute, there=False) for expr in asked for minute in (10, 15)))


def test_a_measure_that_two_workers_say_during_a_takeover_is_not_doubled(tmp_path: Path) -> None:
    world = peopled()
    for selector, value in list(world.series.items()):
        if selector.split("{")[0] in _BY_THE_VIEW and 'instance="w1"' in selector:
            other = selector.replace('instance="w1"', 'instance="w3"')
            world.series[other] = lambda minute, value=value: value(minute) if 10 <= minute < 20 else None  # type: ignore[misc]
    asked = [plain(expr) for expr in figures() if "rytmi_view_complete" in expr and "time()" not in expr]
    changed = [f"({expr}\n) unless (({expr}\n) == last_over_time((({expr}\n))[1m:1m] offset 5m))" for expr in asked]
    promtool.check(
        tmp_path,
        world,
        *(_expected(expr, 12, there=True) for expr in asked if expr != plain(MISSING.expr)),
        *(_expected(expr, 12, there=False) for expr in changed),
    )
    print(f"{len(asked)} measures, the same while two workers say them")


def test_a_percentile_that_too_many_wait_for_is_not_blank(tmp_path: Path) -> None:
    world = healthy()
    world.set("rytmi_view_complete", "w1", always(1))
    at = {"touchpoint": "delivery", "clock": "decide", "window": "28d"}
    world.set("rytmi_clock_outcomes", "w1", always(7), severity="normal", outcome="running", **at)
    reached = {"severity": "all", "clock": "decide", "window": "28d", "quantile": "0.5"}
    for touchpoint in ("all", "delivery"):
        world.set(
            "rytmi_clock_seconds",
            "w1",
            lambda minute: 60.0 if minute >= 10 else None,  # type: ignore[arg-type,return-value]
            **reached | {"touchpoint": touchpoint},
        )

    def said(query: Query, minute: int, labels: str, value: float | None) -> dict[str, object]:
        samples = [] if value is None else [{"labels": labels, "value": value}]
        return {"expr": plain(query.expr), "eval_time": f"{minute}m", "exp_samples": samples}

    at_all, by_touchpoint = (
        clocks.length_or_not_yet("decide", "0.5"),
        clocks.length_by_touchpoint_or_not_yet("decide", "0.5"),
    )
    other = clocks.length_or_not_yet("effect", "0.5")
    promtool.check(
        tmp_path,
        world,
        said(at_all, 5, "{}", NOT_YET),
        said(by_touchpoint, 5, '{touchpoint="delivery"}', NOT_YET),
        said(other, 5, "{}", None),
        said(at_all, 15, "{}", 60),
        said(by_touchpoint, 15, '{touchpoint="delivery"}', 60),
    )
