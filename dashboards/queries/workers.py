"""The workers: whether they keep up, what they set aside, whether alarms arrive. Said whatever the completeness."""

from __future__ import annotations

from dashboards.model import Query
from dashboards.queries.terms import age, named, over_workers
from dashboards.rules.terms import metric

_RATE = "[$__rate_interval]"


def _sum(name: str, *by: str, quiet: str = "", about: str) -> Query:
    """What the workers have or have counted, together."""
    return named(over_workers(name, by), *by, quiet=quiet, about=about)


def _since(name: str, by: str, quiet: str = "", *, about: str) -> Query:
    """How long ago the latest of these instants was, s."""
    return named(age(f"max by ({by}) ({metric(name)})"), by, quiet=quiet, about=about)


def _counted(name: str, by: str, about: str) -> Query:
    """What is counted when it happens; `none` with 0 where workers answer and it has not happened yet."""
    none = f'label_replace(0 * max({metric("rytmi_partitions")}), "{by}", "none", "", "")'
    return named(f"{over_workers(name, (by,))}\nor on () {none}", by, about=about)


CAUGHT_UP = named(
    age(f"min by (topic) (max by (topic, partition) ({metric('rytmi_caught_up_timestamp_seconds')}))"),
    "topic",
    about="Age of the instant until which everything appended is taken in.",
)
COMMIT_AGE = _since("rytmi_commit_timestamp_seconds", "topic", about="How long ago. It grows where nothing comes.")
THROUGHPUT = named(
    f"sum by (topic) (rate({metric('rytmi_events_total')}{_RATE}))",
    "topic",
    about="Taken in, whatever became of them.",
)
RESULTS = _sum("rytmi_events_total", "result", about="Since the workers started.")
HEARD = named(
    f"60 * sum by (touchpoint) (rate({metric('rytmi_feedback_total')}{_RATE}))", "touchpoint", about="As taken in."
)
LAST_FEEDBACK = _since(
    "rytmi_last_feedback_timestamp_seconds", "touchpoint", about="Since the last feedback was appended."
)
DEADLETTERS = _counted(
    "rytmi_deadletters_total",
    "reason",
    "Set aside since the workers started, late ones (too_late) among them.",
)
AHEAD = _counted("rytmi_ahead_total", "topic", "Instants ahead of their arrival, taken as their arrival.")
MISPLACED = _counted(
    "rytmi_misplaced_total",
    "topic",
    "Entities that a producer put into a partition that is not their key's.",
)
PURGED = _counted("rytmi_purged_total", "stage", "After their retention, since the workers started.")
ENTITIES = _sum("rytmi_entities", "stage", about="By stage.")
OWNED = _sum("rytmi_partitions_owned", "stage", about="By stage.")
ALARMS = _sum("rytmi_alarms_total", "level", "kind", quiet="nobody was alarmed", about="Announced and ended, by level.")
UNDELIVERED = _sum("rytmi_alertmanager_waiting", about="Alarms whose latest change Alertmanager has not taken.")
DELIVERED = _since(
    "rytmi_alertmanager_success_timestamp_seconds",
    "instance",
    "the workers are told of no Alertmanager",
    about="How long ago Alertmanager took alarms from the worker.",
)
UNPROVEN = _sum(
    "rytmi_alertmanager_unproven",
    about="Shards whose alarms are held back, since a process stood still and may have lost them.",
)
FAILURES = _sum(
    "rytmi_alertmanager_failures_total",
    "instance",
    about="Requests to Alertmanager that failed since the worker started.",
)
VIEW_CELLS = Query(f"max({metric('rytmi_view_cells')})", about="Bounded by the configuration.")
VIEW_LOOK = Query(f"max({metric('rytmi_view_look_seconds')})", about="How long it takes.")
