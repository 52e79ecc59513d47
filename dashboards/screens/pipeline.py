"""Pipeline: for those who run Rytmi. Does it keep up, what does it set aside, do its alarms arrive?"""

from __future__ import annotations

from dashboards import panels
from dashboards.colours import BAD, GOOD, UNKNOWN
from dashboards.model import Screen, Tile
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


def _whole() -> tuple[Tile, ...]:
    one = panels.good_from(1, 1)
    return (
        panels.figure(
            "workers",
            "Workers that answer",
            "Of those that Prometheus knows of.",
            sight.workers_up()._replace(legend="answer"),
            sight.workers_of()._replace(legend="of"),
            unit="none",
            size=(4, 5),
        ),
        panels.figure(
            "backfills",
            "Backfill · partitions",
            "Partitions in which a backfill is announced: nobody is alarmed.",
            sight.backfills(),
            unit="none",
            size=(4, 5),
            steps=panels.watch_from(1),
        ),
        panels.figure(
            "blind",
            "Blind touchpoints",
            "Not read up to now: overdue is not known there.",
            sight.blind_touchpoints(),
            unit="none",
            size=(4, 5),
            steps=panels.bad_from(1),
        ),
        panels.figure(
            "view-complete",
            "Measures are complete",
            "Yes: every source is in the view. No: measures are silent. No data: no worker has the view.",
            sight.view_complete(),
            unit="none",
            words={"1": ("yes", GOOD), "0": ("no", BAD)},
            size=(4, 5),
            steps=one,
        ),
        panels.states(
            "complete",
            "Seen when · by touchpoint",
            "When a touchpoint was read up to the present.",
            sight.complete(),
            {"1": ("seen", GOOD), "0": ("blind", UNKNOWN)},
            (8, 5),
        ),
    )


def _moving() -> tuple[Tile, ...]:
    return (
        panels.lines(
            "caught-up",
            "Behind by · furthest partition · by topic",
            "Age of the instant until which everything appended is taken in.",
            workers.caught_up(),
            unit="s",
            size=(8, 8),
        ),
        panels.lines(
            "commit",
            "Last made durable · by topic",
            "How long ago. It grows where nothing comes.",
            workers.commit_age(),
            unit="s",
            size=(8, 8),
        ),
        panels.lines(
            "throughput",
            "Records a second · by topic",
            "Taken in, whatever became of them.",
            workers.throughput(),
            unit="none",
            size=(8, 8),
        ),
    )


def _aside() -> tuple[Tile, ...]:
    return (
        panels.bars(
            "results",
            "Records · what became of them",
            "Since the workers started.",
            workers.results(),
            unit="none",
            size=(6, 8),
        ),
        panels.bars(
            "deadletters",
            "Dead letters · by reason",
            "Set aside since the workers started, late ones (too_late) among them.",
            workers.deadletters(),
            unit="none",
            size=(6, 8),
            steps=panels.bad_from(1),
        ),
        panels.bars(
            "ahead",
            "Clocks that are fast · by topic",
            "Instants ahead of their arrival, taken as their arrival.",
            workers.ahead(),
            unit="none",
            size=(6, 8),
        ),
        panels.bars(
            "misplaced",
            "Wrong partition · by topic",
            "Entities that a producer put into a partition that is not their key's.",
            workers.misplaced(),
            unit="none",
            size=(6, 8),
            steps=panels.bad_from(1),
        ),
    )


def _alarms() -> tuple[Tile, ...]:
    return (
        panels.bars(
            "alarms",
            "Alarms sent · since start",
            "Announced and ended, by level.",
            workers.alarms(),
            unit="none",
            size=(6, 8),
        ),
        panels.bars(
            "alarms-standing",
            "Alarms that stand",
            "By level.",
            cases.alarms_standing(),
            unit="none",
            size=(4, 8),
        ),
        panels.figure(
            "undelivered",
            "Not delivered",
            "Alarms whose latest change Alertmanager has not taken.",
            workers.undelivered(),
            unit="none",
            size=(4, 8),
            steps=panels.watch_from(1),
        ),
        panels.figure(
            "unproven",
            "Held back · shards",
            "Shards whose alarms are held back, since a process stood still and may have lost them.",
            workers.unproven(),
            unit="none",
            size=(4, 8),
            steps=panels.watch_from(1),
        ),
        panels.bars(
            "failures",
            "Failed · by worker",
            "Requests to Alertmanager that failed since the worker started.",
            workers.failures(),
            unit="none",
            size=(6, 4),
        )._replace(height=8),
    )


def _view() -> tuple[Tile, ...]:
    return (
        panels.lines(
            "view-look",
            "Saying the measures once",
            "How long it takes.",
            workers.view_look(),
            unit="s",
            size=(6, 7),
        ),
        panels.figure(
            "view-cells",
            "Cells in the view",
            "Bounded by the configuration.",
            workers.view_cells(),
            unit="none",
            size=(4, 7),
        ),
        panels.figure(
            "view-missing",
            "Sources missing",
            "Sources that are not in the view.",
            sight.sources_missing(),
            unit="none",
            size=(4, 7),
            steps=panels.bad_from(1),
        ),
        panels.bars("owned", "Partitions owned", "By stage.", workers.owned(), unit="none", size=(4, 7)),
        panels.bars("entities", "Entities kept", "By stage.", workers.entities(), unit="none", size=(3, 7)),
        panels.bars(
            "purged",
            "Purged · by stage",
            "After their retention, since the workers started.",
            workers.purged(),
            unit="none",
            size=(3, 7),
        ),
    )


def _sources() -> tuple[Tile, ...]:
    return (
        panels.lines(
            "heard",
            "Feedback a minute · by touchpoint",
            "As taken in.",
            workers.heard(),
            unit="none",
            size=(8, 8),
        ),
        panels.bars(
            "last-feedback",
            "Nothing heard for · by touchpoint",
            "Since the last feedback was appended.",
            workers.last_feedback(),
            unit="s",
            size=(6, 8),
        ),
        panels.lines(
            "read-past",
            "Read past · by touchpoint",
            "Age of the instant before which it is known whether something is overdue.",
            sight.read_past(),
            unit="s",
            size=(6, 8),
        ),
        panels.bars(
            "delivered",
            "Last delivery",
            "How long ago Alertmanager took alarms from the worker.",
            workers.delivered(),
            unit="s",
            size=(4, 8),
        ),
    )
