"""`rytmi backfill`: announce history that others send."""

from __future__ import annotations

import click

_WORDS = {"backfill_begin": "nobody is alarmed until it ends", "backfill_end": "alarms go on when all has been read"}


@click.group("backfill")
def command() -> None:
    """Announce that what is being sent happened before: nobody is alarmed until all of it is there.

    `rytmi replay` does it by itself. Other senders say `begin` before their first event, and `end` when the cluster has
    acknowledged the last. What is overdue then, and only that, is alarmed.

    \b
    rytmi backfill begin crm-2025
    rytmi backfill end crm-2025
    """


@command.command()
@click.argument("name")
def begin(name: str) -> None:
    """Before the first event."""
    _announce("backfill_begin", name)


@command.command()
@click.argument("name")
def end(name: str) -> None:
    """After the last one; also where a sender broke off and will not go on."""
    _announce("backfill_end", name)


def _announce(kind: str, name: str) -> None:
    from streams.cli.sending import announced_in

    count = announced_in(kind, name)
    click.echo(f"{kind.replace('_', ' ')} {name}: in {count} partitions; {_WORDS[kind]}", err=True)
