"""Alerts on the workers: whether they get on, what they set aside, whether their alarms arrive.

These hold whatever the completeness, and are what explains it.
"""

from __future__ import annotations

from dashboards.rules.model import PAGE, TICKET, Alert, Group
from dashboards.rules.terms import JOB, fresh, metric

FLOOD_SHARE = 0.2
FLOOD_NUMBER = 20
_LATE_SECONDS = 300
_SILENT_SECONDS = 180

_CAUGHT_UP = f"max by (topic, partition) ({metric('rytmi_caught_up_timestamp_seconds')})"
_COMMIT = f"max by (topic, partition) ({metric('rytmi_commit_timestamp_seconds')})"
_WAITING = f"max by (instance) ({metric('rytmi_alertmanager_waiting')})"
_DELIVERED = f"max by (instance) ({metric('rytmi_alertmanager_success_timestamp_seconds')})"


def group() -> Group:
    """Alerts only: each is a query of its own."""
    return Group("pipeline", (*_progress(), *_deadletters(), _misplaced(), _sink(), _view()))


def _progress() -> tuple[Alert, ...]:
    behind = f"time() - {_CAUGHT_UP} > {_LATE_SECONDS}"
    moving = f"time() - {_COMMIT} < {_LATE_SECONDS}"
    return (
        Alert(
            "RytmiWorkerDown",
            f'up{{job="{JOB}"}} == 0',
            "5m",
            TICKET,
            "worker-down",
            "Worker {{ $labels.instance }} does not answer.",
            "The others have taken its partitions over, unless RytmiIncomplete or RytmiNoWorker says otherwise.",
        ),
        Alert(
            "RytmiStuck",
            f"{behind}\nunless on (topic, partition) {moving}",
            "5m",
            PAGE,
            "stuck",
            "{{ $labels.topic }}/{{ $labels.partition }} stands still, {{ $value | humanizeDuration }} behind.",
            "There are records to take in, and none has been made durable for five minutes.",
        ),
        Alert(
            "RytmiBehind",
            f"{behind}\nand on (topic, partition) {moving}",
            "15m",
            TICKET,
            "behind",
            "{{ $labels.topic }}/{{ $labels.partition }} is {{ $value | humanizeDuration }} behind.",
            "Records are being taken in, but what came last has been waiting for more than five minutes.",
        ),
    )


def _deadletters() -> tuple[Alert, ...]:
    window = "15m"
    letters = fresh(metric("rytmi_events_total", 'result="deadletter"'), "topic", window)
    records = fresh(metric("rytmi_events_total"), "topic", window)
    return (
        Alert(
            "RytmiDeadletters",
            f"{fresh(metric('rytmi_deadletters_total'), 'reason', window)} > 0",
            "0m",
            TICKET,
            "deadletters",
            "{{ $value | humanize }} records were set aside: {{ $labels.reason }}.",
            "They are in rytmi.deadletter.v1 with their bytes and count nowhere until they are mended and sent again.",
        ),
        Alert(
            "RytmiDeadletterFlood",
            f"{letters} / {records} > {FLOOD_SHARE:g}\nand {letters} >= {FLOOD_NUMBER}",
            "5m",
            PAGE,
            "deadletters",
            "{{ $value | humanizePercentage }} of what comes in by {{ $labels.topic }} is set aside.",
            "A producer or a schema has changed for the worse. What is set aside starts no clock, so no alarm follows.",
        ),
    )


def _misplaced() -> Alert:
    return Alert(
        "RytmiMisplaced",
        f"{fresh(metric('rytmi_misplaced_total'), 'topic', '15m')} > 0",
        "0m",
        TICKET,
        "misplaced",
        "{{ $value | humanize }} new entities in {{ $labels.topic }} are not in the partition of their key.",
        "A producer uses another partitioner. What belongs to one case is then in two places, and neither is whole.",
    )


def _sink() -> Alert:
    return Alert(
        "RytmiSinkFailing",
        f"{_WAITING} > 0\nunless on (instance) time() - {_DELIVERED} < {_LATE_SECONDS}",
        "5m",
        PAGE,
        "sink",
        "{{ $value }} alarms of worker {{ $labels.instance }} have not reached Alertmanager.",
        "Nothing has been delivered for five minutes although alarms wait. They are in the topic rytmi.alarm.v1.",
    )


def _view() -> Alert:
    as_of = (
        f"max({metric('rytmi_view_timestamp_seconds')} "
        f"and on (instance) {metric('rytmi_view_complete')} == 1)\nor vector(0)"
    )
    return Alert(
        "RytmiViewSilent",
        f"(({as_of}) < time() - {_SILENT_SECONDS})\nand on () rytmi:complete:bool == 1",
        "5m",
        TICKET,
        "view",
        "The measures are not said, or are of long ago: walls are blank, and shares missed alarm nobody.",
        "Cases are read and alarmed as always. But no worker sums up what all of them share, or what it is given does "
        "not get on.",
    )
