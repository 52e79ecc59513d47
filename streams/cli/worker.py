"""`rytmi worker`: run one worker."""

from __future__ import annotations

import logging
import socket
from pathlib import Path

import click


@click.command()
@click.option("--config", "path", type=click.Path(path_type=Path), default=Path("rytmi.yaml"), show_default=True)
@click.option(
    "--clock",
    type=click.Choice(["wall", "event"]),
    default="wall",
    show_default=True,
    help="What `now` is: the time of day, or the progress of the input (for replaying old logs).",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address of /metrics, /live and /ready.")
@click.option("--port", default=6066, show_default=True, help="Their port; 0 takes a free one.")
@click.option("--batch", default=20_000, show_default=True, help="Records of one fetch, at most.")
@click.option(
    "--session-timeout",
    default=10.0,
    show_default=True,
    help="Seconds after which a silent worker loses its partitions.",
)
@click.option(
    "--stalled-after", default=120.0, show_default=True, help="Seconds without progress after which /live says no."
)
@click.option(
    "--deadletters-in-a-row",
    default=1_000,
    show_default=True,
    envvar="RYTMI_MOST_DEADLETTERS_IN_A_ROW",
    help="Unreadable records in a row at which the worker stops (0: never), as that is a bad deployment.",
)
@click.option("--log-level", type=click.Choice(["debug", "info", "warning"]), default="info", show_default=True)
def command(
    path: Path,
    clock: str,
    host: str,
    port: int,
    batch: int,
    session_timeout: float,
    stalled_after: float,
    deadletters_in_a_row: int,
    log_level: str,
) -> None:
    """Fold events into cases, obstacles and decisions, and publish what follows.

    Workers with the same RYTMI_APPLICATION share the partitions: start as many as there are processors. One may be
    killed at any moment; another takes its partitions over and goes on where it was. SIGTERM and Ctrl-C finish the
    batch, commit, and leave the group.

    Warnings, breaches and escalations go to rytmi.alarm.v1, and to the Alertmanager of RYTMI_ALERTMANAGER_URL
    (several of a cluster: with commas), with links made of RYTMI_CASE_URL (has {case} in it) and RYTMI_RUNBOOK_URL
    (has {page} in it).

    \b
    rytmi worker --config rytmi.yaml
    rytmi worker --config rytmi.yaml --port 0        # a second one on this machine
    """
    from streams.alertmanager.sinks import sink_of
    from streams.config import load
    from streams.kafka import admin
    from streams.settings import Settings
    from streams.shard.clock import EventClock, WallClock
    from streams.worker.options import Options
    from streams.worker.process import run
    from streams.worker.web import add_pages
    from streams.worker.worker import Worker

    settings = Settings.from_env()
    admin.check(settings)
    options = Options(
        host=host,
        port=port or _free_port(host),
        batch=batch,
        session_timeout=session_timeout,
        stalled_after=stalled_after,
        most_deadletters_in_a_row=deadletters_in_a_row,
    )
    config = load(path)
    worker = Worker(
        settings,
        config,
        options,
        EventClock() if clock == "event" else WallClock(),
        sink_of(settings, config.timezone),
    )
    add_pages(worker)
    click.echo(f"worker of {settings.application}: http://{host}:{options.port}/metrics", err=True)
    raise SystemExit(run(worker, getattr(logging, log_level.upper())))


def _free_port(host: str) -> int:
    with socket.socket() as taken:
        taken.bind((host, 0))
        return int(taken.getsockname()[1])
