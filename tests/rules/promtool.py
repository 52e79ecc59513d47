"""Asking promtool: which alerts fire when, given a world."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from tests import needed
from tests.rules.world import World

RULES = Path(__file__).resolve().parents[2] / "deploy" / "prometheus" / "rules"
FIRST = "rytmi-sight"  # says how complete the input is; all others ask it
FIRING = 'group by (alertname) (ALERTS{alertstate="firing"})'


def run(*arguments: str | Path) -> None:
    """Fails with what promtool says."""
    done = subprocess.run(
        [needed.monitoring().promtool, *map(str, arguments)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def firing(minute: int, alerts: Iterable[str]) -> dict[str, Any]:
    """Exactly these alerts fire then, and no others."""
    return _expect(FIRING, minute, [f'{{alertname="{name}"}}' for name in sorted(set(alerts))])


def not_firing(minute: int, *alerts: str) -> dict[str, Any]:
    """None of these fires; others may."""
    return _expect(f'ALERTS{{alertstate="firing",alertname=~"{"|".join(alerts)}"}}', minute, [])


def some_firing(minute: int, *alerts: str) -> dict[str, Any]:
    """At least one of these does."""
    return _expect(f'group(ALERTS{{alertstate="firing",alertname=~"{"|".join(alerts)}"}})', minute, ["{}"])


def labelled(minute: int, alert: str, *label_sets: Mapping[str, str]) -> dict[str, Any]:
    """The alert fires with exactly these sets of labels."""
    wanted = [{"alertname": alert, "alertstate": "firing", **labels} for labels in label_sets]
    pairs = [",".join(f'{name}="{value}"' for name, value in labels.items()) for labels in wanted]
    return _expect(f'ALERTS{{alertstate="firing",alertname="{alert}"}}', minute, [f"ALERTS{{{p}}}" for p in pairs])


def _expect(expr: str, minute: int, samples: Iterable[str]) -> dict[str, Any]:
    return {"expr": expr, "eval_time": f"{minute}m", "exp_samples": [{"labels": one, "value": 1} for one in samples]}


def _groups(path: Path) -> list[str]:
    return [group["name"] for group in yaml.safe_load(path.read_text("utf-8"))["groups"]]


def check(
    folder: Path, world: World, *expected: dict[str, Any], step: int = 1, groups: str = "*", **further: Any
) -> None:
    """Run the committed rules over a world. step: minutes from scrape to scrape. further: of promtool's test."""
    minutes = max(int(one["eval_time"].removesuffix("m")) for one in expected)
    files = sorted(RULES.glob(f"{groups}.yml"))
    document = {
        "rule_files": [str(path) for path in files],
        # promtool takes groups in an order of chance, and what one records is old for another that went before it.
        "group_eval_order": sorted((name for path in files for name in _groups(path)), key=lambda name: name != FIRST),
        "evaluation_interval": f"{step}m",
        "tests": [
            {
                "interval": f"{step}m",
                "input_series": world.rendered(minutes, step),
                "promql_expr_test": list(expected),
                **further,
            }
        ],
    }
    path = folder / "test.yml"
    path.write_text(json.dumps(document), encoding="utf-8")  # YAML as well, and written much faster
    run("test", "rules", path)
