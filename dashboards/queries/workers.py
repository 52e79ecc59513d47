"""The workers: whether they keep up, what they set aside, whether alarms arrive. Said whatever the completeness."""

from __future__ import annotations

from dashboards.model import Query
from dashboards.queries.terms import age, metric, over_workers

_RATE = "[$__rate_interval]"


def caught_up() -> Query:
    """Age of the instant until which everything appended is taken in: of the partition furthest behind, by topic, s."""
    expr = f"min by (topic) (max by (topic, partition) ({metric('rytmi_caught_up_timestamp_seconds')}))"
    return Query(age(expr), ("topic",), "{{topic}}")


def commit_age() -> Query:
    """How long ago something was made durable, by topic, s. Old where nothing comes."""
    expr = f"max by (topic) ({metric('rytmi_commit_timestamp_seconds')})"
    return Query(age(expr), ("topic",), "{{topic}}")


def throughput() -> Query:
    """Records taken in a second, by topic."""
    return Query(f"sum by (topic) (rate({metric('rytmi_events_total')}{_RATE}))", ("topic",), "{{topic}}")


def results() -> Query:
    """Records taken in since the workers started, by what became of them."""
    return Query(over_workers("rytmi_events_total", ("result",)), ("result",), "{{result}}")


def heard() -> Query:
    """Feedback taken in a minute, by touchpoint."""
    rate = f"60 * sum by (touchpoint) (rate({metric('rytmi_feedback_total')}{_RATE}))"
    return Query(rate, ("touchpoint",), "{{touchpoint}}")


def last_feedback() -> Query:
    """How long nothing has come from a touchpoint, s."""
    last = f"max by (touchpoint) ({metric('rytmi_last_feedback_timestamp_seconds')})"
    return Query(age(last), ("touchpoint",), "{{touchpoint}}")


def deadletters() -> Query:
    """Records set aside since the workers started, by reason."""
    return _counted("rytmi_deadletters_total", "reason")


def ahead() -> Query:
    """Instants ahead of their arrival: a producer's clock is fast. By topic."""
    return _counted("rytmi_ahead_total", "topic")


def misplaced() -> Query:
    """Entities in a partition that is not their key's, by topic."""
    return _counted("rytmi_misplaced_total", "topic")


def purged() -> Query:
    """Entities purged after their retention, by stage."""
    return _counted("rytmi_purged_total", "stage")


def _counted(name: str, by: str) -> Query:
    """What is counted when it happens; `none` with 0 where workers answer and it has not happened yet."""
    none = f'label_replace(0 * max({metric("rytmi_partitions")}), "{by}", "none", "", "")'
    return Query(f"{over_workers(name, (by,))}\nor on () {none}", (by,), f"{{{{{by}}}}}")


def entities() -> Query:
    """Entities kept, by stage."""
    return Query(over_workers("rytmi_entities", ("stage",)), ("stage",), "{{stage}}")


def owned() -> Query:
    """Partitions owned complete, by stage."""
    return Query(over_workers("rytmi_partitions_owned", ("stage",)), ("stage",), "{{stage}}")


def alarms() -> Query:
    """Alarms announced and ended since the workers started."""
    by = ("level", "kind")
    return Query(over_workers("rytmi_alarms_total", by), by, "{{level}} {{kind}}", quiet="nobody was alarmed")


def undelivered() -> Query:
    """Alarms whose latest change Alertmanager has not taken."""
    return Query(over_workers("rytmi_alertmanager_waiting", ()))


def delivered() -> Query:
    """How long ago Alertmanager took alarms, by worker, s."""
    last = f"max by (instance) ({metric('rytmi_alertmanager_success_timestamp_seconds')})"
    return Query(age(last), ("instance",), "{{instance}}", quiet="the workers are told of no Alertmanager")


def unproven() -> Query:
    """Shards whose alarms are held back."""
    return Query(over_workers("rytmi_alertmanager_unproven", ()))


def failures() -> Query:
    """Requests to Alertmanager that failed since the workers started, by worker."""
    return Query(over_workers("rytmi_alertmanager_failures_total", ("instance",)), ("instance",), "{{instance}}")


def view_cells() -> Query:
    """Cells in the view."""
    return Query(f"max({metric('rytmi_view_cells')})")


def view_look() -> Query:
    """How long it took to say the measures once, s."""
    return Query(f"max({metric('rytmi_view_look_seconds')})")
