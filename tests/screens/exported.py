"""What the workers export, asked of their own collectors: names of metrics, and the labels of each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from dashboards.rules import groups
from dashboards.rules.model import Record
from streams.config import load
from streams.measures.subscriber import frame
from streams.measures.view import Snapshot
from streams.metrics.measures import MeasureMetrics
from streams.worker.metrics import WorkerCollector, view_families
from tests.shards import core_of

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "rytmi.yaml"
SEEN = Snapshot((), b"", 0, (), 0, 0.0)
BY_PROMETHEUS = {"job", "instance"}
RECORDS = {rule.name for group in groups() for rule in group.rules if isinstance(rule, Record)}
RULES = [rule.expr for group in groups() for rule in group.rules]

_SELECTOR = re.compile(r"(?<![\w:])(rytmi_[a-z_]+)(?:\{([^}]*)\})?(?![\w:])")
_MATCHER = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)")
_GROUPED = re.compile(r"\b(?:by|on|without|ignoring)\s*\(([^)]*)\)")
_RECORD = re.compile(r"\b\w*:[\w:]+")


@cache
def exported() -> dict[str, frozenset[str]]:
    """Labels by name, as Prometheus has them."""
    config = load(EXAMPLE)
    health: Any = SimpleNamespace(partitions=lambda: ())
    families = [
        *WorkerCollector(core_of(config), health).collect(),
        *view_families(SEEN),
        *MeasureMetrics(frame(config)).families([]),
    ]
    return {
        f"{family.name}_total" if family.type == "counter" else family.name: frozenset(
            getattr(family, "_labelnames", ())
        )
        for family in families
    }


def known() -> dict[str, frozenset[str]]:
    """All that a query may name."""
    return exported()


def named(exprs: Iterable[str]) -> set[str]:
    """Metrics of the workers that are named."""
    return {name for expr in exprs for name, _ in _SELECTOR.findall(expr)}


def selectors(expr: str) -> list[tuple[str, str]]:
    """Metrics that an expression names, each with what it asks of labels."""
    return _SELECTOR.findall(expr)


def faults(expr: str) -> Iterator[str]:
    """What it names that there is not: metrics, records, labels."""
    metrics = known()
    reachable = set(BY_PROMETHEUS)
    for name, asked in _SELECTOR.findall(expr):
        if name not in metrics:
            yield f"no metric {name}"
            continue
        labels = metrics[name] | BY_PROMETHEUS
        reachable |= labels
        yield from (f"{name} has no label {label}" for label in _MATCHER.findall(asked) if label not in labels)
    for record in _RECORD.findall(expr):
        if record not in RECORDS:
            yield f"no record {record}"
        reachable |= set(record.split(":")[0].split("_")) | ({"case_severity"} if "case_severity" in record else set())
    reachable |= set(re.findall(r'label_replace\(.*?"(\w+)", "', expr, re.DOTALL))
    for labels in _GROUPED.findall(expr):
        names = {label.strip() for label in labels.split(",") if label.strip()}
        yield from (f"nothing in it has the label {label}" for label in sorted(names - reachable))
