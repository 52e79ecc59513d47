"""`rytmi dashboards`: the screens of Grafana, from their source to where people see them."""

from __future__ import annotations

from pathlib import Path

import click

from streams import UserError


@click.group()
def command() -> None:
    """Build the screens, publish them to a Grafana, or show where what is there differs.

    RYTMI_GRAFANA_URL names the Grafana, RYTMI_GRAFANA_TOKEN (or RYTMI_GRAFANA_TOKEN_FILE) a service account's token
    with the role Admin, RYTMI_GRAFANA_CA certificates to trust. RYTMI_PROMETHEUS_URL is Prometheus as Grafana sees it.
    """


@command.command()
@click.option("--out", type=click.Path(path_type=Path), help="Another folder, and the dashboards alone.")
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if a file is missing or differs.")
def build(out: Path | None, check: bool) -> None:
    """Write the dashboards' JSON and the provisioning files of deploy/grafana.

    \b
    rytmi dashboards build
    rytmi dashboards build --check
    """
    from dashboards.provisioning import outdated

    found = outdated(out)
    if check and found:
        names = ", ".join(path.name for path in found)
        raise UserError(f"not what the screens say: {names}. Write them: rytmi dashboards build")
    for path, content in found.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
        click.echo(f"wrote {path}", err=True)


@command.command()
@click.option("--home/--no-home", default=True, show_default=True, help="Make the first screen everybody's first page.")
@click.option(
    "--marks/--no-marks", default=True, show_default=True, help="Mark strategic decisions, which are read from Kafka."
)
def publish(home: bool, marks: bool) -> None:
    """Put data source, folder, dashboards, playlist, first page and marks of strategic decisions onto Grafana.

    Each is looked at first, and written only where it differs: done twice, the second time changes nothing. What
    somebody has changed by hand in one of these dashboards is replaced; `rytmi dashboards diff` shows it before.

    \b
    RYTMI_GRAFANA_URL=http://grafana:3000 RYTMI_GRAFANA_TOKEN_FILE=token rytmi dashboards publish
    """
    from dashboards.publish import UNCHANGED, Plan
    from dashboards.publish import publish as steps
    from streams.results.grafana import grafana_of, marks_of
    from streams.settings import Settings

    settings = Settings.from_env()
    with grafana_of(settings) as grafana:
        found = marks_of(settings) if marks else ()
        done = []
        for one in steps(grafana, Plan(settings.grafana.prometheus_url, home, found)):
            done.append(one)
            click.echo(f"{one.outcome:<9}  {one.what}")
    changed = sum(one.outcome != UNCHANGED for one in done)
    click.echo(f"{changed} of {len(done)} changed" if changed else "nothing changed", err=True)


@command.command()
def diff() -> None:
    """Show where the dashboards that Grafana has differ from those of the source. Exit with 1 if they do.

    \b
    rytmi dashboards diff
    """
    from dashboards.publish import differences
    from streams.results.grafana import grafana_of
    from streams.settings import Settings

    with grafana_of(Settings.from_env()) as grafana:
        found = list(differences(grafana))
    for line in found:
        click.echo(line)
    if found:
        raise UserError(f"{len(found)} differences. `rytmi dashboards publish` puts the source's there")
    click.echo("no difference", err=True)
