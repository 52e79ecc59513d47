"""What is written down once and stays: one fact a line, in a file of its subject under `pinned/`.

A line there is a promise to whoever has data, scripts or screens from before. So lines are added (`make golden` does
that), and never changed or taken away: not by `make golden` either, which refuses as the tests do.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

PINNED = Path(__file__).resolve().parent / "pinned"


class Broken(AssertionError):
    """A pinned line is not true any more."""


def hold(subject: str, facts: Mapping[str, Any], adding: bool, folder: Path = PINNED) -> None:
    """Hold facts against the lines of a subject. adding: write down those that are new. Raises Broken."""
    path = folder / f"{subject}.txt"
    made = [f"{name}: {shown(value)}" for name, value in facts.items()]
    kept = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    if broken := [line for line in kept if line not in set(made)]:
        now = {line.partition(": ")[0]: line for line in made}
        told = "\n".join(f"  - {line}\n  + {now.get(line.partition(': ')[0], '(gone)')}" for line in broken)
        raise Broken(
            f"{path.name}: pinned lines are added, never changed, and `make golden` does not change them. Somebody has "
            f"data, scripts or screens by them: mend the code, so that it makes them again.\n{told}"
        )
    new = [line for line in made if line not in set(kept)]
    if new and not adding:
        told = "\n".join(f"  + {line}" for line in new)
        raise Broken(
            f"{path.name}: new, and pinned by `make golden`; look at what it adds before it is committed.\n{told}"
        )
    if new:
        path.write_text("".join(f"{line}\n" for line in _merged(kept, made)), encoding="utf-8")


def _merged(kept: list[str], made: list[str]) -> list[str]:
    """The kept lines in their order, each new one behind the line that it was made after."""
    lines = ["", *kept]
    for before, line in pairwise(["", *made]):
        if line not in lines:
            lines.insert(lines.index(before) + 1, line)
    return lines[1:]


def shown(value: Any) -> str:
    """A value on one line, in characters that every editor shows."""
    if isinstance(value, bytes):
        return repr(value)
    if isinstance(value, str) and value.isprintable():
        return value
    return json.dumps(value, ensure_ascii=False, default=_named)


def _named(value: Any) -> str:
    if isinstance(value, bytes):
        return repr(value)
    return "(a function)" if callable(value) else str(value)
