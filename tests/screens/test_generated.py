"""The generated JSON: committed, the same from the same source, and what Grafana's own models read."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from grafana_foundation_sdk.cog import plugins
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard as models

from dashboards.building import GENERATED, built
from dashboards.model import Screen, panel_id
from dashboards.provisioning import PROVISIONING
from dashboards.screens import screens
from streams.cli.main import main

SCREENS = screens()
ROOT = Path(__file__).resolve().parents[2]


def test_committed_files_are_those_of_the_screens() -> None:
    done = CliRunner().invoke(main, ["dashboards", "build", "--check"])
    assert done.exit_code == 0, done.output
    assert {path.stem for path in GENERATED.glob("*.json")} == {screen.uid for screen in SCREENS}


def test_check_names_what_differs_and_writes_nothing(tmp_path: Path) -> None:
    assert CliRunner().invoke(main, ["dashboards", "build", "--out", str(tmp_path)]).exit_code == 0
    (tmp_path / "rytmi-now.json").write_text("{}", encoding="utf-8")
    done = CliRunner().invoke(main, ["dashboards", "build", "--out", str(tmp_path), "--check"])
    assert done.exit_code == 1
    assert "rytmi-now.json" in done.output
    assert "rytmi-path.json" not in done.output
    assert (tmp_path / "rytmi-now.json").read_text(encoding="utf-8") == "{}"


def test_another_process_builds_the_same_bytes(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "streams.cli.main", "dashboards", "build", "--out", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, env={"PYTHONHASHSEED": "7", "PATH": "/usr/bin:/bin"}, timeout=120)
    for path in GENERATED.glob("*.json"):
        assert (tmp_path / path.name).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.uid)
def test_round_trip_through_grafanas_models_changes_nothing(screen: Screen) -> None:
    plugins.register_default_plugins()
    told = json.loads((GENERATED / f"{screen.uid}.json").read_text(encoding="utf-8"))
    again = json.loads(json.dumps(models.Dashboard.from_json(told), cls=JSONEncoder))
    assert again == told


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.uid)
def test_ids_are_one_each_and_follow_from_names(screen: Screen) -> None:
    ids = [panel["id"] for panel in built(screen)["panels"]]
    assert len(ids) == len(set(ids))
    assert {panel_id(screen.uid, tile.key) for tile in screen.tiles} <= set(ids)


def test_ids_are_those_that_links_have_been_made_to() -> None:
    """A change here breaks somebody's link."""
    assert [screen.uid for screen in SCREENS] == [
        "rytmi-now",
        "rytmi-path",
        "rytmi-rhythm",
        "rytmi-organisation",
        "rytmi-pipeline",
    ]
    assert panel_id("rytmi-now", "overdue-critical") == 1_299_647_273
    moved = SCREENS[0]._replace(rows=tuple(reversed(SCREENS[0].rows)))
    before = {panel["title"]: panel["id"] for panel in built(SCREENS[0])["panels"]}
    assert {panel["title"]: panel["id"] for panel in built(moved)["panels"]} == before


def _shown_now(panel: dict[str, Any]) -> list[dict[str, Any]]:
    """Targets whose value is a figure."""
    if panel["type"] in ("stat", "bargauge"):
        return list(panel["targets"])
    return (
        [target for target in panel["targets"] if target.get("format") == "table"] if panel["type"] == "table" else []
    )


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.uid)
def test_figures_are_as_of_now_and_say_when_there_is_none(screen: Screen) -> None:
    panels = [panel for panel in built(screen)["panels"] if panel["type"] != "row"]
    assert sum(len(_shown_now(panel)) for panel in panels) > 10
    for panel in panels:
        assert panel["fieldConfig"]["defaults"]["noValue"] == "no data", panel["title"]
        assert all(target["instant"] and not target["range"] for target in _shown_now(panel)), panel["title"]
        assert "lastNotNull" not in json.dumps(panel), "what is not there now must not be shown"
        assert panel["description"], panel["title"]


def test_provisioning_points_to_the_data_source_and_the_folder_of_the_dashboards() -> None:
    read = {path.parent.name: yaml.safe_load(path.read_text(encoding="utf-8")) for path in PROVISIONING.rglob("*.yaml")}
    (source,) = read["datasources"]["datasources"]
    (provider,) = read["dashboards"]["providers"]
    assert provider["folderUid"] == "rytmi"
    used = {
        panel["datasource"]["uid"] for screen in SCREENS for panel in built(screen)["panels"] if panel["type"] != "row"
    }
    assert used == {source["uid"]}
