"""`rytmi compare`: what another configuration would have changed; what has changed from one period to another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from streams.cli.instants import Instant

if TYPE_CHECKING:
    from streams.report.compare.periods import Compared

_PLAIN_WIDTH = 120
_PERIODS_WIDTH = 80


def _zone(_: click.Context, __: click.Parameter, name: str | None) -> ZoneInfo | None:
    try:
        return None if name is None else ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise click.BadParameter(f"no time zone is called {name!r}; one is Europe/Helsinki") from None


class _Span(click.ParamType):
    """Two RFC 3339 times, as milliseconds."""

    name = "FROM/TO"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        from streams.report.compare.periods import span

        try:
            return span(value)
        except ValueError as wrong:
            self.fail(str(wrong), param, ctx)


class _Length(click.ParamType):
    """A length such as 28d, as milliseconds."""

    name = "LENGTH"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        from streams.config.values import positive_ms

        try:
            return value if isinstance(value, int) else positive_ms(value)
        except ValueError as wrong:
            self.fail(str(wrong), param, ctx)


@click.command()
@click.argument("a", type=click.Path(path_type=Path), required=False)
@click.argument("b", type=click.Path(path_type=Path), required=False)
@click.option("--split", type=Instant(), help="Compare the periods before and after this instant.")
@click.option("--length", type=_Length(), default="28d", show_default=True, help="How long they are, with --split.")
@click.option("--before", type=_Span(), help="The one period ...")
@click.option("--after", type=_Span(), help="... and the other.")
@click.option("--results", type=click.Path(path_type=Path), help="Results of a backtest; default: the topics.")
@click.option("--config", "path", type=click.Path(path_type=Path), default=Path("rytmi.yaml"), show_default=True)
@click.option("--pin", type=click.Path(path_type=Path), help="Save the period before in a file, for later comparisons.")
@click.option("--baseline", type=click.Path(path_type=Path), help="The period before is the one saved in this file.")
@click.option("--all", "is_everything", is_flag=True, help="Every row, not only totals and what clearly changed.")
@click.option("--timezone", "zone", callback=_zone, help="Whose hours are shown; default: UTC, or the configuration's.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of tables.")
def command(a: Path | None, b: Path | None, zone: ZoneInfo | None, as_json: bool, **periods: Any) -> None:
    """Compare two results of `rytmi backtest` over the same events: A with one configuration, B with another. Or two
    periods of the same organisation: every measure before and after, the change, and a 95 % interval for it.

    \b
    rytmi backtest --config rytmi.yaml --events events.jsonl --out now
    rytmi backtest --config new.yaml   --events events.jsonl --out new
    rytmi compare now new --timezone Europe/Helsinki

    \b
    rytmi compare --split 2026-02-02T00:00:00+02:00 --length 28d            # from the topics of a running system
    rytmi compare --split 2026-02-02T00:00:00+02:00 --results now           # from a backtest
    rytmi compare --before 2026-01-05T00:00:00+02:00/2026-02-02T00:00:00+02:00 --pin january.json
    rytmi compare --baseline january.json --after 2026-06-01T00:00:00+03:00/2026-06-29T00:00:00+03:00
    """
    if a is not None and b is not None:
        wanted = [name for name in ("split", "before", "after", "results", "pin", "baseline") if periods[name]]
        if wanted:
            raise click.UsageError(f"--{wanted[0]} is about two periods: leave the directories {a} and {b} out")
        _configurations(a, b, zone or ZoneInfo("UTC"), as_json)
    elif a is not None:
        raise click.UsageError(
            f"two directories are compared, and there is only {a}; or two periods of it: --results {a} --split INSTANT"
        )
    else:
        _periods(zone=zone, as_json=as_json, **periods)


def _configurations(a: Path, b: Path, zone: ZoneInfo, as_json: bool) -> None:
    import json

    from streams.report.compare import showing
    from streams.report.compare.outcomes import compare
    from streams.report.compare.results import Results, Told

    left, right = Results(a), Results(b)
    compared = compare(left.cases(), right.cases())
    missing = [str(side.path) for side in (left, right) if not side.has_alarms]
    why = f"there is no alarms.jsonl in {' and '.join(missing)}; run the backtest again" if missing else None
    told = [None if missing else Told(side.told(), zone) for side in (left, right)]
    found = showing.Comparison(str(a), str(b), zone.key, compared, told[0], told[1], why)
    if as_json:
        click.echo(json.dumps(showing.as_json(found), ensure_ascii=False, indent=2))
    else:
        _print(showing.tables(found), _PLAIN_WIDTH)


def _periods(path: Path, zone: ZoneInfo | None, as_json: bool, is_everything: bool, **asked: Any) -> None:
    import json

    from streams.config import load
    from streams.report.compare import changing

    config = load(path)
    compared = _compared(config, **asked)
    if compared is None:
        return
    if as_json:
        click.echo(json.dumps(changing.as_json(compared), ensure_ascii=False, indent=2))
    else:
        _print(changing.tables(compared, zone or ZoneInfo(config.timezone), is_everything), _PERIODS_WIDTH)


def _compared(
    config: Any,
    split: int | None,
    length: int,
    before: tuple[int, int] | None,
    after: tuple[int, int] | None,
    results: Path | None,
    pin: Path | None,
    baseline: Path | None,
) -> Compared | None:
    """What has changed; None if a period was to be pinned, and no more."""
    from streams.measures.subscriber import frame
    from streams.report.compare import baseline as pinned
    from streams.report.compare.periods import around, changes, side
    from streams.results import cells as known
    from streams.settings import Settings

    if split is not None:
        if before or after:
            raise click.UsageError("--split names both periods: leave --before and --after out")
        before, after = around(split, length)
    if baseline is not None and split is None and before is not None:
        raise click.UsageError("--baseline is the period before: leave --before out")
    if (after is None and pin is None) or (before is None and baseline is None):
        raise click.UsageError(
            "name two directories; or two periods: --split INSTANT, or --before FROM/TO --after FROM/TO "
            "(--baseline FILE may stand for --before)"
        )
    now = (
        known.of_results(results)
        if results
        else known.of_topics(Settings.from_env(), frame(config), config.retention_ms)
    )
    saved = pinned.read(baseline) if baseline else None
    was = side("before", saved.span, saved.known) if saved else side("before", before, now)  # type: ignore[arg-type]
    if pin is not None:
        pinned.save(pin, was.span, was.known, config)
        click.echo(f"the period before is saved in {pin}", err=True)
    return None if after is None else changes(was, side("after", after, now), config, saved)


def _print(parts: Any, width: int) -> None:
    from rich.console import Console

    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=width)
    for part in parts:
        console.print(part)
