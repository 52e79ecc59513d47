"""The shipped configuration of Alertmanager and Prometheus, as their own tools see it: who is told of what."""

import json
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from streams.alertmanager.labels import labels
from streams.local.monitoring import Programs

DEPLOY = Path(__file__).parents[2] / "deploy"
CONFIG = DEPLOY / "alertmanager" / "alertmanager.yml"


def run(*command: object) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.strip()


def test_amtool_accepts_the_configuration_and_its_templates(monitoring_programs: Programs) -> None:
    said = run(monitoring_programs.amtool, "check-config", CONFIG)
    assert "1 templates" in said
    assert said.endswith("SUCCESS")


def test_promtool_accepts_the_configuration_and_the_rules_beside_it(monitoring_programs: Programs) -> None:
    run(monitoring_programs.promtool, "check", "config", DEPLOY / "prometheus" / "prometheus.yml")


ROUTES = [
    ("alertname=RytmiWarning level=warning unit=logistics to=owner severity=critical", "owners"),
    ("alertname=RytmiBreach level=breach unit=logistics to=owner severity=critical", "logistics"),
    ("alertname=RytmiBreach level=breach unit=care to=owner severity=low", "units"),
    ("alertname=RytmiBreach level=breach touchpoint=other", "units"),
    ("alertname=RytmiEscalation level=escalation unit=logistics to=owner owner=anna", "owners"),
    ("alertname=RytmiEscalation level=escalation unit=logistics to=supervisor supervisor=x", "supervisors"),
    ("alertname=RytmiEscalation level=escalation unit=care to=leader leader=cco", "leaders"),
    ("alertname=RytmiEscalation level=escalation", "owners"),
    ("alertname=RytmiDeadLetter level=breach severity=critical unit=care to=supervisor", "operators,supervisors"),
    ("alertname=RytmiBlind level=breach", "operators"),
    ("alertname=RytmiBlind severity=page touchpoint=delivery", "operators"),
    ("alertname=RytmiNoWorker severity=page", "operators"),
    ("alertname=RytmiWorkerDown severity=ticket", "operators"),
    ("alertname=RytmiMissedFast severity=page touchpoint=delivery clock=decide", "service"),
    ("alertname=RytmiMissedSlowFew severity=ticket touchpoint=delivery clock=decide", "service"),
    ("alertname=RytmiCriticalUnknown severity=page touchpoint=delivery", "service"),
    ("alertname=SomethingElse", "operators"),
]


@pytest.mark.parametrize(("labelled", "receivers"), ROUTES, ids=[labelled for labelled, _ in ROUTES])
def test_an_alert_goes_to(labelled: str, receivers: str, monitoring_programs: Programs) -> None:
    said = run(monitoring_programs.amtool, "config", "routes", "test", f"--config.file={CONFIG}", *labelled.split())
    assert said == receivers


def test_every_group_is_by_what_a_storm_has_in_common() -> None:
    """Never by case, owner or what else differs within a storm: that would be a page each."""
    grouped = re.findall(r"group_by: \[(.*)\]", CONFIG.read_text())
    assert {name for group in grouped for name in group.split(", ")} == {
        "alertname",
        "unit",
        "supervisor",
        "leader",
        "touchpoint",
    }


def test_what_is_inhibited_is_named_as_the_sink_names_it() -> None:
    record = {"about": "clock", "level": "breach", "id": "x"}
    names = {labels(record | {"level": level})["alertname"] for level in ("warning", "breach", "escalation")}
    rules = yaml.safe_load(CONFIG.read_text())["inhibit_rules"]
    inhibited = " ".join(text for rule in rules for text in rule["target_matchers"])
    assert names <= set(re.findall(r"\w+", inhibited))


def test_no_secret_stands_in_the_file() -> None:
    document = yaml.safe_load(CONFIG.read_text())
    keys = re.findall(r"^\s*-?\s*(\w+):", CONFIG.read_text(), re.MULTILINE)
    secret = {
        "api_url",
        "routing_key",
        "service_key",
        "smtp_auth_password",
        "auth_password",
        "bearer_token",
        "password",
    }
    assert not secret & set(keys)
    assert {receiver["name"] for receiver in document["receivers"]} >= {"example-e-mail", "example-slack"}


def rendered(amtool: Path, directory: Path, summaries: list[str], status: str) -> tuple[str, str]:
    """Title and text of a group of breaches."""
    group = {
        "status": status,
        "groupLabels": {"alertname": "RytmiBreach", "unit": "logistics"},
        "commonLabels": {"unit": "logistics"},
        "alerts": [
            {"status": status, "annotations": {"summary": said, "description": "Why.", "case_url": "https://crm/1"}}
            for said in summaries
        ],
    }
    data = directory / "group.json"
    data.write_text(json.dumps(group))
    glob = CONFIG.parent / "templates" / "*.tmpl"
    words = '{{ template "rytmi.title" . }}|{{ template "rytmi.text" . }}|'
    command = ("template", "render", f"--template.glob={glob}", f"--template.text={words}", f"--template.data={data}")
    title, text, _ = run(amtool, *command).split("|")
    return title, text


def test_the_message_of_one_alarm_is_its_sentence(monitoring_programs: Programs, tmp_path: Path) -> None:
    title, text = rendered(monitoring_programs.amtool, tmp_path, ["Case 1: nothing is decided."], "firing")
    assert title == "Case 1: nothing is decided."
    assert text == "* Case 1: nothing is decided.\n  Why.\n  Case: https://crm/1\n"


def test_the_message_of_a_storm_is_its_number_and_the_first_twenty(
    monitoring_programs: Programs, tmp_path: Path
) -> None:
    title, text = rendered(monitoring_programs.amtool, tmp_path, [f"Case {n}." for n in range(500)], "firing")
    assert title == "500 x overdue, logistics"
    assert re.findall(r"^\* Case (\d+)", text, re.MULTILINE) == [str(n) for n in range(20)]
    assert text.endswith("... and more: 500 in all.\n")


def test_the_message_of_what_is_over_says_so(monitoring_programs: Programs, tmp_path: Path) -> None:
    title, text = rendered(monitoring_programs.amtool, tmp_path, ["Case 1.", "Case 2."], "resolved")
    assert (title, text) == ("[over] 2 x overdue, logistics", "2 over since the last message.\n")
