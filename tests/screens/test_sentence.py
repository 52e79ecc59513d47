"""The sentence of the top row: of six, the one that is true, whatever happens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dashboards.queries.sight import sentences
from tests.rules import promtool
from tests.rules.blindness import SEVERAL, not_known
from tests.rules.troubles import CASE, Span
from tests.rules.world import WORKERS, World, healthy

SENTENCES = [(words, query) for _, words, query in sentences()]
LONG = Span(0, 100)


def _overdue(world: World, severity: str, count: int) -> None:
    place = CASE["touchpoint"]
    world.change("rytmi_cases_overdue_any", "w2", count, LONG, severity=severity, touchpoint=place)


def _late(world: World) -> None:
    _overdue(world, "normal", 7)


def _critical(world: World) -> None:
    _overdue(world, "normal", 7)
    _overdue(world, "critical", 3)


def _blind(world: World) -> None:
    _critical(world)
    not_known(world, LONG)


def _missing(world: World) -> None:
    _blind(world)
    SEVERAL[0].happens(world, LONG)


def _nobody(world: World) -> None:
    for worker in WORKERS:
        world.hide(f'instance="{worker}"', LONG)


@pytest.mark.parametrize(
    ("happens", "begins", "number"),
    [
        (lambda world: None, "\N{CHECK MARK} Everything", None),
        (_late, "\N{BLACK CIRCLE} ", 7),
        (_critical, "\N{BLACK UP-POINTING TRIANGLE} ", 3),
        (_blind, "? Overdue cannot be known", 1),
        (_missing, "? Figures are blank", 2),
        (_nobody, "? No worker answers", None),
    ],
    ids=["in time", "late", "critical", "blind", "partitions missing", "nobody"],
)
def test_one_sentence_is_said_and_it_is_the_most_urgent(
    happens: Callable[[World], None], begins: str, number: int | None, tmp_path: Path
) -> None:
    world = healthy()
    happens(world)
    expected = []
    for words, query in SENTENCES:
        labels = "{}" if number is None else f'{{n="{number}"}}'
        samples = [{"labels": labels, "value": 1}] if words.startswith(begins) else []
        expected.append({"expr": f"group by (n) (\n{query.expr}\n)", "eval_time": "10m", "exp_samples": samples})
    assert sum(bool(one["exp_samples"]) for one in expected) == 1
    promtool.check(tmp_path, world, *expected)
