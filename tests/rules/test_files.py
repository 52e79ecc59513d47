"""The written rule files, the metrics that they name, and the runbooks that they lead to."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from dashboards.rules import RUNBOOKS, groups
from dashboards.rules.__main__ import command
from dashboards.rules.model import PAGE, TICKET, Record, written
from streams.alertmanager.sinks import Nobody
from streams.config import load
from streams.shard.counters import Counters
from streams.worker.metrics import counted, standing, telling
from tests.rules import promtool
from tests.rules.world import healthy

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / RUNBOOKS
RULES = {group.name: yaml.safe_load(written(group, RUNBOOKS))["groups"][0]["rules"] for group in groups()}
ALERTS = [rule for rules in RULES.values() for rule in rules if "alert" in rule]
RECORDS = {rule.name for group in groups() for rule in group.rules if isinstance(rule, Record)}
SECTIONS = ["What it means", "Look at first", "What to do", "When to stop worrying"]
OF_A_CASE = {"RytmiBreach": "overdue", "RytmiWarning": "warning", "RytmiEscalation": "escalation"}
BY_THE_WORKERS = {**OF_A_CASE, "RytmiDeadLetter": "deadletter", "RytmiBlind": "blind"}
RUNBOOK_PAGES = sorted(path.name for path in PAGES.glob("*.md") if path.name != "README.md")


def _metrics(text: str) -> set[str]:
    """Names of metrics of ours, not of what is recorded from them."""
    return set(re.findall(r"(?<![\w:./-])rytmi_[a-z_]+\b(?!:)", text))


def _exported() -> set[str]:
    """What the workers export, read from their source; a counter's family is named without `_total`."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "streams").rglob("*.py"))
    names = set(re.findall(r'"(rytmi_[a-z_]+)"', source))
    return names | {f"{name}_total" for name in names}


def test_committed_files_are_those_of_the_rules() -> None:
    done = CliRunner().invoke(command, ["--check"])
    assert done.exit_code == 0, done.output
    assert {path.stem for path in promtool.RULES.glob("*.yml")} == set(RULES)


def test_check_names_what_differs_and_writes_nothing(tmp_path: Path) -> None:
    assert CliRunner().invoke(command, ["--out", str(tmp_path)]).exit_code == 0
    (tmp_path / "sight.yml").write_text("groups: []\n", encoding="utf-8")
    done = CliRunner().invoke(command, ["--out", str(tmp_path), "--check"])
    assert done.exit_code == 1
    assert "sight.yml" in done.output
    assert (tmp_path / "sight.yml").read_text(encoding="utf-8") == "groups: []\n"


def test_runbooks_may_be_published_elsewhere(tmp_path: Path) -> None:
    arguments = ["--out", str(tmp_path), "--runbooks", "https://wiki.example/rytmi/"]
    assert CliRunner().invoke(command, arguments).exit_code == 0
    assert "runbook_url: https://wiki.example/rytmi/blind.md\n" in (tmp_path / "sight.yml").read_text(encoding="utf-8")


def test_promtool_finds_nothing_to_say_about_the_rules() -> None:
    promtool.run("check", "rules", *sorted(promtool.RULES.glob("*.yml")))


@pytest.mark.parametrize("alert", ALERTS, ids=[f"{alert['alert']}-{i}" for i, alert in enumerate(ALERTS)])
def test_alert_says_what_it_is_and_where_to_read_on(alert: dict[str, dict[str, str]]) -> None:
    assert alert["labels"]["severity"] in {PAGE, TICKET}
    assert alert["annotations"].keys() == {"summary", "description", "runbook_url"}
    assert all(words.strip() for words in alert["annotations"].values())
    assert (ROOT / alert["annotations"]["runbook_url"]).is_file()


def test_rules_name_only_metrics_that_workers_export() -> None:
    named = _metrics("\n".join(rule["expr"] for rules in RULES.values() for rule in rules))
    assert "rytmi_cases_overdue" in named
    assert named <= _exported()


def test_the_made_up_world_has_the_labels_that_workers_give() -> None:
    config = load(ROOT / "examples" / "rytmi.yaml")
    families = [*standing({}, config, lambda shard: 0), *counted(Counters()), *telling(Nobody())]
    given = {family.name: set(getattr(family, "_labelnames", ())) for family in families}
    compared = 0
    for selector in healthy().series:
        metric, pairs = re.fullmatch(r"(\w+)\{(.*)\}", selector).groups()  # type: ignore[union-attr]
        name = metric.removesuffix("_total")
        if name in given:
            compared += 1
            assert set(re.findall(r"(\w+)=", pairs)) - {"job", "instance"} == given[name], selector
    assert compared > 20


def test_rules_name_only_records_that_there_are() -> None:
    for rules in RULES.values():
        for rule in rules:
            assert set(re.findall(r"[\w]*:[\w:]+", rule["expr"])) - {""} <= RECORDS, rule


def _queries(text: str) -> list[str]:
    return re.findall(r"```promql\n(.*?)```", text, re.DOTALL)


@pytest.mark.parametrize("name", RUNBOOK_PAGES)
def test_runbook_has_its_sections_and_a_command_or_query_to_begin_with(name: str) -> None:
    text = (PAGES / name).read_text(encoding="utf-8")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == SECTIONS
    first = text.split("## Look at first")[1].split("## What to do")[0]
    assert "```" in first
    meaning = text.split("## What it means")[1].split("## Look at first")[0].strip().split("\n\n")[0]
    assert len(meaning) < 400, "the first paragraph is one sentence for somebody who is tired"
    for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (PAGES / link).exists(), link


def test_queries_of_the_runbooks_are_queries_on_what_there_is(tmp_path: Path) -> None:
    queries = [query for name in RUNBOOK_PAGES for query in _queries((PAGES / name).read_text(encoding="utf-8"))]
    assert len(queries) >= len(ALERTS) / 2
    for query in queries:
        assert _metrics(query) <= _exported(), query
        assert set(re.findall(r"\w*:[\w:]+", query)) <= RECORDS, query
    rules = [{"record": f"query:{i}", "expr": query} for i, query in enumerate(queries)]
    path = tmp_path / "queries.yml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": rules}]}), encoding="utf-8")
    promtool.run("check", "rules", path)


def test_index_leads_from_every_alert_to_its_page_and_knows_every_page() -> None:
    index = (PAGES / "README.md").read_text(encoding="utf-8")
    pages = {alert["alert"]: Path(alert["annotations"]["runbook_url"]).stem for alert in ALERTS} | BY_THE_WORKERS
    for alert, page in pages.items():
        assert f'<a id="{alert}"></a>' in index, alert
        assert re.search(rf"^\|[^|]*{alert}\b.*\]\({page}\.md\)", index, re.MULTILINE), alert
    assert set(re.findall(r"\]\((\S+)\.md\)", index)) == {Path(name).stem for name in RUNBOOK_PAGES}
