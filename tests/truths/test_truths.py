"""What the laws say of an organisation, held against its events, counted by hand.

Each figure must lie within four standard errors of its truth: of right laws, one test in sixteen thousand fails, and
the seeds are fixed. Standard errors come from the events. To them comes what the truths may be off, stated once.
"""

from collections import defaultdict
from functools import cache
from itertools import pairwise
from math import sqrt
from pathlib import Path
from statistics import mean, stdev
from typing import Any

import pytest

from processors.canonical import instant
from processors.events import Decision, Event, Feedback, Indicator, Obstacle, Pulse
from streams.config import Config, load, parse
from streams.demo.organisation import Organisation, Plan
from streams.demo.organisation.truths import truths
from tests.truths import counted

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
MODES = sorted(path.stem for path in (EXAMPLES / "modes").iterdir())
WEEK_MS = 7 * 86_400_000
BEGIN = instant("2026-01-05T00:00:00+02:00")
SINCE = BEGIN + 4 * WEEK_MS  # as much is standing and open by then as ever will be
TIMES = 4.0  # standard errors
OFF = 0.02  # what the truths of cases may be off: see docs/simulation.md

Truths = dict[tuple[str, ...], dict[str, float]]


class World:
    """An organisation's events up to an instant, and its truths for [since, until)."""

    def __init__(self, config: Config, plan: Plan, seed: int, since: int, until: int) -> None:
        self.config, self.since, self.until = config, since, until
        self.events = list(Organisation(config, seed, BEGIN, plan).until(until))
        self.truths = expected(config, plan, since, until)
        self.episodes = counted.episodes(self.events)
        self.cycles = [one for one in counted.cycles(self.events) if since <= one.received < until]
        self.places = [one.id for one in config.file.touchpoints]

    def inside(self, kind: type[Event]) -> list[Any]:
        return [event for event in self.events if type(event) is kind and event.at >= self.since]


def expected(config: Config, plan: Plan, since: int, until: int) -> Truths:
    rows = truths(config, plan, BEGIN, since, until)
    return {(row["measure"], *row["labels"].values()): row["values"] for row in rows}


@cache
def half_a_year() -> World:
    return World(load(EXAMPLES / "rytmi.yaml"), Plan(), 3, SINCE, SINCE + 26 * WEEK_MS)


def shop(*places: str) -> Config:
    """The example with those touchpoints alone."""
    data = dict(load(EXAMPLES / "rytmi.yaml").raw)
    data["touchpoints"] = [place for place in data["touchpoints"] if place["id"] in places]
    data["policies"] = [one for one in data["policies"] if one["name"] in {"critical", "default"}]
    return parse(data)


def near(found: float, truth: float, error: float, off: float = 0.0) -> None:
    assert abs(found - truth) <= TIMES * error + off * abs(truth), f"{found} is not {truth} +- {TIMES} x {error}"


def obstacles_agree(world: World) -> None:
    for place in world.places:
        own = [one for one in world.episodes if one.touchpoint == place]
        truth = world.truths["friction", place, "*"]
        raised = sum(one.raised >= world.since for one in own)
        near(raised, truth["raised"], sqrt(1.15 * truth["raised"]))  # who is raised may be raised again
        found, error = counted.standing_mean(own, world.since, world.until)
        near(found, truth["standing_mean"], error)


def clocks_agree(world: World) -> None:
    for place in world.places:
        own = [one for one in world.cycles if one.touchpoint == place]
        for clock, stop in (("acknowledge", "acknowledged"), ("decide", "decided"), ("resolve", "closed")):
            truth = world.truths["clock", place, "*", clock]
            lengths = counted.lengths(own, stop, world.until)
            near(len(lengths), truth["received"], sqrt(truth["received"]))
            near(sum(done for _, done in lengths), truth["done"], sqrt(truth["done"]), OFF)
            low, high = counted.around_median(lengths, TIMES * 1.5)  # cases of one week have their obstacles in common
            assert low * (1 - OFF) <= truth["p50_s"] * 1000 <= high * (1 + OFF), (place, clock, low, truth, high)


