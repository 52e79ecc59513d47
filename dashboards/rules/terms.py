"""Terms that rules are made of: metrics of the workers by name, and what several groups ask in the same way."""

from __future__ import annotations

JOB = "rytmi-worker"
"""The job under which Prometheus scrapes the workers."""

CASE_LABELS = "touchpoint, case_severity, clock"
HOLDS = "6m"
"""How long an alert about cases goes on once its touchpoint is out of sight: until the alert that says so has taken
over (`SIGHT_LOST`), so that a worker that is restarted ends no alert and begins none."""

SIGHT_LOST = "5m"
"""After how long it is told that a touchpoint is out of sight; less than HOLDS."""


def metric(name: str, *matchers: str) -> str:
    """A selector on all workers, as in `metric("rytmi_partitions_owned", 'stage="cases"')`."""
    matched = ",".join((f'job="{JOB}"', *matchers))
    return f"{name}{{{matched}}}"


def by_case(selector: str, *further: str) -> str:
    """The sum over workers by touchpoint, severity of the case, clock and further labels.

    `severity` becomes `case_severity`; see `Alert`.
    """
    labels = ", ".join((CASE_LABELS, *further))
    return f'sum by ({labels}) (\n  label_replace({selector}, "case_severity", "$1", "severity", "(.+)")\n)'


def seen(expr: str) -> str:
    """The expression where its touchpoint is complete, blank elsewhere."""
    return f"({expr})\nand on (touchpoint) touchpoint:rytmi_complete:bool == 1"


def fresh(counter: str, by: str, window: str) -> str:
    """What was counted in the window, by labels, also by series that began in it.

    `increase` takes the first value of a series for where it starts, and so misses the first of something rare.
    """
    return f"sum by ({by}) (\n  ({counter} unless {counter} offset {window})\n  or increase({counter}[{window}])\n)"
