"""Whether what is recorded of cases can be trusted, and the alerts that speak while it cannot.

A touchpoint is complete while every partition of cases has one owner, every partition has read past a recent instant
at it, and no backfill is under way. The reasons why it is not exclude each other, so that one alert speaks: nobody is
there (`RytmiNoWorker`), partitions lack an owner (`RytmiIncomplete`), a backfill (`RytmiBackfill`), or reading does not
get past the present (`RytmiBlind`). `RytmiUnsteady` is for reasons that come and go faster than any of these lasts.
"""

from __future__ import annotations

from dashboards.rules.model import PAGE, TICKET, Alert, Group, Record
from dashboards.rules.terms import SIGHT_LOST, metric

RECENT_SECONDS = 120
"""How old the instant that was read past may be. More than scraping and `settle` of rytmi.yaml explain."""

_OWNED = metric("rytmi_partitions_owned")
_CASES_OWNED = metric("rytmi_partitions_owned", 'stage="cases"')
_BACKFILL = metric("rytmi_backfill_active")
_UNKNOWN = metric("rytmi_cases_unknown", 'severity="critical"')


def group(recent_seconds: int) -> Group:
    """Records of completeness, and the alerts on its absence."""
    return Group("sight", (*_records(recent_seconds), *_workers(), *_reading(), *_backfill()))


def _records(recent_seconds: int) -> tuple[Record, ...]:
    read_past = metric("rytmi_read_past_timestamp_seconds")
    return (
        Record("rytmi:partitions:max", f"max({metric('rytmi_partitions')})"),
        Record("stage:rytmi_partitions_owned:sum", f"sum by (stage) ({_OWNED})"),
        # 0 also where there is nothing at all; so are the next and the last.
        Record("rytmi:owned:bool", f"(sum({_CASES_OWNED}) == bool rytmi:partitions:max)\nor vector(0)"),
        Record("rytmi:backfill:bool", f"(max({_BACKFILL}) > bool 0)\nor vector(0)"),
        Record("touchpoint:rytmi_read_past_timestamp_seconds:min", f"min by (touchpoint) ({read_past})"),
        Record(
            "touchpoint:rytmi_complete:bool",
            # Partitions are counted, not instances: one that nobody exports is missing here.
            "group by (touchpoint) (\n"
            "  count by (touchpoint) (\n"
            f"    min by (touchpoint, partition) ({read_past}) > time() - {recent_seconds}\n"
            "  ) == on () group_left () rytmi:partitions:max\n"
            ")\n"
            "* on () group_left () (rytmi:owned:bool * (1 - rytmi:backfill:bool))\n"
            f"or 0 * group by (touchpoint) ({metric('rytmi_cases_open')})",
        ),
        Record("rytmi:complete:bool", "min(touchpoint:rytmi_complete:bool)\nor vector(0)"),
    )


def _workers() -> tuple[Alert, ...]:
    return (
        Alert(
            "RytmiNoWorker",
            f"absent(sum({_CASES_OWNED}))",
            SIGHT_LOST,
            PAGE,
            "no-worker",
            "No Rytmi worker answers: nothing is measured and nobody is alarmed.",
            "Prometheus has had no figures from any worker for five minutes. Feedback waits in Kafka; nothing is lost.",
        ),
        Alert(
            "RytmiIncomplete",
            "stage:rytmi_partitions_owned:sum\n"
            "unless stage:rytmi_partitions_owned:sum == on () group_left () rytmi:partitions:max",
            SIGHT_LOST,
            PAGE,
            "incomplete",
            "{{ $value }} partitions of {{ $labels.stage }} are owned, which is not as many as there are.",
            "Some partitions have no worker, or two. Figures are blank, and cases in those partitions raise no alarm.",
        ),
        Alert(
            "RytmiUnsteady",
            "(avg_over_time(rytmi:complete:bool[1h]) < 0.75)\nand changes(rytmi:complete:bool[1h]) >= 4",
            SIGHT_LOST,
            PAGE,
            "unsteady",
            "For the last hour Rytmi could see only {{ $value | humanizePercentage }} of the time.",
            "Completeness comes and goes, so alerts on cases may never have lasted long enough to fire.",
        ),
    )


def _reading() -> tuple[Alert, ...]:
    return (
        Alert(
            "RytmiBlind",
            "(touchpoint:rytmi_complete:bool == 0)\nand on () (rytmi:owned:bool == 1 and rytmi:backfill:bool == 0)",
            SIGHT_LOST,
            PAGE,
            "blind",
            "Overdue cannot be known at {{ $labels.touchpoint }}: not everything has been read up to now.",
            "All partitions have an owner, but something that could hold a missing event has not been read, or a "
            "source that should be heard is silent. Until then no case there can be called overdue.",
        ),
        Alert(
            "RytmiCriticalUnknown",
            f"sum by (touchpoint, clock) ({_UNKNOWN}) > 0\nand on (touchpoint) touchpoint:rytmi_complete:bool == 0",
            "10m",
            PAGE,
            "critical-unknown",
            "{{ $value }} critical cases at {{ $labels.touchpoint }} may be overdue ({{ $labels.clock }}), and Rytmi "
            "cannot tell.",
            "Their time is up unless something says otherwise that has not been read yet. Until it is, no alarm is "
            "raised for them: look at these cases by hand.",
        ),
    )


def _backfill() -> tuple[Alert, ...]:
    active = f"sum({_BACKFILL}) > 0"
    return (
        Alert(
            "RytmiBackfill",
            active,
            SIGHT_LOST,
            TICKET,
            "backfill",
            "A backfill is under way in {{ $value }} partitions: nobody is alarmed until it ends.",
            "It was announced and its end has not been read. Nothing is called overdue meanwhile.",
        ),
        Alert(
            "RytmiBackfillStuck",
            active,
            "4h",
            PAGE,
            "backfill",
            "A backfill has been under way for four hours: nobody has been alarmed since.",
            "Either it is very long, or whoever began it never said that it ended.",
        ),
    )