def feelings_agree(world: World) -> None:
    everything = sum(world.truths["emotion", place]["count"] for place in world.places)
    near(len(world.inside(Feedback)), everything, sqrt(1.2 * everything), 0.005)  # a case is told of more than once
    for place in world.places:
        said = [one for one in world.inside(Feedback) if one.touchpoint == place]
        truth = world.truths["emotion", place]
        near(len(said), truth["count"], sqrt(1.2 * truth["count"]), OFF)
        found, error = counted.by_week(((one.at, one.emotion) for one in said), world.since)
        near(found, truth["mean"], error)
        found, error = counted.by_week(((one.at, float(one.emotion < 0)) for one in said), world.since)
        near(found, truth["negative_share"], error)
        marks = [one for one in said if one.score is not None]
        found, error = counted.by_week(((one.at, one.score) for one in marks), world.since)
        truth = world.truths["score", place, marks[0].scale]
        near(found, truth["mean"], error)
        if marks[0].scale == "nps":
            net = [(one.at, 100.0 * ((one.score >= 9) - (one.score <= 6))) for one in marks]
            found, error = counted.by_week(net, world.since)
            near(found, truth["nps"], error)


def test_obstacles_come_and_stand_as_often_as_the_law_says() -> None:
    obstacles_agree(half_a_year())


def test_what_nobody_owns_stands_longer() -> None:
    world = half_a_year()
    lengths = defaultdict(list)
    for one in world.episodes:
        if one.removed is not None and one.touchpoint == "website":
            lengths[one.cause].append(one.removed - one.raised)
    truth = {
        cause: world.truths["friction", "website", cause]["standing_mean"]
        / world.truths["friction", "website", cause]["raised"]
        for cause in lengths
    }
    assert truth["ownership"] > 1.2 * truth["release"]
    for cause, found in lengths.items():
        hours = [length / 3_600_000 for length in found]
        near(mean(hours), truth[cause] * 26 * 168, stdev(hours) / sqrt(len(hours)), 0.05)


def test_clocks_run_as_long_as_the_law_says() -> None:
    clocks_agree(half_a_year())


def test_customers_feel_and_mark_as_the_law_says() -> None:
    feelings_agree(half_a_year())


def test_who_waits_or_stands_before_an_obstacle_is_less_happy() -> None:
    world = half_a_year()
    first: dict[str, Feedback] = {}
    again: list[tuple[float, float]] = []
    standing = 0
    blocked = defaultdict(list)
    for event in world.events:
        if isinstance(event, Obstacle) and event.touchpoint == "delivery":
            standing += 1 if event.stage == "raised" else -1
        elif isinstance(event, Feedback) and event.touchpoint == "delivery" and event.emotion is not None:
            if event.case not in first:
                first[event.case] = event
                blocked[min(standing, 4)].append(event.emotion)
            elif event.kind == "complaint" and event.severity == "normal":
                again.append((event.at - first[event.case].at, event.emotion))
    means = [mean(blocked[number]) for number in range(5)]
    assert means == sorted(means, reverse=True)
    assert 0.15 < means[0] - means[4] < 0.30, "0.06 for each of four"
    day = 86_400_000
    soon = [emotion for waited, emotion in again if waited < day]
    late = [emotion for waited, emotion in again if waited > 3 * day]
    assert mean(soon) - mean(late) > 0.15


