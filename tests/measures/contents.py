"""Made-up contents of cells: of every family, at instants at which something enters or leaves a window."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from random import Random

from processors import case
from processors.calendar import ALWAYS, Calendar, Hours
from processors.events import Feedback
from processors.measures import voice
from processors.measures.terms import Cell, Fact, Frame, Intended, cell
from processors.policy import OTHER, Policies, Touchpoint
from tests.measures.scratch import DAY, HOUR, MINUTE

NOW = 1_772_409_600_000 + 9 * HOUR + 17 * MINUTE  # 2026-03-02 09:17 UTC
WINDOWS = {"5m": 5 * MINUTE, "1h": HOUR, "1d": DAY, "7d": 7 * DAY, "28d": 28 * DAY, "40d": 40 * DAY}
_OFFICE = Calendar(Hours("UTC", (((480, 960),),) * 5 + ((),) * 2, None, frozenset()))
FRAME = Frame(
    policies=Policies((), {OTHER: Touchpoint(OTHER), "web": Touchpoint("web", "online"), "desk": Touchpoint("desk")}),
    windows=WINDOWS,
    calendars={"always": ALWAYS, "office": _OFFICE},
    functions={"sales": DAY, "store": None},
    intended={"web": Intended(0.2, 0.5, 1.0)},
)
BACK = sorted({0, *WINDOWS.values(), *(n * DAY for n in (1, 2, 7, 14, 28, 56))})
"""How long ago something may leave a span, or enter one."""
Contents = tuple[Cell, Counter[Fact]]


def instant(dice: Random) -> int:
    """Near an instant at which something moves, now or after some jump of time."""
    near = NOW + dice.choice([0, 0, HOUR, 30 * DAY, 60 * DAY]) - dice.choice(BACK)
    return near + dice.choice([0, 0, -1, 1, 5 * MINUTE, -5 * MINUTE, HOUR, -HOUR, dice.randrange(-HOUR, HOUR)])


def contents(dice: Random) -> Contents:
    """A cell, and some of the facts that such a cell holds."""
    at = instant(dice)
    family = dice.choice([*_FAMILIES, "clock", "clock", "clock"])
    labels, make = _FAMILIES[family]
    where = cell(family, *(dice.choice(of) for of in labels), at)[0]
    if family == "indicator":
        where = where._replace(hour=0)
    facts: Counter[Fact] = Counter()
    for _ in range(dice.choice([1, 1, 2, 4])):
        happened = where.hour * HOUR + dice.randrange(HOUR)
        for fact, amount in make(dice, happened):
            facts[0 if family == "indicator" else happened % HOUR // (5 * MINUTE), *fact] += amount
    return where, Counter({fact: amount for fact, amount in facts.items() if amount})


Made = Iterator[tuple[Fact, int]]


def _clock(dice: Random, at: int) -> Made:
    number, clock = dice.choice([1, 1, 2]), dice.choice([1, 1, 2, 0])
    if dice.random() < 0.5:
        due = dice.choice([None, at, at + HOUR, NOW, NOW + 1])
        yield (clock, 0, at, due, dice.choice(["always", "office"]), dice.choice([0, 1000]), None), number
    else:
        lengths = dice.randrange(200), dice.randrange(200), dice.randrange(4)
        yield (clock, dice.choice([1, 1, 2]), dice.randrange(3), *lengths), number


def _friction(dice: Random, at: int) -> Made:
    named = dice.randrange(3)
    if dice.random() < 0.3:
        yield (1, at, named), 1
    else:
        yield (0, at, named, dice.choice([-1, -1, 0, 5, 150])), 1


def _decision(dice: Random, at: int) -> Made:
    kind = dice.randrange(5)
    if kind == 0:
        how = dice.randrange(3)
        yield (0, how, at if how == 0 else dice.randrange(200)), 1
    else:
        yield (kind,), dice.choice([1, 2, 5])


def _voice(dice: Random, at: int) -> Made:
    said = Feedback("f", at, "c", "web", "low", dice.choice([None, "praise"]))
    if dice.random() < 0.5:
        said = said._replace(emotion=dice.choice([-0.7, -0.1, 0.0, 0.3]))
    if dice.random() < 0.7:
        said = said._replace(scale=dice.choice(["nps", "csat"]), score=dice.choice([1, 3, 5]))
    for _, (_, *fact), amount in voice.facts([case.entry(said)]):
        yield tuple(fact), amount


def _pulse(dice: Random, at: int) -> Made:
    level = dice.choice(["top", "front"])
    yield (level,), 1
    yield (level, "sum"), dice.choice([1, 3, 7]) * 10**8


def _indicator(dice: Random, at: int) -> Made:
    yield (dice.choice(["customer", "operational"]), NOW - dice.randrange(2 * DAY), dice.choice([1.5, -2.0])), 1


_PLACES = ["web", "desk", "other"]
_FAMILIES = {
    "clock": ((_PLACES, ["low", "critical"]), _clock),
    "friction": ((_PLACES, ["stock", "staff"]), _friction),
    "decision": ((["online", "other"], ["tactical"]), _decision),
    "voice": ((_PLACES, [""]), _voice),
    "pulse": ((["online", "other"], ["can we?", "do we?"]), _pulse),
    "indicator": ((["sales", "elsewhere"], ["revenue"]), _indicator),
}
