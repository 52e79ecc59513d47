"""`python -m dashboards.rules`: write the rule files, or say whether those that are there are up to date."""

from __future__ import annotations

from pathlib import Path

import click

from dashboards.rules import RUNBOOKS, groups
from dashboards.rules.model import written
from dashboards.rules.sight import RECENT_SECONDS

_OUT = Path(__file__).resolve().parents[2] / "deploy" / "prometheus" / "rules"


@click.command()
@click.option("--runbooks", default=RUNBOOKS, show_default=True, help="Where the runbooks are: a path or a URL.")
@click.option(
    "--recent",
    default=RECENT_SECONDS,
    show_default=True,
    help="Seconds by which reading may lag before nothing is claimed; more than `settle` of rytmi.yaml.",
)
@click.option("--out", type=click.Path(path_type=Path), default=_OUT, help="Default: deploy/prometheus/rules.")
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if a file is missing or differs.")
def command(runbooks: str, recent: int, out: Path, check: bool) -> None:
    """Write one rule file a group.

    \b
    python -m dashboards.rules
    python -m dashboards.rules --runbooks https://wiki.example/rytmi/runbooks --out /etc/prometheus/rules
    """
    files = {out / f"{group.name}.yml": written(group, runbooks) for group in groups(recent)}
    stale = [path for path, text in files.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    if check and stale:
        names = ", ".join(path.name for path in stale)
        raise click.ClickException(f"not what the rules say: {names}. Write them: python -m dashboards.rules")
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(files[path], encoding="utf-8")
        click.echo(f"wrote {path}", err=True)


if __name__ == "__main__":
    command()
