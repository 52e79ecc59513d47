"""`rytmi compare`: what another configuration would have changed."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import click

_PLAIN_WIDTH = 120


def _zone(_: click.Context, __: click.Parameter, name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise click.BadParameter(f"no time zone is called {name!r}; one is Europe/Helsinki") from None


@click.command()
@click.argument("a", type=click.Path(path_type=Path))
@click.argument("b", type=click.Path(path_type=Path))
@click.option("--timezone", "zone", default="UTC", show_default=True, callback=_zone, help="Whose hours of the week.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of tables.")
def command(a: Path, b: Path, zone: ZoneInfo, as_json: bool) -> None:
    """Compare two results of `rytmi backtest` over the same events: A with one configuration, B with another.

    Shown are the outcomes of clocks that differ, by clock, severity and touchpoint, with examples of cases; and how
    often people would have been told, by level, role and hour of the week.

    \b
    rytmi backtest --config rytmi.yaml --events events.jsonl --out now
    rytmi backtest --config new.yaml   --events events.jsonl --out new
    rytmi compare now new --timezone Europe/Helsinki
    """
    import json

    from rich.console import Console

    from streams.compare import showing
    from streams.compare.alarms import Told
    from streams.compare.outcomes import compare
    from streams.compare.results import Results

    left, right = Results(a), Results(b)
    compared = compare(left.cases(), right.cases())
    missing = [str(side.path) for side in (left, right) if not side.has_alarms]
    why = f"there is no alarms.jsonl in {' and '.join(missing)}; run the backtest again" if missing else None
    told = [None if missing else Told(side.told(), zone) for side in (left, right)]
    found = showing.Comparison(str(a), str(b), zone.key, compared, told[0], told[1], why)
    if as_json:
        click.echo(json.dumps(showing.as_json(found), ensure_ascii=False, indent=2))
        return
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_PLAIN_WIDTH)
    for part in showing.tables(found):
        console.print(part)
