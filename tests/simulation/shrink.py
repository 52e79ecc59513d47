"""Making a schedule that fails smaller, and saying it in a form that becomes a test."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from tests.simulation.evidence import Difference
from tests.simulation.schedule import Schedule, Step

Steps = Sequence[Step]


class Failure(NamedTuple):
    """How a schedule failed. kind: what smaller ones must share, without ids and instants."""

    kind: str
    words: str


def failure_of(seed: int, steps: Steps) -> Failure | None:
    """How a schedule fails with just these steps, None where it does not."""
    try:
        Schedule(seed).run(steps)
    except Exception as failed:  # noqa: BLE001 - however it fails is what is asked
        what = failed.what if isinstance(failed, Difference) else str(failed).split(":")[0]
        return Failure(re.sub(r"[\d'\"].*", "", f"{type(failed).__name__} {what}").strip(), str(failed))
    return None


def shrunk(seed: int, steps: Steps, kind: str, fails: Callable[[Steps], bool] | None = None) -> list[Step]:
    """As few of the steps as can be found that still fail in the same way. fails: asked instead of a run."""

    def still(some: Steps) -> bool:
        if fails is not None:
            return fails(some)
        failure = failure_of(seed, some)
        return failure is not None and failure.kind == kind

    least, most = 0, len(steps)
    while least < most:  # the end is cut off first: that costs few runs, and leaves a schedule as it was
        middle = (least + most) // 2
        if still(steps[:middle]):
            most = middle
        else:
            least = middle + 1
    found, size = list(steps[:most]), max(1, most // 2)
    while True:
        at = 0
        while at < len(found):
            rest = found[:at] + found[at + size :]
            if still(rest):
                found = rest
            else:
                at += size
        if size == 1:
            return found
        size = max(1, size // 2)


def test_of(seed: int, steps: Steps, failure: Failure) -> str:
    """A test that runs these steps."""
    listed = ", ".join(f'({step.number}, "{step.name}")' for step in steps)
    said = "".join(f"    # {line}\n" for line in failure.words.splitlines()[:6])
    return f"def test_seed_{seed}_shrunk() -> None:\n{said}    Schedule({seed}).run([{listed}])\n"


test_of.__test__ = False  # type: ignore[attr-defined] - not a test itself
