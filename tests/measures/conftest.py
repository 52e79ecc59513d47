"""Stories are told to the product and to its oracle."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from streams import config as configuration
from tests.measures.product import written
from tests.measures.story import Rows, Story
from tests.oracle import measures


def _oracle(config: dict[str, Any], events: list[dict[str, Any]], at_ms: int) -> Rows:
    return measures.rows(events, config, at_ms)


@pytest.fixture(params=["product", "oracle"])
def story(request: pytest.FixtureRequest, tmp_path: Path) -> Story:
    """An empty one. The product is given the events from the last to the first."""

    def product(config: dict[str, Any], events: list[dict[str, Any]], at_ms: int) -> Rows:
        lines = [json.dumps(event).encode() for event in reversed(events)]
        return written(configuration.parse(config), lines, at_ms, tmp_path)

    return Story(product if request.param == "product" else _oracle)
