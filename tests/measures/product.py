"""`measures.jsonl` as `rytmi backtest` writes it, in this process."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from streams.config import Config
from streams.measures.subscriber import frame
from streams.results.backtest import run
from streams.results.cells import MEASURES


def written(config: Config, lines: Iterable[bytes], at_ms: int, out: Path) -> list[dict[str, Any]]:
    """The rows of the events up to an instant."""
    run(frame(config), lines, at_ms, out, lambda read: None)
    assert (out / "deadletters.jsonl").read_bytes() == b""
    return [json.loads(line) for line in (out / MEASURES).read_bytes().splitlines()]
