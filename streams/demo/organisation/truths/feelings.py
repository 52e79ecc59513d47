"""Emotion and marks by the law, in closed form: the mean of a normal that is held within bounds, and its marks."""

from __future__ import annotations

from functools import lru_cache
from math import erf, exp, pi, sqrt
from typing import NamedTuple

from processors.events import SCALES
from streams.demo.organisation.behaviour import KINDS, Weights
from streams.demo.organisation.feedback import MOST_BLOCKED, SPREAD, mean_emotion
from streams.demo.organisation.truths.cycles import Said
from streams.demo.organisation.truths.lattice import poisson

_ROUNDED_DOWN = -0.005  # an emotion has two digits


class Felt(NamedTuple):
    """Expected emotion, share of negative ones, mark, share of promoters less detractors (of any scale)."""

    emotion: float
    negative: float
    mark: float
    net: float


def held(mean: float, spread: float, low: float, high: float) -> float:
    """The mean of a normal that is held within bounds."""
    a, b = (low - mean) / spread, (high - mean) / spread
    inside = mean * (_below(b) - _below(a)) - spread * (_density(b) - _density(a))
    return low * _below(a) + high * (1 - _below(b)) + inside


def felt(said: Said, mood: float, scale: str, standing: float) -> Felt:
    """What is felt in feedback, on average, where the number of obstacles is Poisson with that mean."""
    kinds = (("complaint", 1.0),) if said.again or said.failed else KINDS
    return _felt(kinds, said.severity, said.waited, said.failed, mood, scale, standing)


@lru_cache(maxsize=20_000)
def _felt(kinds: Weights, severity: str, waited: float, failed: bool, mood: float, scale: str, standing: float) -> Felt:
    whole = sum(weight for _, weight in kinds)
    sums = [0.0] * 4
    for kind, weight in kinds:
        for number, share in enumerate(poisson(standing, MOST_BLOCKED)):
            mean = mean_emotion(mood, kind, severity, number, waited, failed)
            for i, value in enumerate(_around(round(mean, 4), scale)):
                sums[i] += weight / whole * share * value
    return Felt(*sums)


@lru_cache(maxsize=100_000)
def _around(mean: float, scale: str) -> Felt:
    low, high = SCALES[scale]
    step = 2 / (high - low)  # of emotion, from a mark to the next
    reached = [
        1.0,
        *(1 - _below((-1 + (mark - 0.5) * step - mean) / SPREAD) for mark in range(1, round(high - low) + 1)),
    ]
    expected = low + sum(reached[1:])
    promoters, passives = (reached[9], reached[7]) if scale == "nps" else (0.0, 1.0)
    return Felt(
        held(mean, SPREAD, -1.0, 1.0),
        _below((_ROUNDED_DOWN - mean) / SPREAD),
        expected,
        promoters - (1 - passives),
    )


def _below(x: float) -> float:
    return (1 + erf(x / sqrt(2))) / 2


def _density(x: float) -> float:
    return exp(-x * x / 2) / sqrt(2 * pi)
