"""`python -m tests.simulation`: replay a seed, or run many.

python -m tests.simulation 4711              # one schedule; how it ended
python -m tests.simulation 4711 --steps 120  # the same, ended after so many steps
python -m tests.simulation --count 1000      # seeds from 0 on
"""

from __future__ import annotations

import argparse
import logging
import time
import traceback

from tests.simulation.schedule import STEPS, Schedule


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("seed", nargs="?", type=int, default=0)
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--steps", type=int, default=STEPS)
    chosen = parser.parse_args()
    logging.disable(logging.CRITICAL)
    began, failed = time.monotonic(), list[int]()
    for seed in range(chosen.seed, chosen.seed + chosen.count):
        try:
            done = Schedule(seed).run(chosen.steps)
            if chosen.count == 1:
                print(f"seed {seed}: {done}")
        except Exception:
            failed.append(seed)
            if len(failed) <= 3:
                print(f"seed {seed}:")
                traceback.print_exc()
    seconds = time.monotonic() - began
    print(f"{chosen.count} schedules, {chosen.count / seconds:.1f} a second; {len(failed)} failed: {failed[:20]}")
    return bool(failed)


if __name__ == "__main__":
    raise SystemExit(main())
