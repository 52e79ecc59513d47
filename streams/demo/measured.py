"""The measures, from the one worker that is the view: how long clocks take, what stands in the way, rhythm, alignment.

While a view is on its way from one worker to another both may claim it; the one with the later instant is read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from prometheus_client.samples import Sample

EVERYWHERE = "all"  # the label of rows over all touchpoints or severities
_QUANTILES = {"0.5": "half", "0.9": "most"}


@dataclass
class Lengths:
    """Of clocks that started in a window, seconds: those that wait counted; None where it is not reached."""

    half: float | None = None
    most: float | None = None  # nine in ten
    done: float | None = None  # half of those that have stopped, alone
    started: int = 0


@dataclass
class Share:
    """Of so many clocks that have had the length of a rhythm, the part that kept it."""

    ratio: float = 0.0
    eligible: float = 0.0


@dataclass
class Alignment:
    """Mean scores on 0..1 of a unit's customers and employees, and how near they are to one another."""

    customer: float | None = None
    employee: float | None = None
    alignment: float | None = None

    @property
    def level(self) -> float | None:
        """The lower of the two."""
        return None if self.customer is None or self.employee is None else min(self.customer, self.employee)


class Clocks(NamedTuple):
    """Whose lengths: `all` stands for every touchpoint and severity."""

    touchpoint: str
    severity: str
    clock: str
    window: str


@dataclass
class Measures:
    """What the view says. at: as of when; None while it says nothing. missing: sources that it lacks."""

    at: float | None = None
    missing: int = 0
    lengths: dict[Clocks, Lengths] = field(default_factory=dict)
    standing: Counter[tuple[str, str]] = field(default_factory=Counter)  # mean number, by (cause, window)
    rhythm: dict[tuple[str, str, str], Share] = field(default_factory=dict)  # by (unit, rhythm, clock)
    alignment: dict[str, Alignment] = field(default_factory=dict)  # by unit
    stages: Counter[tuple[str, str]] = field(default_factory=Counter)  # decisions, by (stage, window)

    def of(self, touchpoint: str, severity: str, clock: str, window: str) -> Lengths:
        """How long these clocks take."""
        return self.lengths.get(Clocks(touchpoint, severity, clock, window), Lengths())

    def share(self, unit: str | None, rhythm: str, clock: str) -> float | None:
        """That of one unit, or of all; None where nothing has had the time."""
        shares = [one for key, one in self.rhythm.items() if key[1:] == (rhythm, clock) and unit in {None, key[0]}]
        eligible = sum(share.eligible for share in shares)
        return sum(share.ratio * share.eligible for share in shares) / eligible if eligible else None


def measures(by_worker: Iterable[Sequence[Sample]]) -> Measures | None:
    """What the view says; None while no worker is the view."""
    found: Measures | None = None
    chosen: Sequence[Sample] = ()
    for samples in by_worker:
        told = {s.name: s.value for s in samples if s.name.startswith("rytmi_view_")}
        if "rytmi_view_complete" not in told:
            continue
        at = told.get("rytmi_view_timestamp_seconds", 0.0) if told["rytmi_view_complete"] else None
        if found is None or (at or -1.0) > (found.at or -1.0):
            found, chosen = Measures(at, int(told.get("rytmi_view_sources_missing", 0))), samples
    if found is not None and found.at is not None:
        for sample in chosen:
            _take(found, sample)
    return found


def _take(found: Measures, sample: Sample) -> None:
    labels, value = sample.labels, sample.value
    match sample.name:
        case "rytmi_clock_seconds":
            if (name := _QUANTILES.get(labels["quantile"])) is not None:
                setattr(_lengths(found, labels), name, value)
        case "rytmi_clock_completed_seconds":
            _lengths(found, labels).done = value
        case "rytmi_clock_outcomes":
            for place in (labels["touchpoint"], EVERYWHERE):
                for severity in (labels["severity"], EVERYWHERE):
                    _lengths(found, labels | {"touchpoint": place, "severity": severity}).started += int(value)
        case "rytmi_friction_standing":
            found.standing[labels["cause"], labels["window"]] += value  # type: ignore[assignment]
        case "rytmi_rhythm_ratio" | "rytmi_rhythm_eligible":
            share = found.rhythm.setdefault((labels["unit"], labels["rhythm"], labels["clock"]), Share())
            setattr(share, sample.name.removeprefix("rytmi_rhythm_"), value)
        case "rytmi_customer_score_ratio" | "rytmi_employee_score_ratio" | "rytmi_alignment_ratio":
            name = sample.name.split("_")[1]
            setattr(found.alignment.setdefault(labels["unit"], Alignment()), name, value)
        case "rytmi_decisions":
            found.stages[labels["stage"], labels["window"]] += int(value)


def _lengths(found: Measures, labels: dict[str, str]) -> Lengths:
    where = Clocks(labels["touchpoint"], labels["severity"], labels["clock"], labels["window"])
    return found.lengths.setdefault(where, Lengths())
