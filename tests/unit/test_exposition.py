"""The text of metrics is that of prometheus_client, to the byte."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector, CollectorRegistry

from streams.metrics.exposition import GaugeTable, text_of

_TEXTS = st.text(st.characters(codec="utf-8"), max_size=8) | st.sampled_from(["web", 'a "b"', "a\\b", "a\nb", "{x}"])
_VALUES = (
    st.floats().map(lambda value: value + 0.0)
    | st.integers(-(10**12), 10**12)
    | st.sampled_from([0, 1.0, math.inf, -math.inf, True])
)
_NAMES = st.sampled_from(["touchpoint", "severity", "clock", "a", "z"])


@st.composite
def families(draw: st.DrawFn) -> list[Metric]:
    found: list[Metric] = []
    for number in range(draw(st.integers(0, 3))):
        kind = draw(st.sampled_from([GaugeMetricFamily, CounterMetricFamily]))
        labels = draw(st.lists(_NAMES, max_size=3, unique=True))
        if not labels:
            found.append(kind(f"rytmi_{number}", draw(_TEXTS), value=draw(_VALUES)))
            continue
        lines = [([draw(_TEXTS) for _ in labels], draw(_VALUES)) for _ in range(draw(st.integers(0, 4)))]
        if kind is GaugeMetricFamily and draw(st.booleans()):
            found.append(GaugeTable(f"rytmi_{number}", draw(_TEXTS), labels, lines))
            continue
        family = kind(f"rytmi_{number}", draw(_TEXTS), labels=labels)
        for values, value in lines:
            family.add_metric(values, value)
        found.append(family)
    return found


class _These(Collector):
    def __init__(self, found: list[Metric]) -> None:
        self._found = found

    def collect(self) -> Iterator[Metric]:
        yield from self._found


@settings(deadline=None)
@given(families())
def test_text_is_that_of_the_client_library(found: list[Metric]) -> None:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_These(found))
    assert text_of(found) == re.sub(rb" -0\.0$", b" 0.0", generate_latest(registry), flags=re.MULTILINE)
