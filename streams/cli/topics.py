"""`rytmi topics`: the table of topics and the cluster."""

import click

from streams.kafka import admin
from streams.settings import Settings

_DAY_MS = 86_400_000


@click.group("topics")
def command() -> None:
    """Create and check the Kafka topics.

    \b
    rytmi topics apply               # creates what is missing, changes nothing that exists
    rytmi topics check               # exit 1 and every difference, if there is one
    rytmi topics describe

    RYTMI_PARTITIONS, RYTMI_REPLICATION, RYTMI_TOPIC_PREFIX and RYTMI_APPLICATION shape the table.
    """


@command.command()
def apply() -> None:
    """Create the topics that are missing. A topic that differs is an error, and then nothing is done."""
    changes = admin.apply(Settings.from_env())
    for change in changes:
        click.echo(f"created {change.topic} ({_count(change.partitions)})")
    if not changes:
        click.echo("nothing to do: all topics are there as wanted", err=True)


@command.command()
def check() -> None:
    """Compare the cluster's topics with the table; exit with 1 if any is missing or differs."""
    admin.check(Settings.from_env())
    click.echo("all topics are there as wanted", err=True)


@command.command()
def describe() -> None:
    """One line a topic: partitions, cleanup, retention, key, record, and whether it is there."""
    rows = [("TOPIC", "PARTITIONS", "CLEANUP", "RETENTION", "KEY", "RECORD", "CLUSTER")]
    for spec, found in admin.describe(Settings.from_env()):
        rows.append(
            (
                spec.name,
                str(spec.partitions),
                spec.cleanup,
                f"{spec.retention_ms // _DAY_MS} d" if spec.retention_ms is not None else "for ever",
                spec.key,
                spec.record or "-",
                "missing" if found is None else f"{_count(found.partitions)}, {found.replication}x",
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _count(partitions: int) -> str:
    return f"{partitions} partition{'s' if partitions != 1 else ''}"
