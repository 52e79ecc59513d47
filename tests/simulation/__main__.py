"""`python -m tests.simulation`: replay a seed, or run many.

python -m tests.simulation 4711              # one schedule; how it ended
python -m tests.simulation 4711 --shrink     # the fewest of its steps that still fail, as a test
python -m tests.simulation --count 1000      # seeds from 0 on
"""

from __future__ import annotations

import argparse
import logging
import time
import traceback
from collections import Counter

from tests.simulation.schedule import STEPS, Schedule
from tests.simulation.shrink import failure_of, shrunk, test_of


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("seed", nargs="?", type=int, default=0)
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--shrink", action="store_true")
    chosen = parser.parse_args()
    logging.disable(logging.CRITICAL)
    if chosen.shrink:
        return _shrink(chosen.seed)
    began, failed, sums = time.process_time(), list[int](), Counter[str]()
    for seed in range(chosen.seed, chosen.seed + chosen.count):
        try:
            schedule = Schedule(seed)
            sums.update(schedule.run(schedule.steps(chosen.steps)))
        except Exception:  # noqa: BLE001 - it is printed, and the next schedule is run
            failed.append(seed)
            if len(failed) <= 3:
                print(f"seed {seed}:")
                traceback.print_exc()
    seconds = time.process_time() - began
    print(f"{chosen.count} schedules, {chosen.count / seconds:.1f} a second; {len(failed)} failed: {failed[:20]}")
    print("; ".join(f"{name} {sums[name]}" for name in sorted(sums)))
    return bool(failed)


def _shrink(seed: int) -> int:
    failure = failure_of(seed, Schedule(seed).steps())
    if failure is None:
        print(f"seed {seed} does not fail")
        return 0
    steps = shrunk(seed, Schedule(seed).steps(), failure.kind)
    print(test_of(seed, steps, failure_of(seed, steps) or failure))
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
