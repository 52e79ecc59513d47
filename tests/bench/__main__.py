"""`make bench`: how fast, and what it costs. Prints figures; asserts none of them (machines are shared and noisy).

    python -m tests.bench [backtest] [worker] [transaction] [deadlines] [measures] [profile]

Input is the real log (RYTMI_SHARED, default ../shared), or a generated one of its size, mapped once. Everything runs on
a broker of its own.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from streams.local.broker import Broker
from tests.bench import backtest, deadlines, measures, pipeline, worker
from tests.bench.world import World, say

PARTS: dict[str, Callable[[World], None]] = {
    "backtest": backtest.measure,
    "worker": worker.measure,
    "transaction": pipeline.measure_transactions,
    "deadlines": deadlines.measure,
    "measures": measures.measure,
    "profile": pipeline.profile,
}


def main(names: list[str]) -> None:
    """Run the named parts, or all."""
    if strange := [name for name in names if name not in PARTS]:
        raise SystemExit(f"no such part: {', '.join(strange)}; there are {', '.join(PARTS)}")
    with tempfile.TemporaryDirectory() as folder, Broker(Path(folder), say=say) as broker:
        world = World.prepared(Path(folder), broker.bootstrap)
        say(f"Python {sys.version}, {os.cpu_count()} processors")
        for name in names or PARTS:
            say(f"\n== {name}")
            PARTS[name](world)


main(sys.argv[1:])
