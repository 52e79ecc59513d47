"""Overdue is a claim about absence: what was answered in time never alarms anybody, in whatever order it is read.

Workers are away while deadlines pass and answers pile up; when they are back, one topic is far behind the others. A
year of history is sent into a running system. What nobody answered is alarmed each time, all of it.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from processors.canonical import render
from processors.events import Action, Decision, Event, Feedback
from streams.settings import Settings
from tests.live.alarms import CONFIG, acknowledged, announced, by_kind, decided, feedback, now_ms, send, standing
from tests.live.workers import Crew, Progress, rytmi
from tests.waiting import until

pytestmark = [pytest.mark.live, pytest.mark.alone]

CASES = 300
FILLER = 40_000
PADDING = "x" * 1_000  # so that it takes several fetches to get past it
YEAR = 365 * 86_400_000


def filler(topic: str) -> Iterator[Event]:
    """What stands before the answers in one topic, and has nothing to do with them."""
    at = now_ms()
    for number in range(FILLER):
        if topic == "feedback":
            yield Feedback(f"x{number}", at, f"other-{number % 500}", "desk", "low", text=PADDING)
        elif topic == "action":
            yield Action(f"x{number}", at, f"nobody-{number % 500}", "acknowledged")
        elif topic == "decision":
            yield Decision(f"x{number}", at, f"other-{number % 500}", "made", "tactical", title=PADDING)


@pytest.mark.parametrize(
    ("away", "lagging"),
    [
        ("stopped", "nothing"),
        ("stopped", "action"),
        ("frozen", "feedback"),
        ("frozen", "action"),
    ],
)
def test_answers_that_piled_up_while_workers_were_away_are_heard_first(
    applied: Settings, away: str, lagging: str
) -> None:
    options = ("--batch", "500", "--session-timeout", "60")  # frozen, a worker stays a member
    with Crew(applied) as crew:
        config = crew.configured(CONFIG)
        workers = [crew.start(*options, config=config)]
        workers[0].await_shards(16)
        due = now_ms() + 12_000
        for group in ("acknowledged", "decided", "silent"):
            send(applied, (feedback(f"{group}-{n}", due) for n in range(CASES)))
        progress = Progress(applied)
        progress.await_settled(60)
        if away == "frozen":
            workers[0].freeze()
        else:
            assert workers.pop().stop() == 0
        send(applied, filler(lagging))
        send(applied, (acknowledged(f"acknowledged-{n}", due - 1_000) for n in range(CASES)))
        send(applied, (decided(f"decided-{n}", due - 1_000) for n in range(CASES)))
        assert now_ms() < due, "the machine was too slow for this test to mean anything"
        until(lambda: now_ms() > due + 500, 30, "the deadlines have passed")
        if away == "frozen":
            workers[0].thaw()
        else:
            workers = [crew.start(*options, config=config) for _ in range(2)]

        def all_told() -> bool:
            return sum(case.startswith("silent") for case, *_ in standing(announced(applied))) == CASES

        until(all_told, 90, "all that nobody answered is alarmed")
        progress.await_settled(60)
        progress.close()
        said = by_kind(announced(applied))
        for worker in workers:
            assert worker.stop() == 0
    assert {one["case"] for one in said["raised"]} == {f"silent-{n}" for n in range(CASES)}
    assert len(said["raised"]) == CASES
    print(f"{away}, {lagging} lagging: {CASES} told; {2 * CASES} answered meanwhile, none of them alarmed")
    assert said.keys() == {"raised"}


def test_decisions_that_another_worker_has_not_told_yet_keep_everybody_from_claiming(applied: Settings) -> None:
    with Crew(applied) as crew:
        config = crew.configured(CONFIG)
        alive, away = (crew.start("--session-timeout", "60", config=config) for _ in range(2))
        until(lambda: alive.shards() == away.shards() == 8, 60, "they share the partitions")
        due = now_ms() + 6_000
        for group in ("decided", "silent"):
            send(applied, (feedback(f"{group}-{n}", due) for n in range(CASES)))
        progress = Progress(applied)
        progress.await_settled(60)
        away.freeze()
        send(applied, (decided(f"decided-{n}", due - 1_000) for n in range(CASES)))
        assert now_ms() < due, "the machine was too slow for this test to mean anything"
        until(lambda: now_ms() > due + 2_000, 30, "the deadlines have passed")
        figures = alive.metrics()
        assert figures.sum("rytmi_cases_unknown") > 0, "what the other has not told may concern any case"
        assert figures.sum("rytmi_cases_overdue") == 0
        assert announced(applied) == []
        away.thaw()
        until(lambda: len(standing(announced(applied))) == CASES, 60, "all that nobody answered is alarmed")
        progress.await_settled(60)
        progress.close()
        said = by_kind(announced(applied))
        assert [worker.stop() for worker in (alive, away)] == [0, 0]
    assert {one["case"] for one in said["raised"]} == {f"silent-{n}" for n in range(CASES)}
    assert said.keys() == {"raised"}


def test_a_year_of_history_alarms_only_of_what_is_overdue_at_its_end(applied: Settings, tmp_path: Path) -> None:
    def history() -> Iterator[Event]:
        for group in ("acknowledged", "decided", "silent"):
            for n in range(CASES):
                yield feedback(f"{group}-{n}", now_ms() - YEAR * (n + 1) // (CASES + 1))
        yield from filler("action")
        for n in range(CASES):
            at = now_ms() - YEAR * (n + 1) // (CASES + 1) - 1_000
            yield acknowledged(f"acknowledged-{n}", at)
            yield decided(f"decided-{n}", at)

    file = tmp_path / "history.jsonl"
    file.write_text("".join(json.dumps(render(event)) + "\n" for event in history()))
    with Crew(applied) as crew:
        config = crew.configured(CONFIG.replace("retention: 60d", "retention: 800d"))
        workers = [crew.start("--batch", "500", config=config) for _ in range(2)]
        until(lambda: sum(w.shards() for w in workers) == 16, 60, "all is owned")
        said = rytmi(applied, "replay", "--speed", "4000000", file)
        until(lambda: len(standing(announced(applied))) == CASES, 90, "what is overdue at the end is alarmed")
        progress = Progress(applied)
        progress.await_settled(60)
        progress.close()
        alarms = announced(applied)
        assert all(worker.stop() == 0 for worker in workers)
    print(said.splitlines()[-1])
    kinds = by_kind(alarms)
    assert {one["case"] for one in kinds["raised"]} == {f"silent-{n}" for n in range(CASES)}
    assert kinds.keys() == {"raised"}