def test_decisions_are_made_and_take_effect_late_or_never_as_the_law_says() -> None:
    world = half_a_year()
    for (measure, *labels), truth in world.truths.items():
        if measure != "decision":
            continue
        unit, level = labels
        lengths = counted.decision_lengths(
            world.events, level, None if unit == "other" else unit, world.since, world.until
        )
        near(len(lengths), truth["made"], sqrt(1.2 * truth["made"]), OFF)
        low, high = counted.around_median(lengths, TIMES * 1.5)
        assert low * (1 - OFF) <= truth["p50_s"] * 1000 <= high * (1 + OFF), (unit, level)
    old = world.until - 8 * WEEK_MS
    stages = defaultdict(set)
    for event in world.events:
        if isinstance(event, Decision):
            stages[event.decision, event.level].add(event.stage)
    made = {e.decision for e in world.events if isinstance(e, Decision) and e.stage == "made" and e.at < old}
    for level, never in (("operational", 0.03), ("tactical", 0.08), ("strategic", 0.15)):
        of_level = [told for (name, of), told in stages.items() if of == level and name in made]
        share = sum(told == {"made"} for told in of_level) / len(of_level)
        near(share, never, sqrt(never / len(of_level)))


def test_levels_see_the_world_as_differently_as_the_law_says() -> None:
    world = half_a_year()
    answers = defaultdict(list)
    people = set()
    for one in world.inside(Pulse):
        answers[one.unit, one.question, one.level].append(one.score)
        people.add(one.id.rpartition(".")[0])
    assert len(people) == 5 * (6 + 12 + 40)
    assert len({one.at // WEEK_MS for one in world.inside(Pulse)}) >= 26, "spread over all weeks"
    for (unit, question, level), scores in answers.items():
        truth = world.truths["perception_gap", unit, question]
        near(mean(scores), truth[level], max(stdev(scores), 0.07) / sqrt(len(scores)))
        assert truth["top"] > truth["middle"] > truth["front"]
        assert truth["gap"] == pytest.approx(truth["top"] - truth["front"], abs=2e-6)
    front = [world.truths["perception_gap", unit, "heard"]["front"] for unit in ("stores", "logistics")]
    assert front[0] > front[1] + 0.05, "where more obstacles stand, the front is less happy"


def test_rhythm_is_kept_as_often_as_the_law_says() -> None:
    world = half_a_year()
    units = {place.id: place.unit for place in world.config.file.touchpoints}
    every = counted.cycles(world.events)
    for (measure, *labels), truth in world.truths.items():
        if measure != "rhythm" or labels[1] != "monthly":
            continue
        since, until = world.until - 8 * WEEK_MS, world.until - 4 * WEEK_MS
        eligible = [
            one
            for one in every
            if units[one.touchpoint] == labels[0]
            and since <= one.received < until
            and (one.decided or not one.withdrawn)
        ]
        kept = sum(one.decided is not None and one.decided - one.received <= 4 * WEEK_MS for one in eligible)
        near(kept / len(eligible), truth["ratio"], sqrt(0.25 / len(eligible)))
        assert truth["ratio"] > 0.9


def test_functions_report_as_the_law_says_and_the_last_one_falls_silent() -> None:
    world = half_a_year()
    values = defaultdict(list)
    for one in world.inside(Indicator):
        values[one.function, one.indicator, one.kind].append((one.at, one.value))
    for key, truth in ((key[1:], truth) for key, truth in world.truths.items() if key[0] == "indicator"):
        if "reports" in truth:
            assert len(values[key]) == truth["reports"]
        if key[1] == "nps":  # one in four weeks
            reported = [value for _, value in values[key]]
            near(mean(reported), truth["mean"], stdev(reported) / sqrt(len(reported)))
        else:
            found, error = counted.by_week(values[key], world.since)
            near(found, truth["mean"], error, OFF)
    reports = [at for at, _ in values["customer-care", "satisfaction", "customer"]]
    gaps = [later - earlier for earlier, later in pairwise(reports)]
    assert max(gaps) == 15 * 86_400_000, "two weeks in every five without a customer indicator"
    others = [at for at, _ in values["sales", "satisfaction", "customer"]]
    assert {later - earlier for earlier, later in pairwise(others)} == {86_400_000}


@pytest.mark.parametrize("name", MODES)
def test_laws_hold_in_every_operating_mode(name: str) -> None:
    world = World(load(EXAMPLES / "modes" / f"{name}.yaml"), Plan(), 5, SINCE, SINCE + 8 * WEEK_MS)
    obstacles_agree(world)
    clocks_agree(world)
    feelings_agree(world)


def median_agrees(lengths: list[counted.Length], truth: float) -> None:
    low, high = counted.around_median(lengths, TIMES * 1.5)
    assert low * (1 - OFF) <= truth * 1000 <= high * (1 + OFF), (low, truth, high)


def test_changed_rhythm_shortens_decisions_from_its_instant_on_and_changes_nothing_before() -> None:
    config, change, end = shop("support", "delivery"), SINCE + 8 * WEEK_MS, SINCE + 16 * WEEK_MS
    plan = Plan(scale=2.0, rhythm_change=(change, 0.4))
    events = list(Organisation(config, 3, BEGIN, plan).until(end))
    usual = list(Organisation(config, 3, BEGIN, Plan(scale=2.0)).until(change - 1))
    assert events[: len(usual)] == usual
    every = counted.cycles(events)
    told: list[dict[str, float]] = []
    for since, until in ((SINCE, change), (change, end)):
        truth = expected(config, plan, since, until)
        medians = {}
        for unit, place in (("care", "support"), ("logistics", "delivery")):
            medians[unit] = truth["decision", unit, "operational"]["p50_s"]
            medians[place] = truth["clock", place, "*", "decide"]["p50_s"]
            median_agrees(counted.decision_lengths(events, "operational", unit, since, until), medians[unit])
            own = [one for one in every if one.touchpoint == place and since <= one.received < until]
            median_agrees(counted.lengths(own, "decided", until), medians[place])
        told.append(medians)
    before, after = told
    assert all(after[unit] < 0.6 * before[unit] for unit in ("care", "logistics"))
    assert all(after[place] < 0.95 * before[place] for place in ("support", "delivery"))


def test_fading_desk_looks_faster_the_less_it_answers() -> None:
    config, fades = shop("support"), SINCE + 4 * WEEK_MS
    plan, until = Plan(scale=3.0, fading=(("support", fades),)), fades + 3 * WEEK_MS
    events = list(Organisation(config, 3, BEGIN, plan).until(until))
    usual = list(Organisation(config, 3, BEGIN, Plan(scale=3.0)).until(fades - 1))
    assert events[: len(usual)] == usual
    told = []
    for since, end in ((fades - 2 * WEEK_MS, fades), (fades + 2 * WEEK_MS, until)):
        cycles = counted.cycles([event for event in events if event.at <= end])
        lengths = counted.lengths([one for one in cycles if since <= one.received < end], "acknowledged", end)
        truth = expected(config, plan, since, end)["clock", "support", "*", "acknowledge"]
        told.append((counted.percentile(lengths, 0.5), counted.completed_median(lengths), truth, lengths))
    (true_before, done_before, before, _), (true_after, done_after, after, lengths) = told
    median_agrees(lengths, after["p50_s"])
    assert true_before is not None
    assert true_after is not None
    assert true_after > 1.5 * true_before, "the true median has risen"
    assert done_after < done_before, "and that of the answered ones alone has fallen"
    assert after["p50_s"] > 1.5 * before["p50_s"]
    assert after["completed_p50_s"] < before["completed_p50_s"]


def test_truths_are_the_same_each_time_and_grow_with_the_scale() -> None:
    config = shop("billing")
    once, again, large = (expected(config, plan, SINCE, SINCE + WEEK_MS) for plan in (Plan(), Plan(), Plan(scale=3.0)))
    assert once == again
    clock = ("clock", "billing", "*", "resolve")
    assert large[clock]["received"] == pytest.approx(3 * once[clock]["received"], rel=1e-6)
    assert large["friction", "billing", "*"] == once["friction", "billing", "*"]
