"""How fast a backtest is."""

from __future__ import annotations

import resource
import subprocess
import time

from tests.bench.world import CONFIG, ROOT, World, say

_RUNS = 3


def measure(world: World) -> None:
    """Events a second of `rytmi backtest`, start-up included; the best of a few runs."""
    best = None
    for _ in range(_RUNS):
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        command = world.command("backtest", "--config", CONFIG, "--events", world.events, "--out", world.folder / "out")
        subprocess.run(command, cwd=ROOT, env=world.environment(), check=True, stderr=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        found = time.monotonic() - started, cpu, after.ru_maxrss
        best = found if best is None else min(best, found)
    assert best is not None
    wall, cpu, peak_kib = best
    say(
        f"backtest: {world.count:,} events in {wall:.2f} s: {world.count / wall:,.0f} events/s, "
        f"{cpu / world.count * 1e6:.1f} us CPU an event, peak of all children so far {peak_kib / 1024:,.0f} MiB"
    )
