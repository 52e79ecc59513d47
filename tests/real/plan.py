"""What happens to a made-up incident, step by step, before it is first closed and after; when is decided elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random

from tests.real.incident import CAUSES, Incident

Step = Callable[[int], None]
"""Something that happens at an instant."""

_UNRESOLVED_EVERY, _NAMELESS_EVERY, _REOPENED_CLOSED_EVERY = 307, 503, 401
_MOST_STEPS = 50
_KINDS = [0.88, 0.05, 0.05, 0.02]  # of waiting, in the order of CAUSES


def plan(dice: Random, incident: Incident, place: int, *, steady: bool) -> tuple[list[Step], list[Step]]:
    """Steps before and after the first closing. steady: priority and category stay."""
    state = dice.choices(["New", "Active", "Resolved", "Awaiting User Info"], [66, 26, 7, 1])[0]
    never_resolved = place % _UNRESOLVED_EVERY == 1
    if state == "Resolved" or never_resolved:
        before: list[Step] = [incident.row if never_resolved else incident.resolve]
    else:
        before = [incident.row if state == "New" else partial(incident.state, state=state)]
        before += _middle(dice, incident, state, steady=steady)
        if place % _NAMELESS_EVERY == 2:
            before += [partial(incident.state, state="-100"), incident.row]
        before.append(incident.resolve)
    while not never_resolved and dice.random() < 0.03:
        before += [incident.row, incident.reopen, *_middle(dice, incident, "Active", steady=steady), incident.resolve]
    after: list[Step] = [incident.row] if dice.random() < 0.01 else []
    if place % _REOPENED_CLOSED_EVERY == 3:
        after += [incident.reopen, incident.assign, incident.resolve, incident.close]
    return before, after


def _middle(dice: Random, incident: Incident, state: str, *, steady: bool) -> list[Step]:
    """Work and waiting."""
    steps: list[Step] = []
    for _ in range(min(_MOST_STEPS, int(dice.lognormvariate(1, 0.8)))):
        what = dice.random()
        if what < 0.2:
            others = [one for one in CAUSES if one != state]
            weights = [weight for one, weight in zip(CAUSES, _KINDS, strict=True) if one != state]
            if state not in CAUSES or dice.random() < 0.2:
                state = dice.choices(others, weights)[0]
                steps.append(partial(incident.state, state=state))
        elif what < 0.4 and state != "Active":
            state = "Active"
            steps.append(partial(incident.state, state=state))
        elif what < 0.6:
            steps.append(incident.assign)
        elif what < 0.64 and not steady:
            steps.append(incident.reclassify)
        else:
            steps.append(incident.row)
    return steps
