"""`rytmi report`: the day, the week, the month, on a page of HTML."""

from __future__ import annotations

from pathlib import Path

import click

from streams.cli.instants import Instant

_KINDS = ("daily", "weekly", "monthly")


@click.command()
@click.argument("kind", type=click.Choice(_KINDS))
@click.option("--config", "path", type=click.Path(path_type=Path), default=Path("rytmi.yaml"), show_default=True)
@click.option("--results", type=click.Path(path_type=Path), help="Results of a backtest; default: the topics.")
@click.option("--until", type=Instant(), help="As of when; default: what is known by now. At most an hour before that.")
@click.option("--lang", type=click.Choice(["en", "fi"]), default="en", show_default=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The HTML file to write.")
def command(kind: str, path: Path, results: Path | None, until: int | None, lang: str, out: Path) -> None:
    """Write a report: daily for the stand-up, weekly for reading leadership's, employees' and customers' figures
    together, monthly for the review of what was decided and what came of it.

    The page needs nothing from outside, prints well, and can be sent as it is. It names causes and titles of decisions,
    and no case, customer or text.

    \b
    rytmi report daily --out today.html                                   # from the topics
    rytmi report monthly --results results --lang fi --out kuukausi.html  # from a backtest
    """
    from streams import UserError
    from streams.config import load
    from streams.report.writing import write
    from streams.settings import Settings

    html = write(kind, load(path), results, until, lang, Settings.from_env)
    try:
        out.write_text(html, encoding="utf-8")
    except OSError as wrong:
        raise UserError(f"{out}: cannot be written: {wrong.strerror}") from None
    click.echo(f"{out}", err=True)
