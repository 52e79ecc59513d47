"""Pipeline: for those who run Rytmi. Does it keep up, what does it set aside, do its alarms arrive?"""

from __future__ import annotations

from dashboards.colours import BAD, GOOD, UNKNOWN
from dashboards.model import Row, Screen
from dashboards.panels import bad_from, bars, figure, good_from, lines, states, watch_from
from dashboards.queries import cases, sight, workers
from dashboards.screens.shared import freshness

UID = "rytmi-pipeline"


def screen() -> Screen:
    """Whether it is whole; whether it keeps up; what is set aside; whether alarms arrive; the view."""
    return Screen(
        UID,
        "Rytmi · Pipeline",
        "Does Rytmi keep up, what does it set aside, do its alarms arrive?",
        (freshness(), _whole(), _moving(), _aside(), _alarms(), _view(), _sources()),
        refresh="10s",
        since="now-1h",
    )


def _whole() -> Row:
    yes, seen = {"1": ("yes", GOOD), "0": ("no", BAD)}, {"1": ("seen", GOOD), "0": ("blind", UNKNOWN)}
    tiles = (
        figure("workers", "Workers that answer", sight.WORKERS_UP, sight.WORKERS_OF, width=4),
        figure("backfills", "Backfill · partitions", sight.BACKFILLS, width=4, steps=watch_from(1)),
        figure("blind", "Blind touchpoints", sight.BLIND_TOUCHPOINTS, width=4, steps=bad_from(1)),
        figure(
            "view-complete",
            "Measures are complete",
            sight.VIEW_COMPLETE,
            width=4,
            words=yes,
            steps=good_from(1, 1),
        ),
        states("complete", "Seen when · by touchpoint", sight.COMPLETE, seen, 8),
    )
    return Row(5, tiles)


def _moving() -> Row:
    tiles = (
        lines("caught-up", "Behind by · furthest partition · by topic", workers.CAUGHT_UP, width=8, unit="s"),
        lines("commit", "Last made durable · by topic", workers.COMMIT_AGE, width=8, unit="s"),
        lines("throughput", "Records a second · by topic", workers.THROUGHPUT, width=8),
    )
    return Row(8, tiles)


def _aside() -> Row:
    tiles = (
        bars("results", "Records · what became of them", workers.RESULTS, 6),
        bars("deadletters", "Dead letters · by reason", workers.DEADLETTERS, 6, steps=bad_from(1)),
        bars("ahead", "Clocks that are fast · by topic", workers.AHEAD, 6),
        bars("misplaced", "Wrong partition · by topic", workers.MISPLACED, 6, steps=bad_from(1)),
    )
    return Row(8, tiles)


def _alarms() -> Row:
    tiles = (
        bars("alarms", "Alarms sent · since start", workers.ALARMS, 6),
        bars("alarms-standing", "Alarms that stand", cases.ALARMS_STANDING, 4),
        figure("undelivered", "Not delivered", workers.UNDELIVERED, width=4, steps=watch_from(1)),
        figure("unproven", "Held back · shards", workers.UNPROVEN, width=4, steps=watch_from(1)),
        bars("failures", "Failed · by worker", workers.FAILURES, 6),
    )
    return Row(8, tiles)


def _view() -> Row:
    tiles = (
        lines("view-look", "Saying the measures once", workers.VIEW_LOOK, width=6, unit="s"),
        figure("view-cells", "Cells in the view", workers.VIEW_CELLS, width=4),
        figure("view-missing", "Sources missing", sight.SOURCES_MISSING, width=4, steps=bad_from(1)),
        bars("owned", "Partitions owned", workers.OWNED, 4),
        bars("entities", "Entities kept", workers.ENTITIES, 3),
        bars("purged", "Purged · by stage", workers.PURGED, 3),
    )
    return Row(7, tiles)


def _sources() -> Row:
    tiles = (
        lines("heard", "Feedback a minute · by touchpoint", workers.HEARD, width=8),
        bars("last-feedback", "Nothing heard for · by touchpoint", workers.LAST_FEEDBACK, 6, "s"),
        lines("read-past", "Read past · by touchpoint", sight.READ_PAST, width=6, unit="s"),
        bars("delivered", "Last delivery", workers.DELIVERED, 4, "s"),
    )
    return Row(8, tiles)
