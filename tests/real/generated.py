"""A made-up log of the shape of the UCI "Incident management process enriched event log", and what is true of it.

The same 36 columns, states and oddities: `?` for what is missing; `D/M/YYYY HH:MM`; final values from an incident's
first row on; rows of an incident together, many with equal times, one that goes back; first rows before `opened_at`;
waiting that switches its kind, or takes no time; a state without a name; incidents reopened, reassigned, reclassified,
never resolved; closings of many incidents in one minute; targets met and missed by a minute; a verdict of the desk
that turns at the Closed row and is not always that of the policy. Everything follows from the seed.

    python -m tests.real.generated LOG.csv.gz [INCIDENTS]
"""

from __future__ import annotations

import csv
import gzip
import sys
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from random import Random
from statistics import median

from tests.real.facts import TARGET_MINUTES, Facts, Verdicts
from tests.real.first_row import COLUMNS, first_row
from tests.real.incident import CAUSES, DAY, MISSING, PRIORITIES, WEEK_DAYS, WORK_DAYS, Incident, written
from tests.real.plan import plan

SEED, INCIDENTS = 20160229, 2_500
_EARLY = 5  # incidents whose first row lies before they were opened
_EDGE_EVERY = 17  # incidents that are closed in the last minute of their target, or the one after
_MASS_CLOSINGS = range(24 * DAY + 18 * 60 + 40, 24 * DAY + 19 * 60 + 2)  # 24 March: much of a month in some minutes


def write(path: Path, incidents: int = INCIDENTS, seed: int = SEED) -> Facts:
    """Write a log and say what is true of it."""
    dice = Random(seed)
    opened = sorted(_opened(dice) for _ in range(incidents))
    made = [_incident(dice, place, at) for place, at in enumerate(opened)]
    facts = _facts(made)
    _turn_back(made)
    with gzip.open(path, "wt", newline="", encoding="utf-8", compresslevel=1) as out:
        table = csv.DictWriter(out, COLUMNS, lineterminator="\n")
        table.writeheader()
        for one in made:
            table.writerows(one.rows)
    return facts


def _opened(dice: Random) -> int:
    """Most in the first weeks and by day, the last a year later."""
    day = int(dice.triangular(0, 90, 5)) if dice.random() < 0.97 else dice.randrange(360)
    if day % WEEK_DAYS >= WORK_DAYS and dice.random() < 0.8:
        day -= 2
    return day * DAY + int(dice.triangular(0, DAY, 11 * 60))


def _incident(dice: Random, place: int, opened: int) -> Incident:
    row, edge = first_row(dice, place, opened), place % _EDGE_EVERY == 0
    incident = Incident(dice, row, opened)
    closed = _edge(dice, row["priority"], opened) if edge else _closed(dice, opened)
    before, after = plan(dice, incident, place, steady=edge)
    instants = _instants(dice, len(before), opened, closed)
    if 0 < place <= _EARLY:
        instants[0] = opened - dice.randint(5, 150)
    for step, at in zip(before, instants, strict=True):
        step(at)
    incident.close(closed)
    last = closed + dice.randint(60, 40 * DAY)
    for step, at in zip(after, _instants(dice, len(after), closed + 60, last), strict=True):
        step(at)
    resolved = [at for at, said in zip(incident.at, incident.rows, strict=True) if said["incident_state"] == "Resolved"]
    incident.foresee(
        resolved_at=written(resolved[-1]) if resolved and dice.random() < 0.98 else MISSING,
        closed_at=written(closed),
        closed_code=f"code {dice.randint(1, 17)}" if dice.random() < 0.99 else MISSING,
        resolved_by=f"Resolved by {dice.randint(1, 216)}" if dice.random() < 0.99 else MISSING,
    )
    return incident


def _closed(dice: Random, opened: int) -> int:
    """Five days after an answer, on the full hour; or when all that was left over was closed."""
    if opened < _MASS_CLOSINGS[0] - DAY and dice.random() < 0.6:
        return dice.choice(_MASS_CLOSINGS)
    answered = opened + dice.lognormvariate(6.2, 2)
    return (int(answered) + 5 * DAY) // 60 * 60


def _edge(dice: Random, priority: str, opened: int) -> int:
    """The last minute in which the target is met, or the first in which it is not."""
    left, at = int(TARGET_MINUTES[priority]) + dice.randrange(2), opened
    while left:
        left -= at // DAY % WEEK_DAYS < WORK_DAYS
        at += 1
    return at


def _instants(dice: Random, count: int, begin: int, end: int) -> list[int]:
    """In order, before the end; more at the beginning, one in eight at the same minute as the one before."""
    found = sorted(begin + int((end - begin) * dice.random() ** 4) for _ in range(count))
    for i in range(1, count):
        if dice.random() < 1 / 8:
            found[i] = found[i - 1]
    return found


def _turn_back(made: Sequence[Incident]) -> None:
    """One row of the file stands below a later one: where somebody begins to wait, between rows of other minutes."""
    for one in made:
        for i in range(1, len(one.rows) - 2):
            apart = one.at[i - 1] < one.at[i] < one.at[i + 1] < one.at[i + 2]
            if apart and one.rows[i]["incident_state"] not in CAUSES and one.rows[i + 1]["incident_state"] in CAUSES:
                one.rows[i], one.rows[i + 1] = one.rows[i + 1], one.rows[i]
                return
    raise AssertionError("no incident waits between rows of other minutes: make more incidents")


def _facts(made: Sequence[Incident]) -> Facts:
    waits: dict[str, list[int]] = {cause: [] for cause in CAUSES.values()}
    for one in made:
        for cause, minutes in one.waits:
            waits[cause].append(minutes)
    said = Counter((one.policy_missed, one.desk_missed) for one in made)
    return Facts(
        rows=sum(len(one.rows) for one in made),
        incidents=len(made),
        kinds=sum((one.kinds for one in made), Counter[str]()),
        reaction_hours=median(one.reacted for one in made if one.reacted is not None) / 60,
        waits={cause: (len(minutes), median(minutes) / 60) for cause, minutes in waits.items() if minutes},
        verdicts=Verdicts(said[True, True], said[True, False], said[False, True], said[False, False]),
        reopened_closed=sum(one.reopened_closed for one in made),
        desk={priority: _missed([one for one in made if one.priority == priority]) for priority in PRIORITIES},
        reassignments=sum(one.reassignments for one in made),
        equal_times=sum(a == b for one in made for a, b in pairwise(one.at)),
        backwards=1,
        early=_EARLY,
    )


def _missed(made: Sequence[Incident]) -> tuple[int, int]:
    return sum(one.desk_missed is True for one in made), len(made)


if __name__ == "__main__":
    print(write(Path(sys.argv[1]), *map(int, sys.argv[2:])))
