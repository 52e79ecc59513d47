"""What a rule is, and how it is written as YAML. Nothing here knows what Rytmi measures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import yaml

PAGE, TICKET = "page", "ticket"
"""Values of the label `severity`: somebody is to get up now; somebody is to look within a working day."""

_HEADER = """\
# Written by `python -m dashboards.rules`; change it there. Load it with `rule_files` in prometheus.yml.
# Label severity: page = somebody is to get up now, ticket = within a working day.
"""


class Record(NamedTuple):
    """A recording rule. name: labels that are left, metric, operation, as in `touchpoint:rytmi_cases:sum`."""

    name: str
    expr: str


class Alert(NamedTuple):
    """An alerting rule. lasts: `for`. holds: `keep_firing_for`, None for none. page: of the runbook, without `.md`.

    The severity of a case is the label `case_severity` in every expression that an alert is made of: the alert's own
    label `severity` would overwrite it, and two cases' series would become one, which Prometheus refuses.
    """

    name: str
    expr: str
    lasts: str
    severity: str
    page: str
    summary: str
    description: str
    holds: str | None = None
    labels: Mapping[str, str] = {}


class Group(NamedTuple):
    """Rules that are evaluated in this order; one file a group. interval: None for that of prometheus.yml."""

    name: str
    rules: tuple[Record | Alert, ...]
    interval: str | None = None

    @property
    def alerts(self) -> tuple[Alert, ...]:
        return tuple(rule for rule in self.rules if isinstance(rule, Alert))


def written(group: Group, runbooks: str) -> str:
    """The group as a rule file; `runbooks` is where the pages are, a path or a URL."""
    rules = [_record(rule) if isinstance(rule, Record) else _alert(rule, runbooks) for rule in group.rules]
    interval = {} if group.interval is None else {"interval": group.interval}
    document = {"groups": [{"name": f"rytmi-{group.name}", **interval, "rules": rules}]}
    return _HEADER + yaml.dump(document, Dumper=_Dumper, sort_keys=False, width=120, allow_unicode=True)


def _record(rule: Record) -> dict[str, Any]:
    return {"record": rule.name, "expr": rule.expr}


def _alert(rule: Alert, runbooks: str) -> dict[str, Any]:
    holds = {} if rule.holds is None else {"keep_firing_for": rule.holds}
    return {
        "alert": rule.name,
        "expr": rule.expr,
        "for": rule.lasts,
        **holds,
        "labels": {"severity": rule.severity, **rule.labels},
        "annotations": {
            "summary": rule.summary,
            "description": rule.description,
            "runbook_url": f"{runbooks.rstrip('/')}/{rule.page}.md",
        },
    }


class _Dumper(yaml.SafeDumper):
    """Expressions of several lines stay of several lines."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)
